import { type Check, checksOf } from '../check.ts';
import type { ItemName } from '../items.ts';
import type { Profile } from '../profiles.ts';
import type { KeyEvidence, NoServer, ServerEvidence } from './evidence.ts';

/** Items that a server has a say in, for where there is none. */
const items: readonly (readonly [ItemName, string])[] = [
  ['key_rotation_plan', 'api-keys'],
  ['strong_passwords', 'password-rules'],
  ['mfa_enabled', 'administrators'],
  ['session_security', 'sessions'],
  ['data_at_rest', 'stored-data'],
  ['data_in_transit', 'connections'],
  ['strong_algorithms', 'server-algorithms'],
  ['secure_defaults', 'server-settings'],
  ['principle_of_least_privilege', 'api-key-use'],
  ['error_handling', 'audit-and-alerts'],
];

/** What is said of a server that was not asked: nothing passes by it. */
export function noServerChecks({ why, words }: NoServer): Check[] {
  const check = checksOf(why === 'left-out' ? 'nothing: no server was named' : 'asking the server');
  const status = why === 'left-out' ? 'not-applicable' : 'unknown';
  return items.map(([item, id]) => check(item, id, status, [], words));
}

const day = 86_400_000;
/** OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, 2 passes, 1 lane. */
const leastHash = { memory_kib: 19_456, passes: 2 };
/** A log signs each second, or after so many events: what is farther behind does not work. */
const witnessLag = 1000;

/** Judges how a server is set up and used. */
export function serverChecks(evidence: ServerEvidence, profile: Profile): Check[] {
  const check = checksOf(`GET /security/evidence of memhold ${evidence.version}`);
  return [
    ...keyChecks(evidence, profile, check),
    ...accountChecks(evidence, profile, check),
    ...encryptionChecks(evidence, profile, check),
    ...settingChecks(evidence, profile, check),
  ];
}

type Make = ReturnType<typeof checksOf>;

function keyChecks(
  { api_keys, sessions, audit, time }: ServerEvidence,
  profile: Profile,
  check: Make,
): Check[] {
  const now = Date.parse(time);
  const age = (since: string) => Math.floor((now - Date.parse(since)) / day);
  const { listed, total } = api_keys;
  const old = listed.filter(({ secret_since }) => age(secret_since) > profile.apiKeyDays);
  const endless = listed.filter((one) => one.expires_at === null && one.rotate_after_days === null);
  const seen = [
    `${total} keys of the API, the oldest secret ${Math.max(0, ...listed.map((one) => age(one.secret_since)))} days old`,
    ...old.map((one) => `${one.id}: its secret is ${age(one.secret_since)} days old`),
    ...(profile.isStrict ? endless.map(({ id }) => `${id} has neither an end nor a day to be replaced`) : []),
  ];
  const isListed = listed.length >= total;
  const fails = old.length > 0 || (profile.isStrict && endless.length > 0);
  const signing = [
    ['the key of the audit log', audit.key_since],
    ['the key of access tokens', sessions.key_since],
  ].flatMap(([what, since]) => (since ? [{ what: what!, days: age(since) }] : []));
  const unused = listed.filter((one) => isUnused(one, now));
  return [
    check(
      'key_rotation_plan',
      'api-keys',
      fails ? 'fail' : isListed ? 'pass' : 'unknown',
      seen,
      `memhold keys rotate, and memhold keys create --expires ${profile.apiKeyDays}d: secrets last at most ${profile.apiKeyDays} days here`,
    ),
    check(
      'key_rotation_plan',
      'signing-keys',
      signing.length === 0 ? 'unknown' : signing.every(({ days }) => days <= profile.signingKeyDays),
      signing.map(({ what, days }) => `${what} is ${days} days old`),
      'memhold audit rotate-key, memhold security rotate-token-key',
    ),
    check(
      'principle_of_least_privilege',
      'api-key-use',
      unused.length > 0 && profile.isStrict ? 'fail' : isListed ? 'pass' : 'unknown',
      unused.length > 0
        ? unused.map(({ id, permissions }) => `${id} (${permissions.join(' ')}) was not used for 90 days`)
        : [`${total} keys, all of them used within 90 days or new`],
      'memhold keys revoke what nobody uses: rights that are not used are only good for thieves',
    ),
  ];
}

function isUnused({ last_used_at, secret_since }: KeyEvidence, now: number): boolean {
  return now - Date.parse(last_used_at ?? secret_since) > 90 * day;
}

function accountChecks(
  { accounts, passwords, sessions }: ServerEvidence,
  profile: Profile,
  check: Make,
): Check[] {
  const { memory_kib, passes, lanes, min_length, max_failures, common_refused } = passwords;
  const isHashed = memory_kib >= leastHash.memory_kib && passes >= leastHash.passes;
  const share = accounts.admins === 0 ? 0 : accounts.admins_with_mfa / accounts.admins;
  const { access_token_minutes, session_days } = sessions;
  return [
    check(
      'strong_passwords',
      'password-rules',
      isHashed && min_length >= 8 && common_refused && (!profile.isStrict || accounts.older_hashes === 0),
      [
        `${min_length} characters at least, common ones ${common_refused ? 'refused' : 'taken'}`,
        `${passwords.algorithm}: ${Math.round(memory_kib / 1024)} MiB, ${passes} passes, ${lanes} lanes`,
        `${accounts.older_hashes} accounts with an older hash`,
      ],
      'older hashes become new ones at the next login: ask their owners to log in, or reset the passwords',
    ),
    check(
      'strong_passwords',
      'lockout',
      max_failures <= profile.failures,
      [`locked out after ${max_failures} wrong ones, for ${passwords.lockout_minutes} minutes and longer`],
      `set MEMHOLD_MAX_AUTH_FAILURES to ${profile.failures} or less`,
    ),
    check(
      'strong_passwords',
      'first-passwords',
      accounts.first_passwords === 0 || !profile.isStrict,
      [`${accounts.first_passwords} accounts still have the password that they were given`],
      'log in and choose one, or deactivate the account: memhold users deactivate',
    ),
    check(
      'mfa_enabled',
      'administrators',
      profile.adminsWithMfa === 0
        ? 'not-applicable'
        : accounts.admins === 0
          ? 'unknown'
          : share >= profile.adminsWithMfa,
      [
        `${accounts.admins_with_mfa} of ${accounts.admins} administrators have a second factor`,
        `${accounts.with_mfa} of ${accounts.active} accounts`,
      ],
      'set up a second factor: POST /auth/mfa/totp, see docs/operations/authentication.md',
    ),
    check(
      'session_security',
      'sessions',
      access_token_minutes <= profile.accessTokenMinutes && session_days <= profile.sessionDays,
      [`access tokens end after ${access_token_minutes} minutes, sessions after ${session_days} days`],
      `set MEMHOLD_ACCESS_TOKEN_MINUTES to ${profile.accessTokenMinutes} and MEMHOLD_SESSION_DAYS to ${profile.sessionDays} or less`,
    ),
    check(
      'principle_of_least_privilege',
      'idle-accounts',
      accounts.idle === 0 || !profile.isStrict,
      [`${accounts.idle} of ${accounts.active} accounts did not log in for 90 days`],
      'memhold users list shows who they are; memhold users deactivate ends their rights',
    ),
  ];
}

function encryptionChecks(
  { encryption, transport, sessions, passwords }: ServerEvidence,
  { isStrict }: Profile,
  check: Make,
): Check[] {
  const {
    pages,
    fields,
    key_source,
    key_file_mode: mode,
    key_file_inside_data_folder: isInside,
  } = encryption;
  const isOpen = mode !== null && (Number.parseInt(mode, 8) & 0o077) !== 0;
  const { tls, loopback, trusted_proxies: proxies } = transport;
  const hash = `passwords by ${passwords.algorithm}`;
  return [
    check(
      'data_at_rest',
      'stored-data',
      pages && fields && !isOpen && (!isInside || !isStrict),
      [
        `pages ${pages ? 'encrypted' : 'not encrypted'}, fields ${fields ? 'encrypted' : 'not encrypted'}`,
        key_source === 'passphrase'
          ? 'the key is made from a passphrase'
          : `the key file has the mode ${mode ?? 'unknown'} and lies ${isInside ? 'inside' : 'outside'} the data folder`,
      ],
      'move the key file out of the data folder (MEMHOLD_KEY_FILE), and chmod 600 it',
    ),
    check(
      'data_in_transit',
      'connections',
      tls || loopback || proxies.length > 0,
      [
        tls ? 'TLS' : 'no TLS of its own',
        loopback ? 'only this machine reaches it' : 'other machines reach it',
        ...(proxies.length > 0
          ? [`behind ${proxies.length} trusted proxies, whose own TLS was not looked at`]
          : []),
      ],
      'set MEMHOLD_TLS_CERT and MEMHOLD_TLS_KEY',
    ),
    check(
      'strong_algorithms',
      'server-algorithms',
      passwords.algorithm === 'argon2id' && ['HS256', 'EdDSA'].includes(sessions.algorithm),
      [`tokens by ${sessions.algorithm}, ${hash}, fields by AES-256-GCM`],
      'report this: a server that says otherwise was changed',
    ),
  ];
}

function settingChecks(
  { defaults, transport, audit, status }: ServerEvidence,
  profile: Profile,
  check: Make,
): Check[] {
  const { isStrict, needsWitness } = profile;
  const wrong = [
    ...(defaults.registration === 'open' && !transport.loopback ? ['anybody may register'] : []),
    ...(defaults.rate_limits ? [] : ['rate limits are off']),
    ...(isStrict && defaults.first_password_file ? ['the first password still lies in a file'] : []),
    ...(isStrict && defaults.cors_origins.some((one) => one.startsWith('http://'))
      ? ['pages without TLS may call it (MEMHOLD_CORS_ORIGINS)']
      : []),
    ...(isStrict && !transport.loopback && defaults.webhook_addresses === 'private'
      ? ['webhooks may lead into private networks']
      : []),
  ];
  const unsigned = audit.log_size - (audit.checkpoint?.size ?? 0);
  const late = audit.sinks.filter(({ healthy, behind }) => !healthy || behind > witnessLag);
  return [
    check(
      'secure_defaults',
      'server-settings',
      wrong.length === 0,
      wrong.length > 0 ? wrong : [`registration ${defaults.registration}, rate limits on`],
      'docs/operations/running.md names the settings',
    ),
    check(
      'error_handling',
      'health',
      status === 'healthy',
      [`the server says that it is ${status}`],
      'GET /health/detailed tells which part is not',
    ),
    check(
      'error_handling',
      'log-level',
      defaults.log_level !== 'silent' && !(isStrict && defaults.log_level === 'debug'),
      [`the log takes messages from ${defaults.log_level} on`],
      'set MEMHOLD_LOG_LEVEL to info',
    ),
    check(
      'error_handling',
      'audit-and-alerts',
      (!needsWitness || (audit.outside_witness && audit.alerts)) &&
        late.length === 0 &&
        audit.checkpoint !== null &&
        unsigned <= witnessLag,
      [
        audit.checkpoint === null
          ? 'the audit log was never signed'
          : `the audit log is signed up to event ${audit.checkpoint.size} of ${audit.log_size}, at ${audit.checkpoint.time}`,
        audit.outside_witness ? 'a witness outside has its checkpoints' : 'no witness outside',
        audit.alerts ? 'findings are told to somebody' : 'nobody is told of findings',
        ...late.map(({ name, behind }) => `${name} is not well, or ${behind} behind`),
      ],
      'set MEMHOLD_AUDIT_WITNESS_FILE or _URL, and MEMHOLD_ALERT_EMAIL or _WEBHOOK',
    ),
  ];
}
