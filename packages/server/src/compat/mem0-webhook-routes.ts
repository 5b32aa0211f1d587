import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { WebhookError } from '../webhooks/errors.ts';
import type { WebhookRouteDeps } from '../webhooks/routes.ts';
import {
  eventTypes,
  newWebhook,
  webhookChanges,
  webhookName,
  webhookPath,
  webhookUrl,
} from '../webhooks/schema.ts';
import type { Webhook } from '../webhooks/service.ts';
import { mem0Access } from './mem0-errors.ts';

/** The platform's reference spells types with a colon, its clients with an underscore. */
const spelled = (given: unknown) =>
  Array.isArray(given)
    ? given.map((type) => (typeof type === 'string' ? type.replace(':', '_') : type))
    : given;
const types = z.preprocess(spelled, eventTypes.optional());

/** Members that clients send besides, such as `project_id`, have no effect. */
const mem0Webhook = z.looseObject({ name: webhookName.optional(), url: webhookUrl, event_types: types });
const mem0Changes = z.looseObject({
  name: webhookName.optional(),
  url: webhookUrl.optional(),
  event_types: types,
  is_active: z.boolean().optional(),
});
const projectPath = z.strictObject({ project: z.string().max(1024) });

/** The platform's webhook object. */
function presentWebhook(webhook: Webhook, project: string): Record<string, unknown> {
  const { id, name, url, event_types, active, created_at, updated_at } = webhook;
  return { webhook_id: id, name, url, event_types, is_active: active, project, created_at, updated_at };
}

/** What was given of some members, under the names of the native door. */
const given = (members: object) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/** Webhooks as the mem0 clients manage them. A project is a namespace; any other is a 404. */
export function mem0WebhookRoutes(app: FastifyInstance, { webhooks }: WebhookRouteDeps): void {
  const manage = mem0Access.manageWebhooks;

  /** → 200, an array. */
  app.get('/api/v1/webhooks/projects/:project/', manage, async (request) => {
    const actor = actorOf(request, 'webhooks:manage');
    const { project } = parse(projectPath, request.params);
    if (project !== actor.namespace.publicId) throw new WebhookError('project');
    return (await webhooks.list(actor)).map((webhook) => presentWebhook(webhook, project));
  });

  /** `{url, name?, event_types?}` → 201 with `webhook_id`, and `signing_secret`, which the platform has not. */
  app.post('/api/v1/webhooks/projects/:project/', manage, async (request, reply) => {
    const actor = actorOf(request, 'webhooks:manage');
    const { project } = parse(projectPath, request.params);
    if (project !== actor.namespace.publicId) throw new WebhookError('project');
    const { name, url, event_types } = parse(mem0Webhook, request.body);
    const input = parse(newWebhook, given({ name, url, event_types }));
    const made = await webhooks.create(actor, input, originOf(request));
    const { signing_secret } = made;
    return reply.status(201).send({ ...presentWebhook(made, project), signing_secret });
  });

  /** `{name?, url?, event_types?, is_active?}` → `{message}`. */
  app.put('/api/v1/webhooks/:id/', manage, async (request) => {
    const actor = actorOf(request, 'webhooks:manage');
    const { id } = parse(webhookPath, request.params);
    const { name, url, event_types, is_active: active } = parse(mem0Changes, request.body);
    const changes = parse(webhookChanges, given({ name, url, event_types, active }));
    await webhooks.update(actor, id, changes, originOf(request));
    return { message: 'Webhook updated successfully' };
  });

  /** → `{message}`. */
  app.delete('/api/v1/webhooks/:id/', manage, async (request) => {
    const { id } = parse(webhookPath, request.params);
    await webhooks.remove(actorOf(request, 'webhooks:manage'), id, originOf(request));
    return { message: 'Webhook deleted successfully' };
  });
}
