import { z } from 'zod';
import { moment } from '../http/describe.ts';

const count = z.int().min(0);
const some = moment.nullable();

const accounts = z
  .object({
    active: count,
    with_mfa: count,
    admins: count,
    admins_with_mfa: count,
    first_passwords: count.meta({
      description: 'Accounts that have to choose a password at their next login.',
    }),
    older_hashes: count.meta({ description: 'Password hashes of less cost than new ones.' }),
    idle: count.meta({ description: 'Accounts that did not log in for 90 days.' }),
  })
  .meta({ description: 'Active accounts of the server.' });

const passwords = z.object({
  min_length: count,
  common_refused: z.boolean(),
  algorithm: z.literal('argon2id'),
  memory_kib: count,
  passes: count,
  lanes: count,
  max_failures: count.meta({ description: 'Wrong ones from one network until a lockout.' }),
  lockout_minutes: count,
});

const sessions = z.object({
  access_token_minutes: count,
  session_days: count,
  algorithm: z.enum(['HS256', 'EdDSA']),
  key_since: some.meta({ description: 'Of EdDSA; null for HS256, whose secret does not age by itself.' }),
});

const apiKey = z.object({
  id: z.string(),
  permissions: z.array(z.string()),
  bound: z.boolean().meta({ description: 'Whether it is good for some entities only.' }),
  secret_since: moment,
  expires_at: some,
  last_used_at: some,
  rotate_after_days: count.nullable(),
});

const audit = z.object({
  log_size: count.meta({ description: 'Events; the checkpoint covers them within a second or so.' }),
  key_since: some,
  checkpoint: z.object({ size: count, time: moment }).nullable(),
  outside_witness: z.boolean().meta({ description: 'Whether a file or an address gets every checkpoint.' }),
  sinks: z.array(
    z.object({ what: z.enum(['witness', 'stream']), name: z.string(), healthy: z.boolean(), behind: count }),
  ),
  alerts: z.boolean().meta({ description: 'Whether somebody is told of findings.' }),
});

const encryption = z.object({
  pages: z.boolean(),
  fields: z.boolean(),
  key_source: z.enum(['file', 'passphrase']),
  key_file_mode: z.string().nullable().meta({
    description: 'Four octal digits; null with a passphrase, or where the system has no such modes.',
  }),
  key_file_inside_data_folder: z.boolean(),
});

const transport = z.object({
  loopback: z.boolean().meta({ description: 'Whether only this machine reaches the service.' }),
  tls: z.boolean(),
  trusted_proxies: z.array(z.string()),
});

const defaults = z.object({
  registration: z.enum(['open', 'invite', 'closed']),
  cors_origins: z.array(z.string()),
  rate_limits: z.boolean(),
  log_level: z.string(),
  webhook_addresses: z.enum(['public', 'private']),
  first_password_file: z.boolean().meta({ description: 'Whether the first password still lies in a file.' }),
});

/** How a server is set up and used, without a secret, a name or an address of a person. */
export const securityEvidence = z
  .object({
    time: moment,
    version: z.string(),
    status: z.enum(['healthy', 'unhealthy']),
    accounts,
    passwords,
    sessions,
    api_keys: z.object({
      total: count,
      listed: z.array(apiKey).meta({ description: 'The 1,000 that were made first.' }),
    }),
    audit,
    encryption,
    transport,
    defaults,
  })
  .meta({ id: 'SecurityEvidence' });
