/** Severities, mildest first. */
export const SEVERITIES = ['debug', 'info', 'warning', 'error', 'critical'] as const;

export type Severity = (typeof SEVERITIES)[number];

/**
 * The closed list of event types, with the severity of each where the caller names none. The names of
 * Memoric's 33 types are kept, because dashboards and SIEM rules were written against them.
 */
export const EVENT_SEVERITY = {
  'auth.login.success': 'info',
  'auth.login.failed': 'warning',
  'auth.logout': 'info',
  'auth.token.created': 'info',
  'auth.token.expired': 'info',
  'auth.token.invalid': 'warning',
  'user.created': 'info',
  'user.updated': 'info',
  'user.deleted': 'warning',
  'user.password.changed': 'info',
  'user.password.reset': 'warning',
  'user.activated': 'info',
  'user.deactivated': 'warning',
  'memory.created': 'info',
  'memory.retrieved': 'info',
  'memory.updated': 'info',
  'memory.deleted': 'info',
  'memory.searched': 'info',
  'cluster.created': 'info',
  'cluster.retrieved': 'info',
  'cluster.updated': 'info',
  'cluster.deleted': 'info',
  'policy.executed': 'info',
  'policy.failed': 'error',
  'authz.access.granted': 'debug',
  'authz.access.denied': 'warning',
  'authz.permission.checked': 'debug',
  'system.startup': 'info',
  'system.shutdown': 'info',
  'system.error': 'error',
  'security.breach.attempt': 'critical',
  'security.rate_limit.exceeded': 'warning',
  'security.suspicious.activity': 'warning',

  'auth.lockout': 'warning',
  'auth.token.revoked': 'info',
  'auth.token.reused': 'critical',
  'auth.token.refreshed': 'info',
  'auth.mfa.enabled': 'info',
  'auth.mfa.disabled': 'warning',
  'auth.mfa.failed': 'warning',
  'auth.mfa.codes.renewed': 'info',
  'auth.stepup.success': 'info',
  'auth.stepup.failed': 'warning',
  'auth.signature.invalid': 'warning',
  'auth.tokenkey.rotated': 'warning',
  'user.invited': 'info',
  'user.invitation.withdrawn': 'info',
  'user.email.verified': 'info',
  'user.email.changed': 'warning',
  'user.password.reset.requested': 'info',
  'user.certificate.added': 'warning',
  'user.certificate.removed': 'info',
  'apikey.expired': 'info',
  'apikey.rotation.due': 'warning',
  'namespace.member.added': 'info',
  'namespace.member.updated': 'warning',
  'namespace.member.removed': 'warning',
  'mail.failed': 'error',
  'apikey.created': 'info',
  'apikey.rotated': 'info',
  'apikey.revoked': 'warning',
  'namespace.created': 'info',
  'namespace.updated': 'info',
  'namespace.deleted': 'warning',
  'memory.listed': 'info',
  'entity.listed': 'info',
  'memory.event.retrieved': 'info',
  'memory.history.retrieved': 'info',
  'memory.redacted': 'warning',
  'memory.rejected': 'warning',
  'memory.revealed': 'warning',
  'memory.feedback': 'info',
  'memory.exported': 'info',
  'project.updated': 'info',
  'key.created': 'info',
  'key.destroyed': 'warning',
  'subject.erased': 'warning',
  'audit.listed': 'info',
  'audit.exported': 'warning',
  'audit.key.rotated': 'warning',
  'audit.records.removed': 'warning',
  'audit.hold.placed': 'warning',
  'audit.hold.lifted': 'warning',
  'audit.tail.repaired': 'error',
  'audit.tail.lost': 'critical',
  'audit.sink.failed': 'error',
  'audit.sink.recovered': 'info',
  'canary.created': 'info',
  'canary.removed': 'warning',
  'webhook.created': 'info',
  'webhook.updated': 'info',
  'webhook.removed': 'info',
  'webhook.failed': 'warning',
  'webhook.recovered': 'info',
  'scan.submitted': 'info',
  'scan.retrieved': 'info',
  'scan.override.recorded': 'warning',
  'deployment.approved': 'warning',
  'deployment.rejected': 'warning',
  'deployment.revoked': 'warning',
  'deployment.released': 'info',
} as const satisfies Record<string, Severity>;

export type EventType = keyof typeof EVENT_SEVERITY;

/** All event types, in the order of `EVENT_SEVERITY`. */
export const EVENT_TYPES = Object.keys(EVENT_SEVERITY) as EventType[];

/** Whether a text from outside names an event type. */
export function isEventType(value: string): value is EventType {
  return Object.hasOwn(EVENT_SEVERITY, value);
}

/** Whether a text from outside names a severity. */
export function isSeverity(value: string): value is Severity {
  return (SEVERITIES as readonly string[]).includes(value);
}
