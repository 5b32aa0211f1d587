import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { message } from '../http/describe.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { keyList, shownKey } from './answers.ts';
import { keyPath, newKey, rotation } from './schema.ts';
import type { ApiKeyService } from './service.ts';

export interface ApiKeyRouteDeps {
  apiKeys: Pick<ApiKeyService, 'create' | 'list' | 'revoke' | 'rotate'>;
}

export function apiKeyRoutes(app: FastifyInstance, { apiKeys }: ApiKeyRouteDeps) {
  const create = {
    summary: 'Make an API key',
    details:
      'It may at most what its maker may. Its secrets are shown this once. An account has at most 1,000 in use.',
    body: newKey,
    answers: { 201: shownKey },
    errors: ['limit_reached'],
  };
  app.post(
    '/api-keys',
    { config: { access: 'keys:manage', stepUp: true, describe: create } },
    async (request, reply) => {
      const input = parse(newKey, request.body);
      const created = await apiKeys.create(actorOf(request, 'keys:manage'), input, originOf(request));
      return reply.status(201).send(created);
    },
  );

  const list = {
    summary: 'List the API keys in use, the oldest first',
    details: 'Without secrets. One’s own; for those who manage the members of a namespace, all of it.',
    answers: { 200: keyList },
  };
  app.get('/api-keys', { config: { access: 'keys:manage', describe: list } }, async (request) => ({
    api_keys: await apiKeys.list(actorOf(request, 'keys:manage')),
  }));

  const rotate = {
    summary: 'Give an API key a new secret',
    details:
      'The id stays; the old secret is good for the overlap. A signing secret made here is renewed at once. ' +
      'The key `auth-token` is a setting and is changed there.',
    params: keyPath,
    body: rotation,
    answers: { 200: shownKey },
    errors: ['not_found'],
  };
  app.post(
    '/api-keys/:id/rotate',
    { config: { access: 'keys:manage', stepUp: true, describe: rotate } },
    async (request) => {
      const { id } = parse(keyPath, request.params);
      const { overlap_seconds } = parse(rotation, request.body);
      return apiKeys.rotate(actorOf(request, 'keys:manage'), id, overlap_seconds, originOf(request));
    },
  );

  const revoke = {
    summary: 'End an API key at once and for good',
    params: keyPath,
    answers: { 200: message },
    errors: ['not_found'],
  };
  app.delete('/api-keys/:id', { config: { access: 'keys:manage', describe: revoke } }, async (request) => {
    const { id } = parse(keyPath, request.params);
    await apiKeys.revoke(actorOf(request, 'keys:manage'), id, originOf(request));
    return { message: 'API key revoked.' };
  });
}
