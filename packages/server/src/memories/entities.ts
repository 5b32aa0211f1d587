import type { RecordFacts, Who } from '../recall/record.ts';
import type { EntityType } from './memory.ts';

/** Somebody whom memories belong to. Times are epoch ms: of the first memory, and of the last change of one. */
export interface EntityCount {
  type: EntityType;
  name: string;
  memories: number;
  createdAt: number;
  updatedAt: number;
}

/** Which of them are asked for. */
export interface EntityPage {
  offset: number;
  limit: number;
  type?: EntityType;
}

type Counted = Pick<EntityCount, 'memories' | 'createdAt' | 'updatedAt'>;
type Facts = Pick<RecordFacts, 'createdAt' | 'updatedAt'> & { readonly who: Who };

const NAMES = { user: 'userId', agent: 'agentId', app: 'appId', run: 'runId' } as const;
const TYPES = Object.keys(NAMES) as EntityType[];

/** The users, agents, apps and runs of these memories, the newest first. */
export function entitiesIn(
  memories: readonly { readonly record: Facts }[],
  type?: EntityType,
): EntityCount[] {
  // Memories share who they are of: what is looked at by name is that, not each of a hundred thousand memories.
  const groups = new Map<Who, Counted>();
  for (const { record } of memories) {
    const { createdAt, updatedAt } = record;
    count(groups, record.who, { memories: 1, createdAt, updatedAt });
  }
  return (type === undefined ? TYPES : [type])
    .flatMap((one) => entitiesOfType(groups, one))
    .sort((a, b) => b.createdAt - a.createdAt || order(a.type, b.type) || order(a.name, b.name));
}

function entitiesOfType(groups: ReadonlyMap<Who, Counted>, type: EntityType): EntityCount[] {
  const found = new Map<string, Counted>();
  for (const [who, counted] of groups) {
    const name = who[NAMES[type]];
    if (name !== undefined) count(found, name, counted);
  }
  return [...found].map(([name, counted]) => ({ type, name, ...counted }));
}

function count<K>(into: Map<K, Counted>, key: K, more: Counted): void {
  const known = into.get(key);
  if (!known) {
    into.set(key, { ...more });
    return;
  }
  known.memories += more.memories;
  known.createdAt = Math.min(known.createdAt, more.createdAt);
  known.updatedAt = Math.max(known.updatedAt, more.updatedAt);
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
