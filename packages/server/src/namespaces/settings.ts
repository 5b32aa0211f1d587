import { z } from 'zod';

/** What each namespace decides for itself. */
export const namespaceSettingsSchema = z.object({
  audit_reads: z.enum(['durable', 'deferred']).meta({
    description: "Whether a read's audit event is on disk before the answer, or at most 1 s later.",
  }),
  require_mfa: z
    .boolean()
    .meta({ description: 'Whether people who log in here need a second factor.' })
    .default(false),
  require_signatures: z
    .boolean()
    .meta({ description: 'Whether requests with an API key must be signed (RFC 9421).' })
    .default(false),
});
export type NamespaceSettings = z.output<typeof namespaceSettingsSchema>;

/** Settings as they are stored; those that came later have their defaults. */
export function namespaceSettings(stored: string): NamespaceSettings {
  return namespaceSettingsSchema.parse(JSON.parse(stored));
}
