import { z } from 'zod';
import { KEY_PERMISSIONS, type Permission } from '../access/permissions.ts';
import { moment } from '../http/describe.ts';

const keyFields = {
  name: z.string(),
  permissions: z.array(z.enum(KEY_PERMISSIONS as [Permission, ...Permission[]])),
  entities: z
    .object({
      user_id: z.string().exactOptional(),
      agent_id: z.string().exactOptional(),
      app_id: z.string().exactOptional(),
      run_id: z.string().exactOptional(),
    })
    .nullable()
    .meta({ description: 'The key only ever reaches memories of exactly these; null: of its namespace.' }),
  max_trust: z.string().nullable(),
  created_at: moment,
  expires_at: moment.nullable(),
  last_used_at: moment.nullable().meta({ description: 'To the minute.' }),
  rotated_at: moment.nullable(),
  previous_until: moment
    .nullable()
    .meta({ description: 'Until when the secret before the last rotation is good.' }),
  rotate_after_days: z
    .int()
    .nullable()
    .meta({ description: 'Days after which its owner is reminded to rotate it.' }),
  signing: z
    .object({ algorithm: z.enum(['hmac-sha256', 'ed25519']), required: z.boolean() })
    .nullable()
    .meta({ description: 'Whether it signs requests, and must.' }),
};

const id = z.string().meta({ description: 'The part of the key that is no secret.' });

export const apiKey = z.object({ id, ...keyFields }).meta({ id: 'ApiKey' });

export const shownKey = z
  .object({
    id,
    key: z.string().meta({ description: 'The secret, shown this once.' }),
    ...keyFields,
    signing_secret: z
      .string()
      .exactOptional()
      .meta({ description: 'For `hmac-sha256`: sign with these 32 bytes, in base64; shown this once.' }),
  })
  .meta({ id: 'NewApiKey' });

export const keyList = z.object({ api_keys: z.array(apiKey) });
