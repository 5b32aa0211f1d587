import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { message } from '../http/describe.ts';
import { expectedVersion, IF_MATCH } from '../http/if-match.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { addedWebhook, webhook, webhookList, webhookStatus } from './answers.ts';
import { newWebhook, webhookChanges, webhookPath } from './schema.ts';
import type { WebhookService } from './service.ts';

export interface WebhookRouteDeps {
  webhooks: Pick<WebhookService, 'create' | 'list' | 'get' | 'update' | 'remove'>;
}

/** The native door to webhooks; 404 for one of another namespace, as for one that is not there. */
export function webhookRoutes(app: FastifyInstance, { webhooks }: WebhookRouteDeps): void {
  const create = {
    summary: 'Register a webhook',
    details:
      'It is told of the changes of all memories of the namespace, so a key that is bound to an entity manages none. ' +
      'Twenty in a namespace at most.',
    body: newWebhook,
    answers: { 201: addedWebhook },
    errors: ['limit_reached'],
  };
  app.post(
    '/webhooks',
    { config: { access: 'webhooks:manage', describe: create } },
    async (request, reply) => {
      const input = parse(newWebhook, request.body);
      const made = await webhooks.create(actorOf(request, 'webhooks:manage'), input, originOf(request));
      return reply.status(201).header('etag', `"${made.version}"`).send(made);
    },
  );

  const list = { summary: 'List the webhooks, the oldest first', answers: { 200: webhookList } };
  app.get('/webhooks', { config: { access: 'webhooks:manage', describe: list } }, async (request) => ({
    webhooks: await webhooks.list(actorOf(request, 'webhooks:manage')),
  }));

  const get = {
    summary: 'Read a webhook and how its delivery goes',
    params: webhookPath,
    answers: { 200: webhookStatus },
    errors: ['not_found'],
  };
  app.get(
    '/webhooks/:id',
    { config: { access: 'webhooks:manage', describe: get } },
    async (request, reply) => {
      const { id } = parse(webhookPath, request.params);
      const found = await webhooks.get(actorOf(request, 'webhooks:manage'), id);
      return reply.header('etag', `"${found.version}"`).send(found);
    },
  );

  const update = {
    summary: 'Change a webhook',
    details: 'Its signing secret stays: for another one, register it anew.',
    headers: IF_MATCH,
    params: webhookPath,
    body: webhookChanges,
    answers: { 200: webhook },
    errors: ['not_found', 'stale_version', 'invalid_version'],
  };
  app.patch(
    '/webhooks/:id',
    { config: { access: 'webhooks:manage', describe: update } },
    async (request, reply) => {
      const actor = actorOf(request, 'webhooks:manage');
      const { id } = parse(webhookPath, request.params);
      const changes = parse(webhookChanges, request.body);
      const changed = await webhooks.update(actor, id, changes, originOf(request), expectedVersion(request));
      return reply.header('etag', `"${changed.version}"`).send(changed);
    },
  );

  const remove = {
    summary: 'Remove a webhook',
    details: 'A delivery that is under way may still arrive.',
    params: webhookPath,
    answers: { 200: message },
    errors: ['not_found', 'stale_version'],
  };
  app.delete(
    '/webhooks/:id',
    { config: { access: 'webhooks:manage', describe: remove } },
    async (request) => {
      const { id } = parse(webhookPath, request.params);
      await webhooks.remove(actorOf(request, 'webhooks:manage'), id, originOf(request));
      return { message: 'Webhook removed.' };
    },
  );
}
