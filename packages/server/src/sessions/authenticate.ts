import type { Actor } from '../access/actor.ts';
import { AccessError } from '../access/errors.ts';
import type { ApiKeyService } from '../api-keys/service.ts';
import type { EventType } from '../audit/events.ts';
import type { Recorder } from '../audit/recorder.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { auditActor, type OriginRequest, originOf, traced } from '../http/origin.ts';
import { LimitError } from '../limits/errors.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import { SignatureRefused, type SignatureService, type SignedRequest } from '../signatures/service.ts';
import { identityOf } from './actor.ts';
import type { CertificateService, PresentedCertificate } from './certificates/service.ts';
import type { CredentialCache, Identity, Signing } from './credential-cache.ts';
import { credentialOf, type Presented } from './credentials.ts';
import { sessionById } from './store.ts';
import { type AccessTokens, TokenRefused } from './tokens.ts';

export interface AuthenticationDeps {
  writer: Pick<WriterClient, 'read'>;
  recorder: Pick<Recorder, 'record'>;
  tokens: Pick<AccessTokens, 'verify'>;
  apiKeys: Pick<ApiKeyService, 'verify' | 'used' | 'isStatic'>;
  certificates: Pick<CertificateService, 'verify'>;
  signatures: Pick<SignatureService, 'verify'>;
  cache: CredentialCache;
  limits: Pick<RateLimits, 'takeFor'>;
  now: () => number;
}

/** What is looked at of a request; a Fastify request is one. Only a route that is named here can be excepted. */
export type AuthenticationRequest = OriginRequest & {
  method?: string;
  routeOptions?: { url?: string | undefined };
};

/** What a connection and its proxies say of a request, beside its headers. */
export interface Surroundings {
  certificate(): PresentedCertificate;
  /** For a signature; called only when one is looked at. */
  signed(): SignedRequest;
}

/** Who sent a request, and what its body must be, where it is signed. */
export interface Authenticated {
  actor: Actor;
  /** The `Content-Digest` that the signature covers, or that there is no body: to be checked once it was read. */
  signedBody?: { contentDigest: string | undefined };
}

const OFTEN = ['GET /auth/me', 'POST /auth/logout'];
/** What a session may do that has something else to do first. */
const BEFORE: Record<NonNullable<Identity['first']>, ReadonlySet<string>> = {
  password_change_required: new Set([...OFTEN, 'POST /auth/change-password']),
  mfa_enrolment_required: new Set([
    ...OFTEN,
    'GET /auth/mfa',
    'POST /auth/mfa/totp',
    'POST /auth/mfa/totp/confirm',
    'POST /auth/step-up',
  ]),
};

/**
 * Makes the function that says who sent a request, by its credential alone.
 * It throws AccessError `unauthenticated` (one wording for every reason; the reason is in the audit log),
 * `password_change_required` and `mfa_enrolment_required`; LimitError `rate_limited` for a network that keeps
 * sending credentials that are none.
 */
export function createAuthenticate(deps: AuthenticationDeps) {
  const { cache, limits, now } = deps;

  async function identify(kind: 'token' | 'api_key', text: string): Promise<Identity> {
    if (kind === 'api_key') {
      const verified = await deps.apiKeys.verify(text);
      if ('refused' in verified) throw new TokenRefused(verified.refused);
      return verified;
    }
    const claims = await deps.tokens.verify(text);
    const [row] = await deps.writer.read(sessionById, { id: claims.sid });
    return identityOf(claims, row, now());
  }

  async function refuse(request: AuthenticationRequest, type: EventType, reason: string): Promise<never> {
    const taken = limits.takeFor('refused-credential', request.ip);
    const event = {
      ...traced(originOf(request)),
      time: now(),
      actor: { kind: 'anonymous' as const },
      success: false,
      code: reason,
    };
    // A log that cannot be written must not turn a refusal into anything else; nor may a stranger fill it.
    const record = (type: EventType) => deps.recorder.record({ ...event, type }).catch(() => {});
    if (taken.allowed) await record(type);
    else if (taken.first) await record('security.rate_limit.exceeded');
    if (!taken.allowed) throw new LimitError('rate_limited', taken.retryAfterSeconds, taken);
    throw new AccessError('unauthenticated');
  }
  const refuseToken = (request: AuthenticationRequest, reason: string) =>
    refuse(request, reason === 'expired' ? 'auth.token.expired' : 'auth.token.invalid', reason);

  /** Right, but there is something to do first. */
  async function deny(
    request: AuthenticationRequest,
    actor: Actor,
    code: NonNullable<Identity['first']>,
  ): Promise<never> {
    const event = {
      ...traced(originOf(request)),
      type: 'authz.access.denied' as const,
      time: now(),
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      success: false,
      code,
    };
    await deps.recorder.record(event).catch(() => {});
    throw new AccessError(code);
  }

  async function proved(presented: Presented, request: AuthenticationRequest, around: Surroundings) {
    if (presented.kind === 'refused') return refuseToken(request, presented.reason);
    try {
      if (presented.kind === 'none') {
        const certificate = around.certificate();
        if (certificate.kind === 'none') return await refuseToken(request, 'missing');
        if (certificate.kind === 'refused') return await refuseToken(request, certificate.reason);
        const tag = `certificate ${certificate.fingerprint}`;
        const at = now();
        return (
          cache.get(tag, at) ?? (await cache.prove(tag, at, () => deps.certificates.verify(certificate)))
        );
      }
      const { kind, text } = presented;
      const at = now();
      const held = cache.get(text, at);
      const identity = held ?? (await cache.prove(text, at, () => identify(kind, text)));
      if (!held && kind === 'api_key') deps.apiKeys.used(identity.actor);
      return identity;
    } catch (error) {
      if (error instanceof TokenRefused) return refuseToken(request, error.reason);
      throw error;
    }
  }

  async function signatureOf(signing: Signing, request: AuthenticationRequest, around: Surroundings) {
    const sent = request.headers.signature !== undefined || request.headers['signature-input'] !== undefined;
    if (!signing.required && !(sent && signing.key)) return undefined;
    if (!signing.key) return refuse(request, 'auth.signature.invalid', 'signature_key');
    try {
      return await deps.signatures.verify(around.signed(), signing.key);
    } catch (error) {
      if (error instanceof SignatureRefused) return refuse(request, 'auth.signature.invalid', error.reason);
      throw error;
    }
  }

  return async function authenticate(
    request: AuthenticationRequest,
    around: Surroundings,
  ): Promise<Authenticated> {
    const { actor, first, signing } = await proved(
      credentialOf(request.headers, (text) => deps.apiKeys.isStatic(text)),
      request,
      around,
    );
    if (first && !BEFORE[first].has(`${request.method} ${request.routeOptions?.url}`))
      return deny(request, actor, first);
    const signedBody = signing && (await signatureOf(signing, request, around));
    return signedBody ? { actor, signedBody } : { actor };
  };
}
