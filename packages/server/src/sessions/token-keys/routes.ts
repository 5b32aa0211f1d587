import type { FastifyInstance } from 'fastify';
import { actorOf } from '../../http/app.ts';
import { originOf } from '../../http/origin.ts';
import { keySet, rotatedKey } from './answers.ts';
import { TokenKeyError } from './errors.ts';
import type { TokenKeys } from './service.ts';

export interface TokenKeyRouteDeps {
  /** Undefined where access tokens are signed with a secret (HS256). */
  tokenKeys: Pick<TokenKeys, 'jwks' | 'rotate'> | undefined;
}

export function tokenKeyRoutes(app: FastifyInstance, { tokenKeys }: TokenKeyRouteDeps) {
  const read = {
    summary: 'The keys that access tokens verify with: a JWK set (RFC 7517)',
    details:
      'A new key signs at once, so a copy is good for a minute: who meets an unknown `kid` fetches the set again.',
    answers: {
      200: { media: 'application/jwk-set+json', description: 'Empty with HS256.', schema: keySet },
    },
  } as const;
  app.get(
    '/.well-known/jwks.json',
    { config: { access: 'public', describe: read } },
    async (_request, reply) => {
      const set = tokenKeys ? await tokenKeys.jwks() : { keys: [] };
      return reply.header('cache-control', 'public, max-age=60').type('application/jwk-set+json').send(set);
    },
  );

  const rotate = {
    summary: 'Make a new key that signs access tokens from now on',
    details: 'The key before verifies until the last token that it signed has expired. 404 with HS256.',
    answers: { 200: rotatedKey },
    errors: ['not_found'],
  };
  const rotation = { config: { access: 'users:manage', stepUp: true, describe: rotate } } as const;
  app.post('/auth/token-keys/rotate', rotation, async (request) => {
    const actor = actorOf(request, 'users:manage');
    if (!tokenKeys) throw new TokenKeyError();
    return tokenKeys.rotate(actor, originOf(request));
  });
}
