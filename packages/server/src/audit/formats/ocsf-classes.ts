import type { EventType } from '../events.ts';

/** Class uid and activity id (OCSF 1.6.0); 99 is an activity that the class has no number for. */
export type OcsfKind = readonly [classUid: number, activityId: number];

const LOG = 1008;
const FINDING = 2004;
const ACCOUNT = 3001;
const AUTHENTICATION = 3002;
const ENTITY = 3004;
const GROUP = 3006;
const LIFECYCLE = 6002;
const API = 6003;
const DATASTORE = 6005;
const ERROR = 6008;
const OTHER = 99;

/** What each event type is in OCSF. */
export const OCSF_KINDS: Record<EventType, OcsfKind> = {
  'auth.login.success': [AUTHENTICATION, 1],
  'auth.login.failed': [AUTHENTICATION, 1],
  'auth.logout': [AUTHENTICATION, 2],
  'auth.token.created': [AUTHENTICATION, OTHER],
  'auth.token.expired': [AUTHENTICATION, OTHER],
  'auth.token.invalid': [AUTHENTICATION, OTHER],
  'user.created': [ACCOUNT, 1],
  'user.updated': [ACCOUNT, OTHER],
  'user.deleted': [ACCOUNT, 6],
  'user.password.changed': [ACCOUNT, 3],
  'user.password.reset': [ACCOUNT, 4],
  'user.activated': [ACCOUNT, 2],
  'user.deactivated': [ACCOUNT, 5],
  'memory.created': [DATASTORE, 6],
  'memory.retrieved': [DATASTORE, 1],
  'memory.updated': [DATASTORE, 2],
  'memory.deleted': [DATASTORE, 7],
  'memory.searched': [DATASTORE, 4],
  'cluster.created': [DATASTORE, 6],
  'cluster.retrieved': [DATASTORE, 1],
  'cluster.updated': [DATASTORE, 2],
  'cluster.deleted': [DATASTORE, 7],
  'policy.executed': [LIFECYCLE, OTHER],
  'policy.failed': [ERROR, OTHER],
  'authz.access.granted': [API, OTHER],
  'authz.access.denied': [API, OTHER],
  'authz.permission.checked': [API, OTHER],
  'system.startup': [LIFECYCLE, 3],
  'system.shutdown': [LIFECYCLE, 4],
  'system.error': [ERROR, 1],
  'security.breach.attempt': [FINDING, 1],
  'security.rate_limit.exceeded': [API, OTHER],
  'security.suspicious.activity': [FINDING, 1],

  'auth.lockout': [ACCOUNT, 9],
  'auth.token.revoked': [AUTHENTICATION, 2],
  'auth.token.reused': [AUTHENTICATION, OTHER],
  'auth.token.refreshed': [AUTHENTICATION, OTHER],
  'auth.mfa.enabled': [ACCOUNT, 10],
  'auth.mfa.disabled': [ACCOUNT, 11],
  'auth.mfa.failed': [AUTHENTICATION, 1],
  'auth.mfa.codes.renewed': [ACCOUNT, OTHER],
  'auth.stepup.success': [AUTHENTICATION, OTHER],
  'auth.stepup.failed': [AUTHENTICATION, OTHER],
  'auth.signature.invalid': [AUTHENTICATION, OTHER],
  'auth.tokenkey.rotated': [ENTITY, 3],
  'user.invited': [ENTITY, 1],
  'user.invitation.withdrawn': [ENTITY, 4],
  'user.email.verified': [ACCOUNT, OTHER],
  'user.email.changed': [ACCOUNT, OTHER],
  'user.password.reset.requested': [ACCOUNT, OTHER],
  'user.certificate.added': [ENTITY, 1],
  'user.certificate.removed': [ENTITY, 4],
  'apikey.expired': [ENTITY, 11],
  'apikey.rotation.due': [ENTITY, OTHER],
  'namespace.member.added': [GROUP, 3],
  'namespace.member.updated': [GROUP, 1],
  'namespace.member.removed': [GROUP, 4],
  'mail.failed': [ERROR, OTHER],
  'apikey.created': [ENTITY, 1],
  'apikey.rotated': [ENTITY, 3],
  'apikey.revoked': [ENTITY, 4],
  'namespace.created': [GROUP, 6],
  'namespace.updated': [GROUP, OTHER],
  'namespace.deleted': [GROUP, 5],
  'memory.listed': [DATASTORE, 8],
  'entity.listed': [DATASTORE, 8],
  'memory.event.retrieved': [DATASTORE, 8],
  'memory.history.retrieved': [DATASTORE, 1],
  'memory.redacted': [DATASTORE, OTHER],
  'memory.rejected': [DATASTORE, OTHER],
  'memory.revealed': [DATASTORE, 1],
  'memory.feedback': [DATASTORE, 2],
  'memory.exported': [DATASTORE, 1],
  'project.updated': [ENTITY, 3],
  'key.created': [ENTITY, 1],
  'key.destroyed': [ENTITY, 4],
  'subject.erased': [ENTITY, 4],
  'audit.listed': [LOG, OTHER],
  'audit.exported': [LOG, 3],
  'audit.key.rotated': [ENTITY, 3],
  'audit.records.removed': [LOG, 2],
  'audit.hold.placed': [LOG, OTHER],
  'audit.hold.lifted': [LOG, OTHER],
  'audit.tail.repaired': [LOG, OTHER],
  'audit.tail.lost': [FINDING, 1],
  'audit.sink.failed': [LOG, OTHER],
  'audit.sink.recovered': [LOG, OTHER],
  'canary.created': [ENTITY, 1],
  'canary.removed': [ENTITY, 4],
  'webhook.created': [ENTITY, 1],
  'webhook.updated': [ENTITY, 3],
  'webhook.removed': [ENTITY, 4],
  'webhook.failed': [LIFECYCLE, OTHER],
  'webhook.recovered': [LIFECYCLE, OTHER],
  'scan.submitted': [ENTITY, 1],
  'scan.retrieved': [ENTITY, 2],
  'scan.override.recorded': [ENTITY, 1],
  'deployment.approved': [ENTITY, 3],
  'deployment.rejected': [ENTITY, 3],
  'deployment.revoked': [ENTITY, 3],
  'deployment.released': [ENTITY, 2],
};

/** For a log that newer software wrote. */
const UNKNOWN: OcsfKind = [API, OTHER];

export function ocsfKindOf(type: EventType): OcsfKind {
  return OCSF_KINDS[type] ?? UNKNOWN;
}
