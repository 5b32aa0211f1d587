import type { Entities } from '../access/actor.ts';
import type { HistoryEntry } from '../memories/memory.ts';
import type { Found } from '../memories/requests.ts';
import type { Added } from '../memories/service.ts';

// What of memories goes over the wire, in the shapes of the platform (docs/compatibility.md).

export const iso = (time: number) => new Date(time).toISOString();

/** All four ids, null where there is none. */
export const presentEntityIds = ({ user_id, agent_id, app_id, run_id }: Entities) => ({
  user_id: user_id ?? null,
  agent_id: agent_id ?? null,
  app_id: app_id ?? null,
  run_id: run_id ?? null,
});

/** The platform's memory object; with `fields`, only those of it, and the id. */
export function presentMemory(memory: Found, fields?: readonly string[] | null): Record<string, unknown> {
  const { id, text, metadata, entities, categories, labels, expiresOn, score } = memory;
  const whole = {
    id,
    memory: text,
    ...presentEntityIds(entities),
    metadata,
    categories: categories ?? [],
    ...(labels.length > 0 && { labels }),
    ...(score !== undefined && { score, score_breakdown: { lexical: score } }),
    created_at: iso(memory.createdAt),
    updated_at: iso(memory.updatedAt),
    expiration_date: expiresOn ?? null,
  };
  if (!fields?.length) return whole;
  const wanted = new Set(['id', ...fields.map(snakeCase)]);
  return Object.fromEntries(Object.entries(whole).filter(([name]) => wanted.has(name)));
}

/** The JavaScript client converts keys, not values: its users ask for `createdAt`. */
const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The text stands twice, because client versions read it in different places. */
export const presentAdded = ({ id, screening, memory }: Added) => ({
  id,
  memory: memory.text,
  data: { memory: memory.text },
  event: 'ADD',
  screening,
});

export function presentHistory(memoryId: string, entry: HistoryEntry): Record<string, unknown> {
  const { version, event, at, before, after, entities, metadata } = entry;
  return {
    id: `${memoryId}:${version}`,
    memory_id: memoryId,
    input: null,
    old_memory: before,
    new_memory: after,
    user_id: entities.user_id ?? null,
    metadata,
    event,
    categories: [],
    created_at: iso(at),
    updated_at: iso(at),
  };
}
