import type { AuditActor } from '../entry.ts';

/** `api_key 0189…`: an actor in a summary, and as what is told of. Undefined where nobody in particular acted. */
export function actorName({ kind, id }: AuditActor): string | undefined {
  return id === undefined ? undefined : `${kind} ${id}`;
}

export const actorResource = ({ kind, id }: AuditActor) =>
  id === undefined ? {} : { resource: { type: kind === 'operator' ? 'account' : kind, ids: [id] } };
