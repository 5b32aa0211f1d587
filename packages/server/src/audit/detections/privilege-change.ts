import type { EventType } from '../events.ts';
import type { Skeleton } from '../record.ts';
import { actorName } from './actors.ts';
import type { Detection } from './detection.ts';
import { type FindingSeverity, THRESHOLDS } from './thresholds.ts';

interface Raise {
  severity: FindingSeverity;
  /** Completes "account …". */
  deed: string;
}

const { severity: usual } = THRESHOLDS.privilege_change;
const ADMIN = 'role admin';

/** What somebody did that gives rights, or takes away what holds them back. Undefined for all that does not. */
const RAISES: Partial<Record<EventType, (event: Skeleton, whom: string) => Raise | undefined>> = {
  'user.created': ({ action }, whom) =>
    action === ADMIN
      ? { severity: 'error', deed: `made ${whom}, an administrator of the server` }
      : undefined,
  'user.updated': ({ action }, whom) =>
    action === ADMIN ? { severity: 'error', deed: `made ${whom} an administrator of the server` } : undefined,
  'namespace.member.updated': ({ action }, whom) =>
    action === ADMIN ? { severity: usual, deed: `made ${whom} an administrator of a namespace` } : undefined,
  'namespace.member.added': ({ action }) =>
    action === ADMIN ? { severity: usual, deed: 'joined a namespace as an administrator' } : undefined,
  'auth.mfa.disabled': ({ action }, whom) =>
    action === 'by_administrator'
      ? { severity: usual, deed: `removed the second factor of ${whom}` }
      : undefined,
  'user.certificate.added': (_, whom) => ({ severity: usual, deed: `bound ${whom} as a way to log in` }),
  'audit.key.rotated': () => ({ severity: usual, deed: 'replaced the key that signs the audit log' }),
  'audit.hold.lifted': (_, whom) => ({ severity: usual, deed: `lifted a legal hold: ${whom}` }),
};

/** Rights that were given, and safeguards that were taken away, by a person; what the service does itself is none. */
export function privilegeChange(): Detection {
  return {
    name: 'privilege_change',
    types: Object.keys(RAISES) as EventType[],
    see({ seq, skeleton }) {
      const { type, actor, resource, namespace, success } = skeleton;
      const who = actorName(actor);
      if (who === undefined || !success) return undefined;
      const whom = resource === undefined ? 'something' : `${resource.type} ${resource.ids.join(', ')}`;
      const raise = RAISES[type]?.(skeleton, whom);
      if (!raise) return undefined;
      return {
        detection: 'privilege_change',
        severity: raise.severity,
        subject: `${type} ${who} ${resource?.ids[0] ?? ''}`,
        summary: `${who} ${raise.deed}.`,
        ...(namespace !== undefined && { namespace }),
        ...(resource !== undefined && { resource: { type: resource.type, ids: [...resource.ids] } }),
        withOrigin: true,
        first: seq,
        last: seq,
      };
    },
  };
}
