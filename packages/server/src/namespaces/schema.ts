import { z } from 'zod';
import { ROLES } from '../access/permissions.ts';
import { text } from '../http/input.ts';
import { namespaceSettingsSchema } from './settings.ts';

const publicId = text({ max: 64 });

export const namespacePath = z.strictObject({ id: publicId });
export const memberPath = z.strictObject({ id: publicId, member: publicId });
export const newNamespace = z.strictObject({ name: text({ max: 100 }) });
export const memberChange = z.strictObject({ role: z.enum(ROLES) });

const fields = namespaceSettingsSchema.shape;
/** What is left out stays as it is. */
export const settingsChange = z
  .strictObject({
    audit_reads: fields.audit_reads.optional(),
    require_mfa: fields.require_mfa.removeDefault().optional(),
    require_signatures: fields.require_signatures.removeDefault().optional(),
  })
  .refine((value) => Object.keys(value).length > 0, 'must change something')
  .transform((value) => Object.fromEntries(Object.entries(value).filter(([, given]) => given !== undefined)));
