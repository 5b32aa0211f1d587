import type { EventType } from '../events.ts';
import type { Notice } from '../notices.ts';
import type { Skeleton } from '../record.ts';

/** Events that need no counting: a person is told of each, whoever recorded it. */
export const ALARMS: Partial<Record<EventType, 'error' | 'critical'>> = {
  'security.breach.attempt': 'critical',
  'auth.token.reused': 'critical',
  'audit.tail.lost': 'critical',
  'audit.tail.repaired': 'error',
};

export function alarmOf(seq: number, event: Skeleton): Extract<Notice, { kind: 'alarm' }> | undefined {
  const { type, action, namespace, resource } = event;
  const severity = ALARMS[type];
  if (severity === undefined) return undefined;
  return {
    kind: 'alarm',
    type,
    severity,
    index: seq,
    ...(action !== undefined && { action }),
    ...(namespace !== undefined && { namespace }),
    ...(resource !== undefined && { resource: { type: resource.type, ids: [...resource.ids] } }),
  };
}
