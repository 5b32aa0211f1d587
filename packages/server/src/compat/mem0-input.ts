import type { Entities } from '../access/actor.ts';
import { InputError } from '../http/input.ts';
import type { Metadata } from '../json.ts';
import { ENTITY_FIELDS, type MemoryContent } from '../memories/memory.ts';
import { contentsOf as contentsOfMessages } from '../memories/messages.ts';
import { entitiesOf } from '../memories/routes.ts';
import type { Where } from '../memories/service.ts';
import type { Mem0Message } from './mem0-schema.ts';

// What requests of this door mean to the service.

/** Ids in metadata would look like ownership without being any: mem0 strips them too. */
export function ownMetadata(metadata: Metadata | null | undefined): Metadata {
  const identity: readonly string[] = ENTITY_FIELDS;
  return Object.fromEntries(Object.entries(metadata ?? {}).filter(([key]) => !identity.includes(key)));
}

interface Adding {
  messages: string | Mem0Message[];
  metadata?: Metadata | null | undefined;
  timestamp?: number | null | undefined;
  expiration_date?: string | null | undefined;
  filters?: Record<string, unknown> | undefined;
}

/** What an add stores, as `infer: false` stores it: each message as it is. @throws InputError when no text is left. */
export function contentsOf({ messages, metadata, timestamp, expiration_date }: Adding): MemoryContent[] {
  return contentsOfMessages(messages, {
    metadata: ownMetadata(metadata),
    ...(timestamp != null && { timestamp }),
    ...(expiration_date != null && { expiresOn: expiration_date }),
  });
}

/** @throws InputError when `filters` says another owner than the ids beside it. */
export function ownersOf(body: Adding & Record<string, unknown>): Entities {
  const nested = entitiesOf(body.filters ?? {});
  const beside = entitiesOf(body);
  const contradicted = ENTITY_FIELDS.filter(
    (field) => nested[field] !== undefined && beside[field] !== undefined && nested[field] !== beside[field],
  );
  if (contradicted.length > 0)
    throw new InputError(`Say it once: ${contradicted.join(', ')} differs from the one in filters.`);
  return { ...nested, ...beside };
}

interface Narrowing {
  filters?: Record<string, unknown> | null | undefined;
  metadata?: Record<string, unknown> | null | undefined;
  categories?: string[] | null | undefined;
  keywords?: string | undefined;
  start_date?: string | null | undefined;
  end_date?: string | null | undefined;
  show_expired: boolean;
}

/** @throws InputError `invalid_filter` for an id that is spelt as in JavaScript. */
export function whereOf(body: Narrowing & Record<string, unknown>): Where {
  const { filters, metadata, categories, keywords, start_date, end_date, show_expired: showExpired } = body;
  checkSpelling(filters);
  const created = { ...(start_date && { gte: start_date }), ...(end_date && { lte: end_date }) };
  const all = [
    filters ?? {},
    metadata ? { metadata } : {},
    categories?.length ? { categories: { in: categories } } : {},
    keywords ? { keywords: { icontains: keywords } } : {},
    start_date || end_date ? { created_at: created } : {},
  ].filter((part) => Object.keys(part).length > 0);
  const filter = all.length === 1 ? all[0]! : { AND: all };
  return { entities: entitiesOf(body), filter, showExpired };
}

const SPELLINGS: Record<string, string> = {
  userId: 'user_id',
  agentId: 'agent_id',
  appId: 'app_id',
  runId: 'run_id',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  expirationDate: 'expiration_date',
  memoryIds: 'memory_ids',
};

/** The JavaScript client converts the keys of its options, but sends filters as they are. */
function checkSpelling(filter: unknown): void {
  if (typeof filter !== 'object' || filter === null) return;
  for (const [key, value] of Object.entries(filter)) {
    if (Object.hasOwn(SPELLINGS, key))
      throw new InputError(`Filters have no ${key}: write ${SPELLINGS[key]}.`, [], 'invalid_filter');
    if (key === 'AND' || key === 'OR' || key === 'NOT') [value].flat().forEach(checkSpelling);
  }
}
