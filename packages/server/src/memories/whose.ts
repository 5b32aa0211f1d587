import type { Actor, Entities } from '../access/actor.ts';
import { InputError } from '../http/input.ts';
import { ENTITY_FIELDS } from './memory.ts';

/**
 * Whose memories a call is about that may leave it open: whom it names; else those of the caller's own credential; else
 * the default user. What is named beyond the caller's reach is still named: the service finds nothing there.
 * @throws InputError when nobody is left to assume
 */
export function whose(
  { actor, defaultUser }: { actor: Actor; defaultUser?: string },
  named: Entities,
  filters?: unknown,
): Entities {
  if (ENTITY_FIELDS.some((field) => named[field] !== undefined) || mentionsEntity(filters)) return named;
  if (actor.boundTo !== undefined) return {};
  if (actor.kind === 'account') return { user_id: actor.id };
  if (defaultUser !== undefined) return { user_id: defaultUser };
  throw new InputError('Say whose memories: give user_id, agent_id, app_id or run_id.');
}

/** Whether somebody is named anywhere in a filter; whether that is enough, the service decides. */
function mentionsEntity(filter: unknown): boolean {
  if (typeof filter !== 'object' || filter === null) return false;
  return Object.entries(filter).some(
    ([key, value]) =>
      (ENTITY_FIELDS as readonly string[]).includes(key) ||
      (Array.isArray(value) ? value.some(mentionsEntity) : mentionsEntity(value)),
  );
}
