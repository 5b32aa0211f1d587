import type { Actor } from '../access/actor.ts';
import { AccessError } from '../access/errors.ts';
import type { ApiKeyService } from '../api-keys/service.ts';
import type { Recorder } from '../audit/recorder.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { type OriginRequest, originOf, traced } from '../http/origin.ts';
import { identityOf } from './actor.ts';
import type { CredentialCache, Identity } from './credential-cache.ts';
import { credentialOf } from './credentials.ts';
import type { Refusal } from './errors.ts';
import { sessionById } from './store.ts';
import { type AccessTokens, TokenRefused } from './tokens.ts';

export interface AuthenticationDeps {
  writer: Pick<WriterClient, 'read'>;
  recorder: Pick<Recorder, 'record'>;
  tokens: Pick<AccessTokens, 'verify'>;
  apiKeys: Pick<ApiKeyService, 'verify'>;
  cache: CredentialCache;
  now: () => number;
}

/** What is looked at of a request; a Fastify request is one. Only a route that is named here can be excepted. */
export type AuthenticationRequest = OriginRequest & {
  method?: string;
  routeOptions?: { url?: string | undefined };
};

/** What an account may do that has to change its password first. */
const WHILE_PASSWORD_IS_OLD: ReadonlySet<string> = new Set([
  'GET /auth/me',
  'POST /auth/change-password',
  'POST /auth/logout',
]);

/**
 * Makes the function that says who sent a request, by its credential alone.
 * It throws AccessError `unauthenticated` (one wording for every reason; the reason is in the audit log) and
 * `password_change_required`.
 */
export function createAuthenticate(deps: AuthenticationDeps) {
  const { cache, now } = deps;

  async function identify(kind: 'token' | 'api_key', text: string): Promise<Identity> {
    if (kind === 'api_key') {
      const verified = await deps.apiKeys.verify(text);
      if ('refused' in verified) throw new TokenRefused(verified.refused);
      return { ...verified, mustChangePassword: false };
    }
    const claims = await deps.tokens.verify(text);
    const [row] = await deps.writer.read(sessionById, { id: claims.jti });
    return identityOf(claims, row, now());
  }

  async function refuse(request: AuthenticationRequest, reason: Refusal): Promise<never> {
    const event = {
      ...traced(originOf(request)),
      type: reason === 'expired' ? ('auth.token.expired' as const) : ('auth.token.invalid' as const),
      time: now(),
      actor: { kind: 'anonymous' as const },
      success: false,
      code: reason,
    };
    // A log that cannot be written must not turn a refusal into anything else.
    await deps.recorder.record(event).catch(() => {});
    throw new AccessError('unauthenticated');
  }

  return async function authenticate(request: AuthenticationRequest): Promise<Actor> {
    const presented = credentialOf(request.headers);
    if (presented.kind === 'none') throw new AccessError('unauthenticated');
    if (presented.kind === 'refused') return refuse(request, presented.reason);
    const { kind, text } = presented;
    const at = now();
    let identity = cache.get(text, at);
    if (!identity) {
      try {
        identity = await cache.prove(text, at, () => identify(kind, text));
      } catch (error) {
        if (error instanceof TokenRefused) return refuse(request, error.reason);
        throw error;
      }
    }
    const route = `${request.method} ${request.routeOptions?.url}`;
    if (identity.mustChangePassword && !WHILE_PASSWORD_IS_OLD.has(route))
      throw new AccessError('password_change_required');
    return identity.actor;
  };
}
