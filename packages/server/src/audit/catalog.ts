import type { EventType } from './events.ts';

/**
 * What an event is about, which decides how long it is kept: reads and changes of memories, who is who, attacks and
 * refusals, the service itself, and what the log says of itself.
 */
export const RETENTION_CLASSES = ['reads', 'changes', 'identity', 'security', 'system', 'evidence'] as const;

export type RetentionClass = (typeof RETENTION_CLASSES)[number];

/** Which control frameworks ask for events of a class; `docs/controls.md` names the controls. */
export const COMPLIANCE_TAGS: Record<RetentionClass, readonly string[]> = {
  reads: ['SOC2', 'ISO27001', 'GDPR', 'HIPAA', 'PCI-DSS'],
  changes: ['SOC2', 'ISO27001', 'GDPR', 'HIPAA', 'PCI-DSS'],
  identity: ['SOC2', 'ISO27001', 'HIPAA', 'PCI-DSS', 'ASVS'],
  security: ['SOC2', 'ISO27001', 'HIPAA', 'PCI-DSS', 'ASVS'],
  system: ['SOC2', 'ISO27001'],
  evidence: ['SOC2', 'ISO27001', 'PCI-DSS'],
};

export interface EventDescription {
  class: RetentionClass;
  /** A sentence without its full stop; says nothing of a single event. */
  text: string;
}

const described = (name: RetentionClass, text: string): EventDescription => ({ class: name, text });

/** Every event type in words. */
export const CATALOG: Record<EventType, EventDescription> = {
  'auth.login.success': described('identity', 'A login succeeded'),
  'auth.login.failed': described('security', 'A login was refused'),
  'auth.logout': described('identity', 'A session was ended by its owner'),
  'auth.token.created': described('identity', 'A session began'),
  'auth.token.expired': described('identity', 'An expired access token was shown'),
  'auth.token.invalid': described('security', 'A credential that is none was shown'),
  'user.created': described('identity', 'An account was made'),
  'user.updated': described('identity', 'An account was changed'),
  'user.deleted': described('identity', 'An account was removed'),
  'user.password.changed': described('identity', 'A password was changed by its owner'),
  'user.password.reset': described('identity', 'A password was replaced without the old one'),
  'user.activated': described('identity', 'An account was opened again'),
  'user.deactivated': described('identity', 'An account was closed'),
  'memory.created': described('changes', 'Memories were stored'),
  'memory.retrieved': described('reads', 'A memory was read'),
  'memory.updated': described('changes', 'A memory was changed'),
  'memory.deleted': described('changes', 'Memories were ended'),
  'memory.searched': described('reads', 'Memories were searched'),
  'cluster.created': described('changes', 'A cluster was made'),
  'cluster.retrieved': described('reads', 'Clusters were read'),
  'cluster.updated': described('changes', 'A cluster was changed'),
  'cluster.deleted': described('changes', 'A cluster was removed'),
  'policy.executed': described('system', 'A policy ran'),
  'policy.failed': described('system', 'A policy could not do its work'),
  'authz.access.granted': described('security', 'A request was let in'),
  'authz.access.denied': described('security', 'A request went beyond its rights'),
  'authz.permission.checked': described('security', 'A right was looked up'),
  'system.startup': described('system', 'The service started'),
  'system.shutdown': described('system', 'The service stopped'),
  'system.error': described('system', 'A request failed for a reason of the service itself'),
  'security.breach.attempt': described('security', 'Something only an attacker would do was refused'),
  'security.rate_limit.exceeded': described('security', 'A network asked too often'),
  'security.suspicious.activity': described('security', 'A pattern of events looks like an attack'),

  'auth.lockout': described('security', 'Too many wrong attempts: further ones are refused for a while'),
  'auth.token.revoked': described('identity', 'A session was ended'),
  'auth.token.reused': described('security', 'A used refresh token came again: its session was ended'),
  'auth.token.refreshed': described('identity', 'A session was prolonged'),
  'auth.mfa.enabled': described('identity', 'A second factor was added'),
  'auth.mfa.disabled': described('identity', 'A second factor was removed'),
  'auth.mfa.failed': described('security', 'A wrong code was given'),
  'auth.mfa.codes.renewed': described('identity', 'Recovery codes were replaced'),
  'auth.stepup.success': described('identity', 'A password was shown again for a sensitive action'),
  'auth.stepup.failed': described('security', 'A password was asked again, and wrong'),
  'auth.signature.invalid': described('security', 'The signature of a request did not hold'),
  'auth.tokenkey.rotated': described('identity', 'The key that signs access tokens was replaced'),
  'user.invited': described('identity', 'Somebody was invited'),
  'user.invitation.withdrawn': described('identity', 'An invitation was withdrawn'),
  'user.email.verified': described('identity', 'A mail address was confirmed'),
  'user.email.changed': described('identity', 'A mail address was replaced'),
  'user.password.reset.requested': described('identity', 'A link to a new password was asked for'),
  'user.certificate.added': described('identity', 'A client certificate was bound to an account'),
  'user.certificate.removed': described('identity', 'A client certificate was unbound'),
  'apikey.expired': described('identity', 'An API key reached its end'),
  'apikey.rotation.due': described('identity', 'An API key is older than its owner wanted'),
  'namespace.member.added': described('identity', 'A member joined a namespace'),
  'namespace.member.updated': described('identity', 'The role of a member was changed'),
  'namespace.member.removed': described('identity', 'A member left a namespace'),
  'mail.failed': described('system', 'A mail could not be delivered'),
  'apikey.created': described('identity', 'An API key was made'),
  'apikey.rotated': described('identity', 'The secret of an API key was replaced'),
  'apikey.revoked': described('identity', 'An API key was revoked'),
  'namespace.created': described('identity', 'A namespace was made'),
  'namespace.updated': described('identity', 'The settings of a namespace were changed'),
  'namespace.deleted': described('identity', 'A namespace was removed'),
  'memory.listed': described('reads', 'Memories were listed'),
  'entity.listed': described('reads', 'The users, agents, apps and runs that have memories were listed'),
  'memory.event.retrieved': described('reads', 'The outcome of an add or a deletion was read'),
  'memory.history.retrieved': described('reads', 'The history of a memory was read'),
  'memory.redacted': described('security', 'Secrets were taken out of memories before they were stored'),
  'memory.rejected': described('security', 'A memory was refused by the screen'),
  'memory.revealed': described('security', 'A text was read as it was before its redaction'),
  'memory.feedback': described('changes', 'Somebody said how good a memory is'),
  'memory.exported': described('reads', 'Memories were read as an export in the shape of a schema'),
  'project.updated': described('changes', 'What a namespace tells a model was changed'),
  'key.created': described('changes', 'An encryption key was made for a data subject'),
  'key.destroyed': described('changes', 'The encryption key of a data subject was destroyed'),
  'subject.erased': described('changes', 'A data subject was erased'),
  'audit.listed': described('evidence', 'The audit log was read'),
  'audit.exported': described('evidence', 'The audit log was exported'),
  'audit.key.rotated': described('evidence', 'The key that signs the audit log was replaced'),
  'audit.records.removed': described(
    'evidence',
    'Events were removed from the log as their retention was over',
  ),
  'audit.hold.placed': described('evidence', 'A legal hold was placed on events'),
  'audit.hold.lifted': described('evidence', 'A legal hold was lifted'),
  'audit.tail.repaired': described(
    'evidence',
    'A log file ended in the middle of a record, which was cut off',
  ),
  'audit.tail.lost': described('evidence', 'The log is shorter than one of its own signed checkpoints'),
  'audit.sink.failed': described('evidence', 'A witness or a stream of events does not answer'),
  'audit.sink.recovered': described('evidence', 'A witness or a stream of events answers again'),
  'canary.created': described('changes', 'A canary was set among the memories'),
  'canary.removed': described('changes', 'A canary was taken away'),
  'webhook.created': described('identity', 'A webhook was registered'),
  'webhook.updated': described('identity', 'A webhook was changed'),
  'webhook.removed': described('identity', 'A webhook was removed'),
  'webhook.failed': described('system', 'A webhook does not take what it is told'),
  'webhook.recovered': described('system', 'A webhook takes what it is told again'),
  'scan.submitted': described('changes', 'A report of a scan came in and was decided about'),
  'scan.retrieved': described('reads', 'Reports of scans or of overridden pushes were read'),
  'scan.override.recorded': described('security', 'The veto of a push was overridden in a clone'),
  'deployment.approved': described('identity', 'A second person approved a deployment'),
  'deployment.rejected': described('identity', 'A second person rejected a deployment'),
  'deployment.revoked': described('identity', 'The approval of a deployment was taken back'),
  'deployment.released': described('changes', 'A gate was told that a deployment may go on'),
};

/** What a security engineer looks at first: attacks and refusals, and everything of warning or worse about access. */
export function isSecurityEvent(type: EventType): boolean {
  return CATALOG[type].class === 'security' || type === 'audit.tail.lost' || type === 'audit.tail.repaired';
}
