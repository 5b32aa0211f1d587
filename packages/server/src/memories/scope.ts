import type { Actor, Authorized, Entities } from '../access/actor.ts';
import { InputError } from '../http/input.ts';
import { auditActor, type Origin } from '../http/origin.ts';
import { parseFilter } from '../recall/filters.ts';
import { ENTITY_FIELDS, type EntityType, entityNamed } from './memory.ts';
import type { Caller, Scope } from './requests.ts';

/** Where to look, as a door says it: entity ids to match, and a filter within them. */
export interface Where {
  entities: Entities;
  filter?: Record<string, unknown>;
  showExpired?: boolean;
}

export function callerOf(actor: Actor, { requestId = '', client }: Origin): Caller {
  const { guard, namespace, auditReads } = actor;
  return { actor: auditActor(actor), guard, namespace, auditReads, requestId, client };
}

/** An actor that is bound to entities never sees beyond them. */
export function reachOf(actor: Actor): Entities {
  return actor.boundTo ?? {};
}

/** Where an actor's changes wait for each other. */
export function placeOf(actor: Actor): { namespace: number; reach: Entities } {
  return { namespace: actor.namespace.id, reach: reachOf(actor) };
}

/** @throws InputError when a key that could name anybody names nobody; FilterError. */
export function scopeOf(
  actor: Authorized<'memories:read'> | Authorized<'memories:delete'>,
  where: Where,
): Scope {
  const { entities, filter = {}, showExpired = false } = where;
  const named = Object.fromEntries(
    ENTITY_FIELDS.filter((f) => entities[f] !== undefined).map((f) => [f, entities[f]]),
  );
  const combined = Object.keys(named).length === 0 ? filter : { AND: [named, filter] };
  parseFilter(combined);
  if (actor.kind === 'api_key' && actor.boundTo === undefined && !namesEntity(combined))
    throw new InputError(
      'Say whose memories: give user_id, agent_id, app_id or run_id, in filters or beside them.',
    );
  return { reach: reachOf(actor), filter: combined, showExpired };
}

/** All memories of one entity; unlike in a filter `"*"` is a name here, which nobody has. */
export function scopeOfEntity(actor: Actor, type: EntityType, name: string): Scope {
  const filter = Object.fromEntries(
    Object.entries(entityNamed(type, name)).map(([f, id]) => [f, { in: [id] }]),
  );
  return { reach: reachOf(actor), filter, showExpired: true };
}

/** Whether every match belongs to somebody who is named: `"*"`, `ne` and the like name nobody. */
function namesEntity(filter: unknown): boolean {
  if (typeof filter !== 'object' || filter === null) return false;
  return Object.entries(filter).some(([key, value]) => {
    const branches: unknown[] = Array.isArray(value) ? value : [value];
    if (key === 'AND') return branches.some(namesEntity);
    if (key === 'OR') return branches.length > 0 && branches.every(namesEntity);
    return (ENTITY_FIELDS as readonly string[]).includes(key) && isName(value);
  });
}

function isName(condition: unknown): boolean {
  if (typeof condition === 'string') return condition !== '*';
  if (Array.isArray(condition)) return condition.every(isName);
  if (typeof condition !== 'object' || condition === null) return false;
  return ('eq' in condition && isName(condition.eq)) || ('in' in condition && isName(condition.in));
}
