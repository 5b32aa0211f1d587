import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { keyPath, newKey } from './schema.ts';
import type { ApiKeyService } from './service.ts';

export interface ApiKeyRouteDeps {
  apiKeys: Pick<ApiKeyService, 'create' | 'list' | 'revoke'>;
}

export function apiKeyRoutes(app: FastifyInstance, { apiKeys }: ApiKeyRouteDeps) {
  /**
   * `{name, permissions?, entities?, max_trust?, expires_at?}` → 201 `{id, key, name, permissions, entities,
   * max_trust, created_at, expires_at}`. `key` is shown this once.
   */
  app.post('/api-keys', { config: { access: 'keys:manage' } }, async (request, reply) => {
    const input = parse(newKey, request.body);
    const created = await apiKeys.create(actorOf(request, 'keys:manage'), input, originOf(request));
    return reply.status(201).send(created);
  });

  /** → 200 `{api_keys: […]}`, without secrets. */
  app.get('/api-keys', { config: { access: 'keys:manage' } }, async (request) => ({
    api_keys: await apiKeys.list(actorOf(request, 'keys:manage')),
  }));

  /** → 200 `{message}`: the key is void from now on. 404 for a key that is not there or somebody else's. */
  app.delete('/api-keys/:id', { config: { access: 'keys:manage' } }, async (request) => {
    const { id } = parse(keyPath, request.params);
    await apiKeys.revoke(actorOf(request, 'keys:manage'), id, originOf(request));
    return { message: 'API key revoked.' };
  });
}
