import type { Actor } from '../access/actor.ts';
import type { AuditEvent } from '../audit/entry.ts';
import type { EventType } from '../audit/events.ts';
import { auditActor, type Origin } from '../http/origin.ts';

/** What happened to clusters. The details of the request are erasable, and so is what `more` adds to them. */
export function clusterEvent(
  type: EventType,
  { actor, origin, time }: { actor: Actor; origin: Origin; time: number },
  ids: string[],
  more: AuditEvent['private'] = {},
): AuditEvent {
  const { requestId, client } = origin;
  return {
    type,
    time,
    actor: auditActor(actor),
    namespace: actor.namespace.publicId,
    resource: { type: 'cluster', ids },
    success: true,
    ...(requestId !== undefined && { requestId }),
    private: { ...client, ...more },
  };
}
