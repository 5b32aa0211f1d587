import type { Entities } from '../access/actor.ts';
import { entityScope, type Filter, parseFilter } from '../recall/filters.ts';
import type { HeldShard, ShardCache } from '../recall/shard-cache.ts';
import type { Caller, Scope } from './requests.ts';

/** What a caller looks at: a shard, and what of it. */
export interface Sight {
  held: HeldShard | undefined;
  reach?: Filter;
  filter?: Filter;
}

/** A memory whose user is pinned lies in that user's shard; any other search goes through the whole namespace. */
export async function sightOf(shards: ShardCache, { namespace }: Caller, scope: Scope): Promise<Sight> {
  const filter = parseFilter(scope.filter);
  const user = scope.reach.user_id ?? entityScope(filter).userId;
  if (user === undefined)
    return {
      held: await shards.ofNamespace(namespace.id),
      reach: parseFilter(exactly(scope.reach)),
      filter,
    };
  const held = await shards.ofSubject(namespace.id, { kind: 'user', id: user });
  const { user_id: _, ...reach } = scope.reach;
  return {
    held,
    ...narrowing('reach', exactly(reach)),
    ...narrowing('filter', withoutUser(scope.filter, user)),
  };
}

/** Every memory of a user's shard has that user: testing each again cost an eighth of a search. */
function withoutUser(filter: Record<string, unknown>, user: string): Record<string, unknown> {
  const { user_id, AND, ...rest } = filter;
  const kept = user_id === undefined || user_id === user ? rest : { ...rest, user_id };
  if (AND === undefined) return kept;
  if (!Array.isArray(AND)) return { ...kept, AND };
  const branches = AND.map((branch) => withoutUser(branch as Record<string, unknown>, user));
  const left = branches.filter((branch) => Object.keys(branch).length > 0);
  return left.length === 0 ? kept : { ...kept, AND: left };
}

function narrowing<K extends 'reach' | 'filter'>(name: K, json: object): { [key in K]?: Filter } {
  return Object.keys(json).length === 0 ? {} : ({ [name]: parseFilter(json) } as { [key in K]: Filter });
}

/** `"*"` stands for itself here, unlike in a caller's filter. */
function exactly(entities: Entities): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entities).map(([field, id]) => [field, { in: [id] }]));
}
