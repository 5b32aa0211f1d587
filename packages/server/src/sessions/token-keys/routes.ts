import type { FastifyInstance } from 'fastify';
import { actorOf } from '../../http/app.ts';
import { originOf } from '../../http/origin.ts';
import { TokenKeyError } from './errors.ts';
import type { TokenKeys } from './service.ts';

export interface TokenKeyRouteDeps {
  /** Undefined where access tokens are signed with a secret (HS256). */
  tokenKeys: Pick<TokenKeys, 'jwks' | 'rotate'> | undefined;
}

export function tokenKeyRoutes(app: FastifyInstance, { tokenKeys }: TokenKeyRouteDeps) {
  /**
   * → 200 `{keys: […]}`, the JWK set (RFC 7517) that access tokens verify with; empty with HS256. A new key signs at
   * once, so a copy is good for a minute: who meets an unknown `kid` fetches the set again.
   */
  app.get('/.well-known/jwks.json', { config: { access: 'public' } }, async (_request, reply) => {
    const set = tokenKeys ? await tokenKeys.jwks() : { keys: [] };
    return reply.header('cache-control', 'public, max-age=60').type('application/jwk-set+json').send(set);
  });

  /** → 200 `{kid}`: a new key signs from now on. 404 with HS256. */
  const rotation = { config: { access: 'users:manage', stepUp: true } } as const;
  app.post('/auth/token-keys/rotate', rotation, async (request) => {
    const actor = actorOf(request, 'users:manage');
    if (!tokenKeys) throw new TokenKeyError();
    return tokenKeys.rotate(actor, originOf(request));
  });
}
