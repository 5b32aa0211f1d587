import type { Entities } from '../access/actor.ts';
import type { AuditActor } from '../audit/entry.ts';
import type { Step } from '../database/unit.ts';
import type { Origin } from '../http/origin.ts';
import type { EntityCount, EntityPage } from './entities.ts';
import type { StoredEvent } from './events/stored-event.ts';
import type { ExpiredPage, ExpiryCursor } from './expiry.ts';
import type { HistoryEntry, Memory, MemoryBody, MemoryContent, Screening } from './memory.ts';

/** Who asks and through which request, for the audit log; and what must still hold when a change commits. */
export interface Caller {
  actor: AuditActor;
  guard: Step;
  namespace: { id: number; publicId: string };
  /** Whether an answer waits until its read event is on disk. */
  auditReads: 'durable' | 'deferred';
  requestId: string;
  /** Private details of the event. */
  client: Origin['client'];
}

/** To the screen thread. */
export type WriteRequest =
  | { kind: 'add'; caller: Caller; entities: Entities; items: NewMemory[]; at: number; event?: string }
  | { kind: 'update'; caller: Caller; memory: Memory; content: MemoryContent; at: number }
  | {
      kind: 'delete';
      caller: Caller;
      entities: Entities;
      memories: Ending[];
      at: number;
      event?: DeletionEvent;
    }
  /** Of any data subjects, all or none; each memory once. */
  | { kind: 'update many'; caller: Caller; changes: MemoryChange[]; at: number }
  | { kind: 'delete many'; caller: Caller; memories: Memory[]; at: number };

/** What a memory becomes. */
export interface MemoryChange {
  memory: Memory;
  content: MemoryContent;
}

/** The event of a deletion that goes on from unit to unit: each one's takes the place of the one before. */
export interface DeletionEvent {
  id: string;
  /** What earlier units ended: their ids as far as they are this subject's, and how many in all. */
  memories: string[];
  count: number;
  /** What all memories have that this and earlier units end. */
  entities: Entities;
}

/** Whose memories a request changes: the entities of each. */
export function ownersOf(request: WriteRequest): Entities[] {
  switch (request.kind) {
    case 'update':
      return [request.memory.entities];
    case 'update many':
      return request.changes.map(({ memory }) => memory.entities);
    case 'delete many':
      return request.memories.map(({ entities }) => entities);
    default:
      return [request.entities];
  }
}

/** A memory to be ended, with what is in it where that was read already. */
export interface Ending {
  id: string;
  version: number;
  body?: MemoryBody;
}

export interface NewMemory {
  id: string;
  content: MemoryContent;
}

/** What comes back with the commit. */
export interface WriteResult {
  memories: { id: string; version: number; screening: Screening; body: MemoryBody | null }[];
}

/** The part of a namespace that a caller may see, and what it asks for within it (a filter as JSON). */
export interface Scope {
  reach: Entities;
  filter: Record<string, unknown>;
  showExpired?: boolean;
}

/** Ids of memories that are said to be one user's. */
export interface OfUser {
  user: string;
  ids: string[];
}

/** To the recall thread. */
export type ReadRequest =
  /** Waits until every read event is stored: a stop must not lose those that nobody waits for. */
  | { kind: 'settle' }
  | {
      kind: 'search';
      caller: Caller;
      scope: Scope;
      query: string;
      topK: number;
      threshold?: number;
      now: number;
    }
  | {
      kind: 'list';
      caller: Caller;
      scope: Scope;
      offset: number;
      limit: number;
      order: 'newest' | 'oldest';
      now: number;
      /** Versions and ids only, and no event: for a deletion that reports itself. */
      bare?: boolean;
    }
  | { kind: 'get'; caller: Caller; scope: Scope; id: string; now: number; bare?: boolean }
  /** All of these, in this order, or `not_found`; and no event: for a change that reports itself. */
  | { kind: 'many'; caller: Caller; scope: Scope; ids: string[]; now: number }
  /** Whose memories there are. */
  | { kind: 'entities'; caller: Caller; reach: Entities; page: EntityPage; now: number }
  /** What came of one add or deletion. */
  | { kind: 'event'; caller: Caller; reach: Entities; id: string; now: number }
  | { kind: 'events'; caller: Caller; reach: Entities; offset: number; limit: number; now: number }
  /** Which of these live and are whose they are said to be; with `tell`, what is out of reach goes into the log. */
  | { kind: 'which'; caller: Caller; reach: Entities; of: OfUser[]; tell: boolean; now: number }
  | { kind: 'history'; caller: Caller; scope: Scope; id: string; now: number }
  /** A page of the caller's namespace, and no event: for a deletion that reports itself. */
  | { kind: 'expired'; caller: Caller; after: ExpiryCursor; now: number }
  | { kind: 'original'; caller: Caller; scope: Scope; id: string; now: number };

export interface Found extends Memory {
  score?: number;
}

export interface ReadResult {
  memories: Found[];
  total: number;
  history?: HistoryEntry[];
  /** The ids that `which` found, as it was asked. */
  own?: string[][];
  expired?: ExpiredPage;
  entities?: EntityCount[];
  events?: StoredEvent[];
  /** True when a search or count of a whole namespace had to stop before its end. */
  partial?: boolean;
  original?: { version: number; text: string; metadata: MemoryContent['metadata']; expiresAt: number };
}
