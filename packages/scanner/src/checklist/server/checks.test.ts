import { describe, expect, it } from 'vitest';
import { profiles } from '../profiles.ts';
import { noServerChecks, serverChecks } from './checks.ts';
import type { ServerEvidence } from './evidence.ts';

const time = '2026-11-22T12:00:00.000Z';
const daysAgo = (days: number) => new Date(Date.parse(time) - days * 86_400_000).toISOString();
const key = {
  id: 'key-1',
  permissions: ['memories:read'],
  bound: true,
  secret_since: daysAgo(10),
  expires_at: daysAgo(-80),
  last_used_at: daysAgo(1),
  rotate_after_days: null,
};
/** A server that production takes. */
const sound: ServerEvidence = {
  time,
  version: '0.1.0',
  status: 'healthy',
  accounts: {
    active: 3,
    with_mfa: 2,
    admins: 1,
    admins_with_mfa: 1,
    first_passwords: 0,
    older_hashes: 0,
    idle: 0,
  },
  passwords: {
    min_length: 8,
    common_refused: true,
    algorithm: 'argon2id',
    memory_kib: 19_456,
    passes: 2,
    lanes: 1,
    max_failures: 5,
    lockout_minutes: 15,
  },
  sessions: { access_token_minutes: 15, session_days: 30, algorithm: 'EdDSA', key_since: daysAgo(30) },
  api_keys: { total: 1, listed: [key] },
  audit: {
    log_size: 12,
    key_since: daysAgo(100),
    checkpoint: { size: 10, time },
    outside_witness: true,
    sinks: [{ name: 'file', healthy: true, behind: 0 }],
    alerts: true,
  },
  encryption: {
    pages: true,
    fields: true,
    key_source: 'file',
    key_file_mode: '0600',
    key_file_inside_data_folder: false,
  },
  transport: { loopback: false, tls: true, trusted_proxies: [] },
  defaults: {
    registration: 'invite',
    cors_origins: [],
    rate_limits: true,
    log_level: 'info',
    webhook_addresses: 'public',
    first_password_file: false,
  },
};

type Part = { [K in keyof ServerEvidence]?: Partial<ServerEvidence[K]> };
function failing(profile: keyof typeof profiles, change: Part = {}): string[] {
  const evidence = Object.fromEntries(
    Object.entries(sound).map(([name, value]) => {
      const changed = change[name as keyof ServerEvidence];
      return [name, typeof value === 'object' ? { ...value, ...(changed as object) } : (changed ?? value)];
    }),
  ) as unknown as ServerEvidence;
  return serverChecks(evidence, profiles[profile])
    .filter(({ status }) => status !== 'pass' && status !== 'not-applicable')
    .map(({ id, status }) => `${id} ${status}`);
}

describe('a server', () => {
  it.each(Object.keys(profiles) as (keyof typeof profiles)[])('that is sound passes %s', (profile) => {
    expect(failing(profile)).toEqual([]);
  });

  const table: readonly (readonly [string, Part, production: string[], development: string[]])[] = [
    [
      'a key that is 91 days old',
      { api_keys: { listed: [{ ...key, secret_since: daysAgo(91) }] } },
      ['api-keys fail'],
      [],
    ],
    ['a key without an end', { api_keys: { listed: [{ ...key, expires_at: null }] } }, ['api-keys fail'], []],
    [
      'a key that nobody uses',
      { api_keys: { listed: [{ ...key, secret_since: daysAgo(80), last_used_at: daysAgo(91) }] } },
      ['api-key-use fail'],
      [],
    ],
    [
      'more keys than are listed',
      { api_keys: { total: 2000 } },
      ['api-keys unknown', 'api-key-use unknown'],
      ['api-keys unknown', 'api-key-use unknown'],
    ],
    ['an old signing key', { audit: { key_since: daysAgo(366) } }, ['signing-keys fail'], []],
    ['an administrator without a second factor', { accounts: { admins: 2 } }, ['administrators fail'], []],
    ['cheap hashes', { passwords: { memory_kib: 1024 } }, ['password-rules fail'], ['password-rules fail']],
    ['older hashes', { accounts: { older_hashes: 1 } }, ['password-rules fail'], []],
    ['no lockout to speak of', { passwords: { max_failures: 100 } }, ['lockout fail'], ['lockout fail']],
    ['first passwords', { accounts: { first_passwords: 1 } }, ['first-passwords fail'], []],
    ['long tokens', { sessions: { access_token_minutes: 60 } }, ['sessions fail'], []],
    [
      'an open key file',
      { encryption: { key_file_mode: '0640' } },
      ['stored-data fail'],
      ['stored-data fail'],
    ],
    ['a key among the data', { encryption: { key_file_inside_data_folder: true } }, ['stored-data fail'], []],
    ['pages in clear', { encryption: { pages: false } }, ['stored-data fail'], ['stored-data fail']],
    ['no TLS', { transport: { tls: false } }, ['connections fail'], ['connections fail']],
    [
      'anybody may register',
      { defaults: { registration: 'open' } },
      ['server-settings fail'],
      ['server-settings fail'],
    ],
    [
      'no rate limits',
      { defaults: { rate_limits: false } },
      ['server-settings fail'],
      ['server-settings fail'],
    ],
    ['a first password in a file', { defaults: { first_password_file: true } }, ['server-settings fail'], []],
    ['a debug log', { defaults: { log_level: 'debug' } }, ['log-level fail'], []],
    ['no witness', { audit: { outside_witness: false } }, ['audit-and-alerts fail'], []],
    [
      'a witness that is behind',
      { audit: { sinks: [{ name: 'w', healthy: true, behind: 5000 }] } },
      ['audit-and-alerts fail'],
      ['audit-and-alerts fail'],
    ],
    [
      'a log that was never signed',
      { audit: { checkpoint: null } },
      ['audit-and-alerts fail'],
      ['audit-and-alerts fail'],
    ],
    [
      'a log that is no longer signed',
      { audit: { log_size: 5000 } },
      ['audit-and-alerts fail'],
      ['audit-and-alerts fail'],
    ],
    ['an idle account', { accounts: { idle: 1 } }, ['idle-accounts fail'], []],
  ];
  it.each(table)('with %s fails by it alone', (_, change, production, development) => {
    expect(failing('production', change)).toEqual(production);
    expect(failing('development', change)).toEqual(development);
  });

  it('that was not reached is unknown, and one that is left out does not apply', () => {
    const items = [...new Set(serverChecks(sound, profiles.production).map(({ item }) => item))].sort();
    for (const why of ['not-reached', 'left-out'] as const) {
      const checks = noServerChecks({ why, words: 'name it' });
      expect(checks.map(({ item }) => item).sort()).toEqual(items);
      expect(new Set(checks.map(({ status }) => status))).toEqual(
        new Set([why === 'left-out' ? 'not-applicable' : 'unknown']),
      );
    }
  });
});
