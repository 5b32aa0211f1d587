import { z } from 'zod';
import { KEY_PERMISSIONS, type Permission } from '../access/permissions.ts';
import { entityId, text } from '../http/input.ts';

const required = z.boolean().default(true).meta({ description: 'Refuses requests without a signature.' });
const signing = z
  .discriminatedUnion('algorithm', [
    z
      .strictObject({ algorithm: z.literal('hmac-sha256'), required })
      .meta({ description: 'The secret is made here and shown once.' }),
    z.strictObject({
      algorithm: z.literal('ed25519'),
      public_key: text({ max: 2048 }).meta({ description: 'PEM, JWK as text, or 32 bytes in base64.' }),
      required,
    }),
  ])
  .meta({ description: 'Requests signed with HTTP Message Signatures (RFC 9421).' });

export const newKey = z.strictObject({
  name: text({ max: 100 }),
  permissions: z
    .array(z.enum(KEY_PERMISSIONS as [Permission, ...Permission[]]))
    .min(1, 'must name at least one permission')
    .max(KEY_PERMISSIONS.length)
    .default(['memories:read', 'memories:write', 'memories:delete']),
  entities: z
    .strictObject({
      user_id: entityId.optional(),
      agent_id: entityId.optional(),
      app_id: entityId.optional(),
      run_id: entityId.optional(),
    })
    .refine((value) => Object.values(value).some((id) => id !== undefined), 'must name at least one entity')
    .nullish()
    .meta({ description: 'The key only ever reaches memories of exactly these.' }),
  max_trust: text({ max: 32 })
    .regex(/^[a-z][a-z0-9_-]*$/, 'must be the name of a trust level')
    .nullish()
    .meta({ description: 'Kept; has no effect yet.' }),
  expires_at: z.iso
    .datetime({ offset: true, message: 'must be an ISO 8601 date-time such as 2030-01-31T12:00:00Z' })
    .nullish(),
  rotate_after_days: z
    .int()
    .min(1)
    .max(3650)
    .nullish()
    .meta({ description: 'The owner is reminded by mail.' }),
  signing: signing.nullish(),
});
export type NewKeyInput = z.output<typeof newKey>;

/** Thirty days at most: an old secret that is good for ever is no rotation. */
export const rotation = z.strictObject({
  overlap_seconds: z
    .int()
    .min(0)
    .max(30 * 86_400)
    .default(86_400)
    .meta({ description: 'How long the old secret stays good.' }),
});

export const keyPath = z.strictObject({ id: text({ max: 64 }) });
