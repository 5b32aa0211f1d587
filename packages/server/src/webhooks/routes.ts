import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { expectedVersion } from '../http/if-match.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { newWebhook, webhookChanges, webhookPath } from './schema.ts';
import type { WebhookService } from './service.ts';

export interface WebhookRouteDeps {
  webhooks: Pick<WebhookService, 'create' | 'list' | 'get' | 'update' | 'remove'>;
}

/** The native door to webhooks; 404 for one of another namespace, as for one that is not there. */
export function webhookRoutes(app: FastifyInstance, { webhooks }: WebhookRouteDeps): void {
  const manage = { config: { access: 'webhooks:manage' } } as const;

  /** `{url, name?, event_types?}` → 201 `{id, …, signing_secret}`; the secret is shown this once. 409 `limit_reached` beyond 20. */
  app.post('/webhooks', manage, async (request, reply) => {
    const input = parse(newWebhook, request.body);
    const made = await webhooks.create(actorOf(request, 'webhooks:manage'), input, originOf(request));
    return reply.status(201).header('etag', `"${made.version}"`).send(made);
  });

  /** → 200 `{webhooks: [{id, name, url, event_types, active, version, created_at, updated_at}]}`, oldest first. */
  app.get('/webhooks', manage, async (request) => ({
    webhooks: await webhooks.list(actorOf(request, 'webhooks:manage')),
  }));

  /** → 200 the webhook with `healthy`, and `behind`: the events that wait for it, 10,000 at most. */
  app.get('/webhooks/:id', manage, async (request, reply) => {
    const { id } = parse(webhookPath, request.params);
    const found = await webhooks.get(actorOf(request, 'webhooks:manage'), id);
    return reply.header('etag', `"${found.version}"`).send(found);
  });

  /** `{name?, url?, event_types?, active?}`, with `If-Match` if wished → 200 the webhook. 409 `stale_version`. */
  app.patch('/webhooks/:id', manage, async (request, reply) => {
    const actor = actorOf(request, 'webhooks:manage');
    const { id } = parse(webhookPath, request.params);
    const changes = parse(webhookChanges, request.body);
    const changed = await webhooks.update(actor, id, changes, originOf(request), expectedVersion(request));
    return reply.header('etag', `"${changed.version}"`).send(changed);
  });

  /** → 200 `{message}`. */
  app.delete('/webhooks/:id', manage, async (request) => {
    const { id } = parse(webhookPath, request.params);
    await webhooks.remove(actorOf(request, 'webhooks:manage'), id, originOf(request));
    return { message: 'Webhook removed.' };
  });
}
