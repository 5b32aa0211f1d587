import type { Entities } from '../access/actor.ts';
import type { Entity } from '../encryption/subject-keys.ts';
import type { Metadata } from '../json.ts';

/** What a caller gives for one memory. */
export interface MemoryContent {
  text: string;
  metadata: Metadata;
  /** `user`, `assistant` …, where the memory is a turn of a conversation. */
  role?: string;
  /** The speaker's name. */
  speaker?: string;
  thread?: string;
  /** The moment that it tells of, epoch ms, where that is not the moment of storing. */
  timestamp?: number;
  /** Last day (UTC, `YYYY-MM-DD`) on which it is found. */
  expiresOn?: string;
  categories?: string[];
}

/** What is sealed in `memories.body`. */
export interface MemoryBody extends MemoryContent {
  entities: Entities;
  labels: string[];
}

/** A memory as it is read. Times are epoch ms. */
export interface Memory extends MemoryBody {
  id: string;
  version: number;
  createdAt: number;
  updatedAt: number;
}

/** One step in a memory's life. Texts are null where they were erased. */
export interface HistoryEntry {
  version: number;
  event: 'ADD' | 'UPDATE' | 'DELETE';
  at: number;
  before: string | null;
  after: string | null;
  entities: Entities;
  metadata: Metadata;
}

/** What the screen found and did, as every door reports it. */
export interface Screening {
  action: 'allowed' | 'redacted';
  findings: { rule: string; category: string; severity: string; action: 'redacted' | 'labelled' }[];
  labels: string[];
}

/** What was stored of a new or changed memory, and what the screen made of it. */
export interface Added {
  id: string;
  version: number;
  screening: Screening;
  memory: Memory;
}

export const ENTITY_FIELDS = ['user_id', 'agent_id', 'app_id', 'run_id'] as const;
const KINDS = { user_id: 'user', agent_id: 'agent', app_id: 'app', run_id: 'run' } as const;
const FIELDS = { user: 'user_id', agent: 'agent_id', app: 'app_id', run: 'run_id' } as const;

/** Whom memories may belong to. */
export type EntityType = keyof typeof FIELDS;

/** The entity of that type and name, as a memory has it. */
export function entityNamed(type: EntityType, name: string): Entities {
  return { [FIELDS[type]]: name };
}

/** What all of several memories have: none of them belongs to more than this says. */
export function sharedEntities(all: readonly Entities[]): Entities {
  const [first = {}, ...others] = all;
  const shared = ENTITY_FIELDS.filter(
    (field) => first[field] !== undefined && others.every((one) => one[field] === first[field]),
  );
  return Object.fromEntries(shared.map((field) => [field, first[field]]));
}

/**
 * The data subject that a memory belongs to: the first of its user, agent, app and run, else its namespace.
 * That subject's key seals it, and its shard finds it.
 */
export function subjectOf(entities: Entities): Entity {
  for (const field of ENTITY_FIELDS) {
    const id = entities[field];
    if (id !== undefined) return { kind: KINDS[field], id };
  }
  return { kind: 'namespace', id: '' };
}

/** Whether what belongs to these entities lies within an actor's reach. */
export function within(entities: Entities, reach: Entities): boolean {
  return ENTITY_FIELDS.every((field) => reach[field] === undefined || reach[field] === entities[field]);
}

/** A memory without what comes with reading it: what is sealed, and what the audit log commits to. */
export function bodyOf(memory: Memory): MemoryBody {
  const { id, version, createdAt, updatedAt, score, ...body } = memory as Memory & { score?: number };
  return body;
}

/** Memories in groups of one data subject each: one change is of one subject. */
export function bySubject<T extends Pick<Memory, 'entities'>>(memories: readonly T[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const memory of memories) {
    const { kind, id } = subjectOf(memory.entities);
    const name = `${kind}:${id}`;
    const group = groups.get(name) ?? [];
    group.push(memory);
    groups.set(name, group);
  }
  return [...groups.values()];
}
