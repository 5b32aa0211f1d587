import type { FastifyInstance } from 'fastify';
import { actorOf } from '../../http/app.ts';
import { originOf } from '../../http/origin.ts';
import type { SigningKeys } from './service.ts';

export interface SigningKeyRouteDeps {
  signingKeys: Pick<SigningKeys, 'rotate'>;
}

export function signingKeyRoutes(app: FastifyInstance, { signingKeys }: SigningKeyRouteDeps) {
  const rotation = { config: { access: 'users:manage', stepUp: true } } as const;
  /**
   * → 200 `{generation, key, previous_key, size, rotation}`: a new key signs the log from now on. `key` is to be kept
   * outside; `size` is how many events the previous key has signed, `rotation` the note that links both keys.
   */
  app.post('/audit/signing-key/rotate', rotation, async (request) =>
    signingKeys.rotate(actorOf(request, 'users:manage'), originOf(request)),
  );
}
