import type { FastifyRequest } from 'fastify';
import { AccessError } from './access/errors.ts';
import type { AuditEvent } from './audit/entry.ts';
import { recordPatiently } from './audit/record-patiently.ts';
import type { Recorder } from './audit/recorder.ts';
import { auditActor, originOf, traced } from './http/origin.ts';
import { LimitError, type LimitStanding } from './limits/errors.ts';
import type { RateLimit, RateLimits } from './limits/rate-limits.ts';
import { checkContentDigest } from './signatures/content-digest.ts';
import { SignatureRefused } from './signatures/errors.ts';

// How a request is turned away, and what the audit log is told of it: the bridge from http/ to the rooms that know why.

/** A request ends by then. */
const PATIENCE = { passing: ['overloaded'], patienceMs: 15_000 };

/**
 * What a known actor may not do, and why; credentials that are none are told by `authenticate`. Resolves when the log
 * has it, or cannot take it: the answer waits, so that nobody is refused faster than the log is told.
 */
export function refusal(
  recorder: Recorder,
  request: FastifyRequest,
  { code, permission, tool }: { code: string; permission?: string | undefined; tool?: string },
): Promise<void> {
  if (!request.actor) return Promise.resolve();
  const { namespace } = request.actor;
  const details = { ...(permission !== undefined && { permission }), ...(tool !== undefined && { tool }) };
  const event: AuditEvent = {
    ...traced(originOf(request), details),
    type: 'authz.access.denied',
    time: Date.now(),
    actor: auditActor(request.actor),
    namespace: namespace.publicId,
    success: false,
    code,
  };
  return recordPatiently(recorder, event, PATIENCE);
}

/** Every right that was looked up, for those who set the log to debug: two events a request. */
export function grant(recorder: Recorder, request: FastifyRequest, access: string): void {
  if (!request.actor) return;
  const event = {
    ...traced(originOf(request)),
    action: access,
    time: Date.now(),
    actor: auditActor(request.actor),
    namespace: request.actor.namespace.publicId,
    success: true,
  };
  recorder
    .record({ ...event, type: 'authz.permission.checked' }, { ...event, type: 'authz.access.granted' })
    .catch(() => undefined);
}

/** A request that failed for a reason of the service's own. */
export function failure(recorder: Recorder, request: FastifyRequest, code: string): void {
  const event: AuditEvent = {
    ...traced(originOf(request)),
    type: 'system.error',
    time: Date.now(),
    actor: request.actor ? auditActor(request.actor) : { kind: 'anonymous' },
    ...(request.actor && { namespace: request.actor.namespace.publicId }),
    success: false,
    code,
  };
  recorder.record(event).catch(() => undefined);
}

/** A body that is not the one that was signed: the request is nobody's. */
export function checkSignedBody(
  recorder: Recorder,
  digest: string | undefined,
  body: Uint8Array,
  request: FastifyRequest,
): void {
  try {
    checkContentDigest(digest, body);
  } catch (cause) {
    const event: AuditEvent = {
      ...traced(originOf(request)),
      type: 'auth.signature.invalid',
      time: Date.now(),
      actor: { kind: 'anonymous' },
      success: false,
      code: cause instanceof SignatureRefused ? cause.reason : 'content_digest',
    };
    recorder.record(event).catch(() => undefined);
    throw new AccessError('unauthenticated');
  }
}

/**
 * Turns a network, or a credential, away that asks too often, with one event a period instead of one a request; tells
 * where the others stand.
 */
export function limit(
  limits: RateLimits,
  recorder: Recorder,
  name: string,
  request: FastifyRequest,
): LimitStanding | undefined {
  const by = request.routeOptions.config.limitBy === 'credential' ? request.actor : null;
  // By the name of the credential, however it was sent: an API key has one in every header and spelling.
  const taken = by
    ? limits.take(name as RateLimit, `${by.kind} ${by.id}`)
    : limits.takeFor(name as RateLimit, request.ip);
  if (taken.allowed) return taken.standing;
  if (taken.first) {
    const event: AuditEvent = {
      ...traced(originOf(request)),
      type: 'security.rate_limit.exceeded',
      action: name,
      time: Date.now(),
      actor: by ? auditActor(by) : { kind: 'anonymous' },
      ...(by && { namespace: by.namespace.publicId }),
      success: false,
      code: 'rate_limited',
    };
    recorder.record(event).catch(() => undefined);
  }
  throw new LimitError('rate_limited', taken.retryAfterSeconds, taken);
}
