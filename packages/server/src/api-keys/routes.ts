import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { keyPath, newKey, rotation } from './schema.ts';
import type { ApiKeyService } from './service.ts';

export interface ApiKeyRouteDeps {
  apiKeys: Pick<ApiKeyService, 'create' | 'list' | 'revoke' | 'rotate'>;
}

export function apiKeyRoutes(app: FastifyInstance, { apiKeys }: ApiKeyRouteDeps) {
  /**
   * `{name, permissions?, entities?, max_trust?, expires_at?, rotate_after_days?, signing?}` → 201 `{id, key, name,
   * permissions, entities, …, signing_secret?}`. `key` and `signing_secret` are shown this once.
   */
  app.post('/api-keys', { config: { access: 'keys:manage', stepUp: true } }, async (request, reply) => {
    const input = parse(newKey, request.body);
    const created = await apiKeys.create(actorOf(request, 'keys:manage'), input, originOf(request));
    return reply.status(201).send(created);
  });

  /** → 200 `{api_keys: […]}`, without secrets. */
  app.get('/api-keys', { config: { access: 'keys:manage' } }, async (request) => ({
    api_keys: await apiKeys.list(actorOf(request, 'keys:manage')),
  }));

  /**
   * `{overlap_seconds?}` (0 to 30 days, default a day) → 200, like a creation: the same id with a new `key`; the old
   * one is good for the overlap. 404 for a key that is not there or somebody else's.
   */
  app.post('/api-keys/:id/rotate', { config: { access: 'keys:manage', stepUp: true } }, async (request) => {
    const { id } = parse(keyPath, request.params);
    const { overlap_seconds } = parse(rotation, request.body);
    return apiKeys.rotate(actorOf(request, 'keys:manage'), id, overlap_seconds, originOf(request));
  });

  /** → 200 `{message}`: the key is void from now on. 404 for a key that is not there or somebody else's. */
  app.delete('/api-keys/:id', { config: { access: 'keys:manage' } }, async (request) => {
    const { id } = parse(keyPath, request.params);
    await apiKeys.revoke(actorOf(request, 'keys:manage'), id, originOf(request));
    return { message: 'API key revoked.' };
  });
}
