import { z } from 'zod';
import { KEY_PERMISSIONS, type Permission } from '../access/permissions.ts';
import { entityId, text } from '../http/input.ts';

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
    .nullish(),
  max_trust: text({ max: 32 })
    .regex(/^[a-z][a-z0-9_-]*$/, 'must be the name of a trust level')
    .nullish(),
  expires_at: z.iso
    .datetime({ offset: true, message: 'must be an ISO 8601 date-time such as 2030-01-31T12:00:00Z' })
    .nullish(),
});
export type NewKeyInput = z.output<typeof newKey>;

export const keyPath = z.strictObject({ id: text({ max: 64 }) });
