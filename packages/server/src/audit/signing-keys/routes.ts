import type { FastifyInstance } from 'fastify';
import { actorOf } from '../../http/app.ts';
import { originOf } from '../../http/origin.ts';
import { rotatedKey } from './answers.ts';
import type { SigningKeys } from './service.ts';

export interface SigningKeyRouteDeps {
  signingKeys: Pick<SigningKeys, 'rotate'>;
}

export function signingKeyRoutes(app: FastifyInstance, { signingKeys }: SigningKeyRouteDeps) {
  const rotate = {
    summary: 'Replace the key that signs the audit log',
    details:
      'The new key signs from now on, and the old private key is forgotten; what it has signed can still be ' +
      'verified. Ten thousand times at most.',
    answers: { 200: rotatedKey },
    errors: ['signing_key_changed', 'limit_reached'],
  };
  app.post(
    '/audit/signing-key/rotate',
    { config: { access: 'users:manage', stepUp: true, describe: rotate } },
    async (request) => signingKeys.rotate(actorOf(request, 'users:manage'), originOf(request)),
  );
}
