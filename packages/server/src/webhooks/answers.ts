import { z } from 'zod';
import { moment } from '../http/describe.ts';
import { WEBHOOK_EVENTS } from './webhook.ts';

const fields = {
  id: z.uuid(),
  name: z.string(),
  url: z.string(),
  event_types: z.array(z.enum(WEBHOOK_EVENTS)),
  active: z.boolean().meta({ description: 'False for one that is told of nothing.' }),
  version: z.int().min(1).meta({ description: 'Grows with each change.' }),
  created_at: moment,
  updated_at: moment,
};

export const webhook = z.object(fields).meta({ id: 'Webhook' });

const secret = '`whsec_` and base64: signs what is delivered. Shown this once.';
export const addedWebhook = z
  .object({ ...fields, signing_secret: z.string().meta({ description: secret }) })
  .meta({ id: 'AddedWebhook' });

const behind = 'Events that wait for it, counted up to 10,000.';
export const webhookStatus = z
  .object({
    ...fields,
    healthy: z.boolean().meta({ description: 'Whether its receiver takes what it is sent.' }),
    behind: z.int().min(0).meta({ description: behind }),
  })
  .meta({ id: 'WebhookStatus' });

export const webhookList = z.object({ webhooks: z.array(webhook) });
