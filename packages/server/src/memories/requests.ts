import type { Entities } from '../access/actor.ts';
import type { AuditActor } from '../audit/entry.ts';
import type { Step } from '../database/unit.ts';
import type { Origin } from '../http/origin.ts';
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
  | { kind: 'add'; caller: Caller; entities: Entities; items: NewMemory[]; at: number }
  | { kind: 'update'; caller: Caller; memory: Memory; content: MemoryContent; at: number }
  | {
      kind: 'delete';
      caller: Caller;
      entities: Entities;
      memories: { id: string; version: number }[];
      at: number;
    };

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
  | { kind: 'history'; caller: Caller; scope: Scope; id: string; now: number }
  | { kind: 'original'; caller: Caller; scope: Scope; id: string; now: number };

export interface Found extends Memory {
  score?: number;
}

export interface ReadResult {
  memories: Found[];
  total: number;
  history?: HistoryEntry[];
  /** True when a search of a whole namespace had to stop before its end. */
  partial?: boolean;
  original?: { version: number; text: string; metadata: MemoryContent['metadata']; expiresAt: number };
}
