import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { definitions } from './config/settings.ts';
import { empty, folderWith, HOME, load, problemsOf } from './config/testing/loading.ts';
import { isLoopback } from './config/values.ts';
import { loadConfig } from './config.ts';

describe('defaults', () => {
  it('need no setting at all', () => {
    expect(load().safeDump()).toEqual({
      host: '127.0.0.1',
      port: 8002,
      dataDir: '/home/ada/.memhold/data',
      keyFile: '/home/ada/.memhold/data.key',
      adminUsername: 'admin',
      registration: 'open',
      corsOrigins: [],
      trustedProxies: [],
      trustedProbes: [],
      emailVerification: 'optional',
      maxAuthFailures: 5,
      authLockoutMinutes: 15,
      sessionDays: 30,
      jwtAlgorithm: 'HS256',
      rateLimits: true,
      maxMemoryBytes: 65_536,
      maxBodyBytes: 1_048_576,
      logLevel: 'info',
      auditReads: 'durable',
      auditLevel: 'info',
      auditRetention: [],
      auditStreams: [],
      accessTokenMinutes: 15,
      shardCacheBytes: 536_870_912,
      webhookAddresses: 'private',
    });
  });

  it('keep the key beside the data folder, wherever that is', () => {
    const config = load({ MEMHOLD_DATA_DIR: 'store/' });
    expect(config.dataDir).toBe(join(empty, 'store'));
    expect(config.keyFile).toBe(join(empty, 'store.key'));
  });

  it('close registration to invitations when other machines can reach the service', () => {
    const config = load({ MEMHOLD_HOST: '0.0.0.0', MEMHOLD_TRUSTED_PROXIES: '10.0.0.1' });
    expect(config.registration).toBe('invite');
  });

  it('ask for a verified address where mails can be sent', () => {
    const config = load({ MEMHOLD_SMTP_URL: `smtps://me:${'hunter22'}@mail.example.org` });
    expect(config.emailVerification).toBe('required');
    expect(JSON.stringify(config)).not.toContain('hunter22');
  });

  it('have no key file with a passphrase', () => {
    expect(load({ MEMHOLD_PASSPHRASE: 'correct horse battery' }).keyFile).toBeUndefined();
  });
});

describe('values', () => {
  it('are read from the environment', () => {
    const config = load({
      MEMHOLD_PORT: '0',
      MEMHOLD_KEY_FILE: '~/keys/memhold',
      MEMHOLD_CORS_ORIGINS: 'https://a.example, http://localhost:3000/',
      MEMHOLD_TRUSTED_PROXIES: '10.0.0.0/8 ::1',
      MEMHOLD_TRUSTED_PROBES: '10.1.0.0/16',
      MEMHOLD_AUTH_TOKEN: 't'.repeat(32),
      MEMHOLD_RATE_LIMITS: 'off',
      MEMHOLD_MAX_MEMORY_BYTES: '8KiB',
      MEMHOLD_SHARD_CACHE_BYTES: '1 GiB',
      MEMHOLD_JWT_SECRET: 'x'.repeat(32),
    });
    expect(config.port).toBe(0);
    expect(config.keyFile).toBe('/home/ada/keys/memhold');
    expect(config.corsOrigins).toEqual(['https://a.example', 'http://localhost:3000']);
    expect(config.trustedProxies).toEqual(['10.0.0.0/8', '::1']);
    expect(config.trustedProbes).toEqual(['10.1.0.0/16']);
    expect(config.authToken).toBe('t'.repeat(32));
    expect(config.rateLimits).toBe(false);
    expect(config.maxMemoryBytes).toBe(8192);
    expect(config.shardCacheBytes).toBe(1024 ** 3);
    expect(config.jwtSecret).toBe('x'.repeat(32));
  });

  it.each([
    ['MEMHOLD_PORT', '65536'],
    ['MEMHOLD_PORT', '-1'],
    ['MEMHOLD_PORT', '80.5'],
    ['MEMHOLD_PORT', '0x50'],
    ['MEMHOLD_HOST', 'http://127.0.0.1'],
    ['MEMHOLD_HOST', '127.0.0.1:8002'],
    ['MEMHOLD_ADMIN_USERNAME', 'a b'],
    ['MEMHOLD_ADMIN_PASSWORD', 'alllowercase1'],
    ['MEMHOLD_REGISTRATION', 'everybody'],
    ['MEMHOLD_JWT_SECRET', 'x'.repeat(31)],
    ['MEMHOLD_CORS_ORIGINS', '*'],
    ['MEMHOLD_CORS_ORIGINS', 'https://a.example/path'],
    ['MEMHOLD_CORS_ORIGINS', 'https://user@a.example'],
    ['MEMHOLD_TRUSTED_PROXIES', '0.0.0.0/0'],
    ['MEMHOLD_TRUSTED_PROXIES', '::/0'],
    ['MEMHOLD_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['MEMHOLD_TRUSTED_PROXIES', 'true'],
    ['MEMHOLD_TRUSTED_PROBES', '0.0.0.0/0'],
    ['MEMHOLD_AUTH_TOKEN', 'x'.repeat(31)],
    ['MEMHOLD_AUTH_TOKEN', `${'x'.repeat(32)} `],
    ['MEMHOLD_AUTH_TOKEN', `${'x'.repeat(32)},y`],
    ['MEMHOLD_MAX_MEMORY_BYTES', '64MB'],
    ['MEMHOLD_LOG_LEVEL', 'verbose'],
    ['MEMHOLD_ACCESS_TOKEN_MINUTES', '0'],
    ['MEMHOLD_DATA_DIR', ''],
  ])('out of range are refused: %s=%s', (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} (must|is empty)`));
  });

  it('in a list are named by their position, not repeated', () => {
    const [problem] = problemsOf({ MEMHOLD_CORS_ORIGINS: 'https://ok.example nonsense' });
    expect(problem).toContain('entry 2');
    expect(problem).not.toContain('nonsense');
  });

  it('that are wrong are all reported together', () => {
    const problems = problemsOf({ MEMHOLD_PORT: 'x', MEMHOLD_LOG_LEVEL: 'y', MEMHOLD_NOPE: 'z' });
    expect(problems).toHaveLength(3);
  });
});

describe('the settings file', () => {
  it('takes dotted and nested names, and keeps scalars as they are written', () => {
    const digits = '0123Meadow';
    const cwd = folderWith(
      `admin.username: grace\nadmin:\n  password: ${digits}\nport: 9000\ncors:\n  origins: [https://a.example]\n` +
        'rate.limits: off\ndata.dir: store\n',
    );
    const config = loadConfig({ env: { HOME }, cwd });
    expect(config.adminUsername).toBe('grace');
    expect(config.adminPassword).toBe(digits);
    expect(config.port).toBe(9000);
    expect(config.corsOrigins).toEqual(['https://a.example']);
    expect(config.rateLimits).toBe(false);
    expect(config.dataDir).toBe(join(cwd, 'store'));
    expect(config.configFile).toBe(join(cwd, 'memhold.yaml'));
  });

  it('yields to the environment', () => {
    const cwd = folderWith('port: 9000\nhost: localhost\n');
    const config = loadConfig({ env: { HOME, MEMHOLD_PORT: '9001' }, cwd });
    expect([config.port, config.host]).toEqual([9001, 'localhost']);
  });

  it('is found through MEMHOLD_CONFIG, and its paths start from its own folder', () => {
    const folder = folderWith('data.dir: here\n');
    const config = load({ MEMHOLD_CONFIG: join(folder, 'memhold.yaml') });
    expect(config.dataDir).toBe(join(folder, 'here'));
  });

  it('must exist when it was named', () => {
    expect(problemsOf({ MEMHOLD_CONFIG: '/nowhere/memhold.yaml' })).toEqual([
      '/nowhere/memhold.yaml cannot be read (ENOENT): correct MEMHOLD_CONFIG, or make the file readable',
    ]);
  });

  it('may be empty', () => {
    expect(loadConfig({ env: { HOME }, cwd: folderWith('# nothing yet\n') }).port).toBe(8002);
  });

  it.each([
    ['port: 70000', /^port \(in .*memhold\.yaml\) must be a whole number/],
    ['data_dir: x', /^data_dir \(in .*\) is not a setting: did you mean data\.dir\?/],
    ['admin:\n  name: x', /^admin\.name \(in .*\) is not a setting/],
    ['port: 1\nport: 2', /not valid YAML at line 2, column 1 \(DUPLICATE_KEY\)/],
    ['admin.username: abc\nadmin:\n  username: abd', /admin\.username .* is given twice/],
    ['port: &p 80\nadmin.username: *p', /uses YAML aliases/],
    ['port: !env X', /TAG_RESOLVE_FAILED/],
    ['just words', /must hold settings/],
    ['host: [127.0.0.1]', /^host .* must be an address/],
    ['port:', /^port .* is empty/],
    ['redis.url: redis://r', /^Redis is not available in this version: remove redis\.url \(in /],
    ['__proto__:\n  polluted: x', /is not a setting/],
  ])('refuses %j', (yaml, message) => {
    const problems = problemsOf({}, folderWith(yaml));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });
});

describe('names', () => {
  it('that are unknown are refused with the nearest one', () => {
    expect(problemsOf({ MEMHOLD_DATADIR: 'x' })).toEqual([
      'MEMHOLD_DATADIR is not a setting: did you mean MEMHOLD_DATA_DIR? Correct or remove it',
    ]);
  });

  it.each([
    ['MEMHOLD_PORT', 'tcp://10.0.0.1:8002'],
    ['MEMHOLD_PORT_8002_TCP', 'tcp://10.0.0.1:8002'],
    ['MEMHOLD_PORT_8002_TCP_PROTO', 'tcp'],
    ['MEMHOLD_SERVICE_HOST', '10.0.0.1'],
    ['MEMHOLD_SERVICE_PORT_HTTP', '8002'],
    ['MEMHOLD_SERVER_PORT', 'tcp://10.0.0.1:8002'],
    ['MEMHOLD_CLIENT_TIMEOUT', '3'],
    ['MEMHOLD_TOKEN', 'x'],
    ['MEMHOLD_URL', 'http://127.0.0.1:1'],
    ['MEMHOLD_OVERRIDE', 'x'],
    ['MEMHOLD_PUSH_TIMEOUT', '60'],
    ['MEMHOLD_TEST_LONG', '1'],
    ['MEMHOLDER', 'x'],
  ])('of others are left alone: %s=%s', (name, value) => {
    expect(load({ [name]: value }).port).toBe(8002);
  });

  it('of secrets are never taken for an injected address', () => {
    expect(load({ MEMHOLD_PASSPHRASE: 'tcp://10.0.0.1:8002' }).passphrase).toBe('tcp://10.0.0.1:8002');
  });

  it.each(['DATABASE_URL', 'REDIS_URL', 'LLM', 'EMBEDDER', 'UPSTREAM_KIND', 'UPSTREAM_URL', 'UPSTREAM_KEY'])(
    'of later versions are not ignored: MEMHOLD_%s',
    (name) => {
      const [problem] = problemsOf({ [`MEMHOLD_${name}`]: `postgres://user:${'hunter22'}@db/memhold` });
      expect(problem).toMatch(/is not available in this version: remove MEMHOLD_/);
      expect(problem).not.toContain('hunter22');
    },
  );

  it('are all in upper case with the prefix, once each', () => {
    const names = Object.values(definitions).map(({ env }) => env);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^MEMHOLD_[A-Z]+(?:_[A-Z]+)*$/);
  });
});

describe('settings together', () => {
  it.each(['0.0.0.0', '::', '192.168.1.5', 'memhold.example'])(
    'refuse to listen on %s in the clear',
    (host) => {
      const [problem] = problemsOf({ MEMHOLD_HOST: host });
      expect(problem).toMatch(
        /^MEMHOLD_HOST .* set MEMHOLD_TLS_CERT and MEMHOLD_TLS_KEY, or .*MEMHOLD_TRUSTED_PROXIES/,
      );
    },
  );

  it('count an empty list of proxies as none', () => {
    expect(problemsOf({ MEMHOLD_HOST: '0.0.0.0', MEMHOLD_TRUSTED_PROXIES: '' })).toHaveLength(1);
  });

  it('speak of file keys where the host stands in the file', () => {
    expect(problemsOf({}, folderWith('host: 0.0.0.0'))[0]).toMatch(/^host \(in .*tls\.cert and tls\.key/);
  });

  it('accept another address with TLS', () => {
    const pem = join(empty, 'tls.pem');
    writeFileSync(pem, 'pem');
    const config = load({ MEMHOLD_HOST: '0.0.0.0', MEMHOLD_TLS_CERT: pem, MEMHOLD_TLS_KEY: 'tls.pem' });
    expect([config.tlsCert, config.tlsKey]).toEqual([pem, pem]);
  });

  it('want both halves of TLS, readable', () => {
    const problems = problemsOf({ MEMHOLD_TLS_CERT: '/nowhere/cert.pem' });
    expect(problems).toEqual([
      'MEMHOLD_TLS_CERT needs MEMHOLD_TLS_KEY too: set both or none',
      'MEMHOLD_TLS_CERT names a file that cannot be read: correct the path or its permissions',
    ]);
  });

  it('refuse a passphrase beside an explicit key file, across sources', () => {
    const cwd = folderWith('key.file: other.key');
    const [problem] = problemsOf({ MEMHOLD_PASSPHRASE: 'correct horse battery' }, cwd);
    expect(problem).toMatch(/^MEMHOLD_PASSPHRASE and key\.file \(in .*exclude each other/);
  });

  it('refuse a memory longer than a body', () => {
    expect(problemsOf({ MEMHOLD_MAX_MEMORY_BYTES: '2MiB' })[0]).toContain(
      'must not exceed MEMHOLD_MAX_BODY_BYTES',
    );
  });

  it('know loopback in its spellings', () => {
    for (const host of [
      '127.0.0.1',
      '127.9.9.9',
      '::1',
      '0:0:0:0:0:0:0:1',
      '::ffff:127.0.0.1',
      'localhost',
    ]) {
      expect(isLoopback(host), host).toBe(true);
    }
    for (const host of ['0.0.0.0', '::', '::ffff:10.0.0.1', '0', '127.1', 'localhost.example']) {
      expect(isLoopback(host), host).toBe(false);
    }
  });
});
