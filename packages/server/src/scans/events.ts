import type { Actor } from '../access/actor.ts';
import type { AuditEvent } from '../audit/entry.ts';
import type { EventType } from '../audit/events.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';

/** What happened to reports. `details` are erasable: names of projects and reasons tell of a tenant. */
export function scanEvent(
  type: EventType,
  { actor, origin, time }: { actor: Actor; origin: Origin; time: number },
  about: { ids: string[]; of?: 'scan' | 'scan_override'; details?: AuditEvent['private'] } & Pick<
    AuditEvent,
    'action' | 'after'
  >,
): AuditEvent {
  const { ids, of = 'scan', details = {}, ...more } = about;
  const { private: client, ...request } = traced(origin);
  return {
    ...request,
    ...more,
    type,
    time,
    actor: auditActor(actor),
    namespace: actor.namespace.publicId,
    resource: { type: of, ids },
    success: true,
    private: { ...client, ...details },
  };
}
