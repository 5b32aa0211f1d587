import { z } from 'zod';
import { text } from '../http/input.ts';
import { isWebhookUrl } from './target.ts';
import { WEBHOOK_EVENTS } from './webhook.ts';

export const webhookName = text({ max: 100 });
export const webhookUrl = text({ max: 2048 })
  .refine(
    isWebhookUrl,
    'must be an https address without user and password (http only for this machine itself)',
  )
  .meta({ description: 'An https address without user and password; http only for this machine itself.' });
/** In the order of the list, each once. */
export const eventTypes = z
  .array(z.enum(WEBHOOK_EVENTS))
  .min(1, 'must name at least one type')
  .max(WEBHOOK_EVENTS.length)
  .transform((given) => WEBHOOK_EVENTS.filter((type) => given.includes(type)))
  .meta({ description: 'What it is told of; `memory_categorize` never happens here.' });

export const newWebhook = z.strictObject({
  name: webhookName.default('webhook'),
  url: webhookUrl,
  event_types: eventTypes
    .default(['memory_add', 'memory_update', 'memory_delete'])
    .meta({ description: 'Default: what happens to memories.' }),
});
export type NewWebhookInput = z.output<typeof newWebhook>;

export const webhookChanges = z
  .strictObject({
    name: webhookName.optional(),
    url: webhookUrl.optional(),
    event_types: eventTypes.optional(),
    active: z
      .boolean()
      .optional()
      .meta({ description: 'What happens while it is off is not sent once it is on again.' }),
  })
  .refine(
    (changes) => Object.values(changes).some((value) => value !== undefined),
    'give name, url, event_types or active',
  );
export type WebhookChanges = z.output<typeof webhookChanges>;

export const webhookPath = z.strictObject({ id: text({ max: 64 }) });
