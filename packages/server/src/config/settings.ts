import type { z } from 'zod';
import {
  addressRange,
  bytes,
  byteText,
  choice,
  hostName,
  list,
  onOff,
  origin,
  smtpUrl,
  streamAddress,
  text,
  webAddress,
  wholeNumber,
} from './values.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** The settings after parsing. Paths are absolute. */
export interface Settings {
  /** Address or host name to listen on. Default 127.0.0.1. */
  readonly host: string;
  /** TCP port, 0 to 65535; 0 picks a free one. Default 8002. */
  readonly port: number;
  /** Folder of the database. Default ~/.memhold/data. */
  readonly dataDir: string;
  /** File of the key that seals the data; undefined with a passphrase. Default `<dataDir>.key`. */
  readonly keyFile: string | undefined;
  /** Secret. Seals the data in place of a key file; 12 to 1024 bytes. No default. */
  readonly passphrase: string | undefined;
  /** Name of the administrator made at first start. Default admin. */
  readonly adminUsername: string;
  /** Secret. The administrator's first password. Default: a random one, in a file whose path is printed. */
  readonly adminPassword: string | undefined;
  /** Who may register: anybody, invited people, nobody. Default open on loopback, else invite. */
  readonly registration: 'open' | 'invite' | 'closed';
  /** Secret. Signs access tokens (HS256); 32 to 1024 bytes. Default: a random one, sealed in the database. */
  readonly jwtSecret: string | undefined;
  /** Web origins whose pages may call the service. Default none. */
  readonly corsOrigins: readonly string[];
  /** Addresses and CIDR ranges of the reverse proxies whose X-Forwarded-* headers count. Default none. */
  readonly trustedProxies: readonly string[];
  /** Addresses and CIDR ranges, besides loopback, whose health probes are not rate limited. Default none. */
  readonly trustedProbes: readonly string[];
  /** Secret. Bearer token of a static API key of the administrator's namespace; 32 to 1024 characters. No default. */
  readonly authToken: string | undefined;
  /** PEM file of the TLS certificate chain; goes with tlsKey. Default none: plain HTTP. */
  readonly tlsCert: string | undefined;
  /** PEM file of the TLS private key; goes with tlsCert. */
  readonly tlsKey: string | undefined;
  /** PEM file of the authorities whose client certificates are looked at. Default none: no client certificates. */
  readonly tlsClientCa: string | undefined;
  /** Header in which a trusted proxy hands on the client's certificate. Default none. */
  readonly tlsClientCertHeader: string | undefined;
  /** Address under which people reach the service, for links in mails. Default: where it listens. */
  readonly publicUrl: string | undefined;
  /** Secret. SMTP server that takes the mails. Default none: mails become files beside the data folder. */
  readonly smtpUrl: string | undefined;
  /** Sender of the mails. Default memhold@<host of the public address>. */
  readonly mailFrom: string | undefined;
  /** Whether an account logs in before its address was verified. Default required with SMTP, else optional. */
  readonly emailVerification: 'required' | 'optional';
  /** Wrong passwords or codes, from one network for one account, until a lockout. Default 5. */
  readonly maxAuthFailures: number;
  /** Length of a first lockout, in minutes; each further one doubles it. Default 15. */
  readonly authLockoutMinutes: number;
  /** Lifetime of a session with its refresh tokens, in days, 1 to 365. Default 30. */
  readonly sessionDays: number;
  /** How access tokens are signed: a secret of this server, or a key pair whose public half is published. */
  readonly jwtAlgorithm: 'HS256' | 'EdDSA';
  /** Whether callers are rate limited; off is meant for benchmarks. Default on. */
  readonly rateLimits: boolean;
  /** Longest text of one memory, in bytes of UTF-8. Default 64 KiB. */
  readonly maxMemoryBytes: number;
  /** Longest request body, in bytes. Default 1 MiB. */
  readonly maxBodyBytes: number;
  /** Least severe message that is logged. Default info. */
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /** Whether a read's audit event is on disk before the answer, or at most 1 s later. Default durable. */
  readonly auditReads: 'durable' | 'deferred';
  /** Whether the log also tells of every right that was looked up (debug). Default info. */
  readonly auditLevel: 'info' | 'debug';
  /** File, on another volume, that gets every signed checkpoint of the audit log. Default none. */
  readonly auditWitnessFile: string | undefined;
  /** Address that gets every signed checkpoint by POST. Default none. */
  readonly auditWitnessUrl: string | undefined;
  /** Secret. Bearer token for auditWitnessUrl. */
  readonly auditWitnessToken: string | undefined;
  /** Where events are sent as they happen: syslog, HTTP and file addresses. Default none. */
  readonly auditStreams: readonly string[];
  /** Secret. Bearer token for the HTTP addresses of auditStreams. */
  readonly auditStreamToken: string | undefined;
  /** How long events are kept, by class, in days. Default: for ever. */
  readonly auditRetention: readonly string[];
  /** Address that gets every alert by POST. Default none. */
  readonly alertWebhook: string | undefined;
  /** Secret. Signs the alerts of alertWebhook (Standard Webhooks). */
  readonly alertSecret: string | undefined;
  /** Mail address that gets every alert. Default none. */
  readonly alertEmail: string | undefined;
  /** Where webhooks of namespaces may lead: the public internet, or also private networks. Default public unless only this machine reaches the service. */
  readonly webhookAddresses: 'public' | 'private';
  /** Lifetime of an access token, in minutes, 1 to 1440. Default 15. */
  readonly accessTokenMinutes: number;
  /** Memory that warm search shards may take together, in bytes. Default 512 MiB. */
  readonly shardCacheBytes: number;
}

export interface Definition<T> {
  /** Name in the environment; the file's key is the same in lower case with dots. */
  readonly env: `MEMHOLD_${string}`;
  readonly accepts: z.ZodType<T>;
  /** Completes "<name> must …"; tells what to do and never holds the value. */
  readonly must: string;
  readonly kind?: 'secret' | 'path' | 'list';
}

type Definitions = { readonly [K in keyof Settings]-?: Definition<NonNullable<Settings[K]>> };

const PASSWORD = /^(?=.*\p{Lu})(?=.*\p{Ll})(?=.*\d)[^\0\r\n]*$/u;

export const definitions: Definitions = {
  host: {
    env: 'MEMHOLD_HOST',
    accepts: hostName(),
    must: 'be an address or host name without scheme or port, such as 127.0.0.1',
  },
  port: {
    env: 'MEMHOLD_PORT',
    accepts: wholeNumber(0, 65_535),
    must: 'be a whole number from 0 to 65535 (0 picks a free port)',
  },
  dataDir: { env: 'MEMHOLD_DATA_DIR', accepts: text(1, 4096), must: 'be the path of a folder', kind: 'path' },
  keyFile: { env: 'MEMHOLD_KEY_FILE', accepts: text(1, 4096), must: 'be the path of a file', kind: 'path' },
  passphrase: {
    env: 'MEMHOLD_PASSPHRASE',
    accepts: byteText(12, KiB),
    must: 'be one line of 12 to 1024 bytes',
    kind: 'secret',
  },
  adminUsername: {
    env: 'MEMHOLD_ADMIN_USERNAME',
    accepts: text(3, 50, /^[a-zA-Z0-9_-]+$/),
    must: 'be 3 to 50 letters, digits, _ or -',
  },
  adminPassword: {
    env: 'MEMHOLD_ADMIN_PASSWORD',
    accepts: text(8, 128, PASSWORD),
    must: 'be 8 to 128 characters with an upper-case letter, a lower-case letter and a digit',
    kind: 'secret',
  },
  registration: {
    env: 'MEMHOLD_REGISTRATION',
    accepts: choice('open', 'invite', 'closed'),
    must: 'be open, invite or closed',
  },
  jwtSecret: {
    env: 'MEMHOLD_JWT_SECRET',
    accepts: byteText(32, KiB),
    must: 'be one line of 32 to 1024 bytes: make one with `memhold security generate-key`',
    kind: 'secret',
  },
  corsOrigins: {
    env: 'MEMHOLD_CORS_ORIGINS',
    accepts: list(origin()),
    must: 'list origins such as https://app.example.org, without path or *',
    kind: 'list',
  },
  trustedProxies: {
    env: 'MEMHOLD_TRUSTED_PROXIES',
    accepts: list(addressRange()),
    must: 'list addresses or ranges such as 10.0.0.5 or 10.0.0.0/8, never all addresses',
    kind: 'list',
  },
  trustedProbes: {
    env: 'MEMHOLD_TRUSTED_PROBES',
    accepts: list(addressRange()),
    must: 'list addresses or ranges such as 10.0.0.5 or 10.0.0.0/8, never all addresses',
    kind: 'list',
  },
  authToken: {
    env: 'MEMHOLD_AUTH_TOKEN',
    // A comma would end it where headers are joined (RFC 9110, 5.3).
    accepts: text(32, KiB, /^[\x21-\x2b\x2d-\x7e]+$/),
    must:
      'be 32 to 1024 printable characters without spaces or commas, because a shorter token can be guessed: make one ' +
      'with `memhold security generate-key`',
    kind: 'secret',
  },
  tlsCert: {
    env: 'MEMHOLD_TLS_CERT',
    accepts: text(1, 4096),
    must: 'be the path of a PEM file',
    kind: 'path',
  },
  tlsKey: { env: 'MEMHOLD_TLS_KEY', accepts: text(1, 4096), must: 'be the path of a PEM file', kind: 'path' },
  tlsClientCa: {
    env: 'MEMHOLD_TLS_CLIENT_CA',
    accepts: text(1, 4096),
    must: 'be the path of a PEM file',
    kind: 'path',
  },
  tlsClientCertHeader: {
    env: 'MEMHOLD_TLS_CLIENT_CERT_HEADER',
    accepts: text(1, 64, /^[a-z0-9-]+$/i),
    must: 'be the name of a header, such as Client-Cert',
  },
  publicUrl: {
    env: 'MEMHOLD_PUBLIC_URL',
    accepts: origin(),
    must: 'be an address such as https://memory.example.org, without path',
  },
  smtpUrl: {
    env: 'MEMHOLD_SMTP_URL',
    accepts: smtpUrl(),
    must: 'be an address such as smtps://user:password@mail.example.org:465',
    kind: 'secret',
  },
  mailFrom: {
    env: 'MEMHOLD_MAIL_FROM',
    accepts: text(3, 254, /^[^\s@<>"(),:;]+@[^\s@<>"(),:;]+$/),
    must: 'be a mail address such as memhold@example.org',
  },
  emailVerification: {
    env: 'MEMHOLD_EMAIL_VERIFICATION',
    accepts: choice('required', 'optional'),
    must: 'be required or optional',
  },
  maxAuthFailures: {
    env: 'MEMHOLD_MAX_AUTH_FAILURES',
    accepts: wholeNumber(1, 1_000_000),
    must: 'be a whole number from 1 to 1000000',
  },
  authLockoutMinutes: {
    env: 'MEMHOLD_AUTH_LOCKOUT_MINUTES',
    accepts: wholeNumber(1, 1440),
    must: 'be a whole number of minutes from 1 to 1440',
  },
  sessionDays: {
    env: 'MEMHOLD_SESSION_DAYS',
    accepts: wholeNumber(1, 365),
    must: 'be a whole number of days from 1 to 365',
  },
  jwtAlgorithm: {
    env: 'MEMHOLD_JWT_ALGORITHM',
    accepts: choice('HS256', 'EdDSA'),
    must: 'be HS256 or EdDSA',
  },
  rateLimits: { env: 'MEMHOLD_RATE_LIMITS', accepts: onOff(), must: 'be on or off' },
  maxMemoryBytes: {
    env: 'MEMHOLD_MAX_MEMORY_BYTES',
    accepts: bytes(1, 16 * MiB),
    must: 'be a number of bytes from 1 to 16 MiB, such as 65536 or 64KiB',
  },
  maxBodyBytes: {
    env: 'MEMHOLD_MAX_BODY_BYTES',
    accepts: bytes(KiB, 64 * MiB),
    must: 'be a number of bytes from 1 KiB to 64 MiB, such as 1048576 or 1MiB',
  },
  logLevel: {
    env: 'MEMHOLD_LOG_LEVEL',
    accepts: choice('silent', 'error', 'warn', 'info', 'debug'),
    must: 'be silent, error, warn, info or debug',
  },
  auditReads: {
    env: 'MEMHOLD_AUDIT_READS',
    accepts: choice('durable', 'deferred'),
    must: 'be durable or deferred',
  },
  auditLevel: { env: 'MEMHOLD_AUDIT_LEVEL', accepts: choice('info', 'debug'), must: 'be info or debug' },
  auditWitnessFile: {
    env: 'MEMHOLD_AUDIT_WITNESS_FILE',
    accepts: text(1, 4096),
    must: 'be the path of a file, best on another volume',
    kind: 'path',
  },
  auditWitnessUrl: {
    env: 'MEMHOLD_AUDIT_WITNESS_URL',
    accepts: webAddress(),
    must: 'be an http or https address without user and password: give the token as MEMHOLD_AUDIT_WITNESS_TOKEN',
  },
  auditWitnessToken: {
    env: 'MEMHOLD_AUDIT_WITNESS_TOKEN',
    accepts: text(8, 4096, /^[\x21-\x7e]+$/),
    must: 'be 8 to 4096 printable characters without spaces',
    kind: 'secret',
  },
  auditStreams: {
    env: 'MEMHOLD_AUDIT_STREAMS',
    accepts: list(streamAddress()),
    must: 'list addresses such as syslog+tls://siem.example.org:6514, https://siem.example.org/events or file:///var/log/memhold/audit.jsonl, each with ?format=native, ocsf or ecs',
    kind: 'list',
  },
  auditStreamToken: {
    env: 'MEMHOLD_AUDIT_STREAM_TOKEN',
    accepts: text(8, 4096, /^[\x21-\x7e]+$/),
    must: 'be 8 to 4096 printable characters without spaces',
    kind: 'secret',
  },
  auditRetention: {
    env: 'MEMHOLD_AUDIT_RETENTION',
    accepts: list(text(3, 32, /^(?:reads|changes|identity|security|system)=[1-9]\d{0,4}d$/)),
    must: 'list classes with days, such as reads=90d security=730d (of reads, changes, identity, security, system)',
    kind: 'list',
  },
  alertWebhook: {
    env: 'MEMHOLD_ALERT_WEBHOOK',
    accepts: webAddress(),
    must: 'be an http or https address without user and password',
  },
  alertSecret: {
    env: 'MEMHOLD_ALERT_SECRET',
    accepts: byteText(24, KiB),
    must: 'be one line of 24 to 1024 bytes: make one with `memhold security generate-key`',
    kind: 'secret',
  },
  alertEmail: {
    env: 'MEMHOLD_ALERT_EMAIL',
    accepts: text(3, 254, /^[^\s@<>"(),:;]+@[^\s@<>"(),:;]+$/),
    must: 'be a mail address such as security@example.org',
  },
  webhookAddresses: {
    env: 'MEMHOLD_WEBHOOK_ADDRESSES',
    accepts: choice('public', 'private'),
    must: 'be public or private',
  },
  accessTokenMinutes: {
    env: 'MEMHOLD_ACCESS_TOKEN_MINUTES',
    accepts: wholeNumber(1, 1440),
    must: 'be a whole number of minutes from 1 to 1440',
  },
  shardCacheBytes: {
    env: 'MEMHOLD_SHARD_CACHE_BYTES',
    accepts: bytes(MiB, 1024 * GiB),
    must: 'be a number of bytes from 1 MiB to 1024 GiB, such as 536870912 or 512MiB',
  },
};

/** Settings that the design names for later versions: an honest answer is better than ignoring them. */
export const notYet: Readonly<Record<string, string>> = {
  MEMHOLD_DATABASE_URL: 'PostgreSQL',
  MEMHOLD_REDIS_URL: 'Redis',
  MEMHOLD_LLM: 'A language model',
  MEMHOLD_EMBEDDER: 'An embedder',
  MEMHOLD_UPSTREAM_KIND: 'An upstream server',
  MEMHOLD_UPSTREAM_URL: 'An upstream server',
  MEMHOLD_UPSTREAM_KEY: 'An upstream server',
};

/** What holds when nothing is given. Settings that depend on others (keyFile, registration) are not here. */
export const defaults = {
  host: '127.0.0.1',
  port: 8002,
  dataDir: '~/.memhold/data',
  adminUsername: 'admin',
  corsOrigins: [],
  trustedProxies: [],
  trustedProbes: [],
  rateLimits: true,
  maxAuthFailures: 5,
  authLockoutMinutes: 15,
  sessionDays: 30,
  jwtAlgorithm: 'HS256',
  maxMemoryBytes: 64 * KiB,
  maxBodyBytes: MiB,
  logLevel: 'info',
  auditReads: 'durable',
  auditLevel: 'info',
  auditStreams: [],
  auditRetention: [],
  accessTokenMinutes: 15,
  shardCacheBytes: 512 * MiB,
} as const satisfies Partial<Settings>;
