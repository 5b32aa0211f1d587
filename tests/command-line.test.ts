// `memhold users` and `memhold keys` as an administrator types them, on real servers and real data folders.
import { chownSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiOf } from './api.ts';
import { exportedEvents, exportLog } from './audit-log.ts';
import { memhold, type Server, settingsFor, startServer, temporaryFolder } from './server-process.ts';

const ADMIN_PASSWORD = 'Quiet-Meadow-58';
const settings = { MEMHOLD_ADMIN_PASSWORD: ADMIN_PASSWORD, MEMHOLD_JWT_ALGORITHM: 'EdDSA' };

/** Runs one command, which must succeed: what it printed, without the line's end. */
type Shell = (...args: string[]) => Promise<{ output: string; errors: string }>;

function shell(environment: Record<string, string>, flags: string[] = []): Shell {
  return async (...args) => {
    const { code, output, errors } = await memhold([...args, ...flags], environment);
    if (code !== 0) throw new Error(`memhold ${args.join(' ')} ended with ${code}: ${output}${errors}`);
    return { output: output.trimEnd(), errors };
  };
}

const beside = (dataDir: string) => settingsFor(dataDir, { MEMHOLD_JWT_ALGORITHM: 'EdDSA' });
const login = (url: string, username: string, password: string) =>
  apiOf(url)('POST', '/auth/login', { username, password });

interface Done {
  userId: string;
  username: string;
  password: string;
  /** One that works, one that was replaced without overlap, one that was revoked. */
  keys: { good: string; replaced: string; revoked: string };
}

/** Every command of `users` and `keys` once, on whatever `run` reaches. */
async function everyCommand(run: Shell, username: string): Promise<Done> {
  const json = async (...args: string[]) => JSON.parse((await run(...args, '--json')).output);
  const email = `${username}@example.org`;

  const added = await run('users', 'add', username, '--email', email, '--quiet');
  expect(added.output).toMatch(/^\S{16,}$/);
  expect(added.errors).toBe('');
  expect((await run('users', 'list')).output).toMatch(
    new RegExp(`^${username} +${email} +user +active`, 'm'),
  );
  const { id: userId } = await json('users', 'show', username);
  expect(await json('users', 'role', userId, 'readonly')).toMatchObject({ username, roles: ['readonly'] });
  expect(await json('users', 'deactivate', email)).toMatchObject({ is_active: false });
  expect(await json('users', 'activate', username)).toMatchObject({ is_active: true, roles: ['readonly'] });
  await run('users', 'remove-mfa', username);
  expect((await run('users', 'invite', '-q')).output).toMatch(
    /^https?:\S+\/auth\/links\/invitation#mhi_\S+$/,
  );
  const password = (await run('users', 'reset-password', username, '-q')).output;
  expect(password).not.toBe(added.output);

  await run('users', 'add', `${username}-gone`, '--email', `gone-${email}`, '-q');
  await run('users', 'remove', `${username}-gone`, '--yes');
  expect((await run('users', 'list')).output).not.toContain(`${username}-gone`);

  const name = `key of ${username}`;
  const replaced = (await run('keys', 'create', '--name', name, '--expires', '90d', '--user-id', 'ada', '-q'))
    .output;
  const good = (await run('keys', 'rotate', replaced.split('_')[1]!, '--overlap', '0', '-q')).output;
  const signing = await run('keys', 'create', '--name', 'signed', '--sign', 'hmac-sha256', '-q');
  expect(signing.output).toMatch(/^mh_\w+\n[A-Za-z0-9+/]{43}=$/);
  const all = ['memories:read', 'memories:write', 'memories:delete', 'clusters:read', 'scans:write'];
  const { key: revoked, permissions } = await json(
    'keys',
    'create',
    '--name',
    'x',
    '--permission',
    all.join(),
  );
  expect(permissions).toEqual(all);
  await run('keys', 'revoke', revoked);
  const listed = (await run('keys', 'list')).output;
  expect(listed).toMatch(new RegExp(`^${good.split('_')[1]} +${name} .*user_id=ada`, 'm'));
  expect(listed).not.toContain(revoked.split('_')[1]);
  for (const secret of [good, replaced]) expect(listed).not.toContain(secret.split('_')[2]);
  expect((await json('security', 'rotate-token-key')).kid).toMatch(/\S/);
  return { userId, username, password, keys: { good, replaced, revoked } };
}

/** What the commands did holds for whoever asks the server. */
async function holds(url: string, { username, password, keys }: Done): Promise<void> {
  const status = async (key: string) =>
    (
      await apiOf(url, { 'x-api-key': key })('POST', '/memories', {
        content: 'Ada drinks tea',
        user_id: 'ada',
      })
    ).status;
  expect([await status(keys.good), await status(keys.replaced), await status(keys.revoked)]).toEqual([
    201, 401, 401,
  ]);
  const { status: entered, body } = await login(url, username, password);
  expect([entered, body.user?.roles]).toEqual([200, ['readonly']]);
}

describe.skipIf(process.platform === 'win32')('while a server runs on the data folder', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ settings });
  });
  afterAll(() => server.stop());

  test('every command goes through its socket, and is the operator in the log', async () => {
    const done = await everyCommand(shell(beside(server.dataDir)), 'sara');
    await expectOperator(server.dataDir, done);
    await holds(server.url, done);
  });

  test('every command works from afar with the token of an administrator', async () => {
    const { body } = await login(server.url, 'admin', ADMIN_PASSWORD);
    // Of another folder, which must not be looked at.
    const environment = {
      MEMHOLD_TOKEN: body.access_token,
      MEMHOLD_DATA_DIR: join(temporaryFolder(), 'none'),
    };
    const done = await everyCommand(shell(environment, ['--url', server.url]), 'ursula');
    await holds(server.url, done);
    const flag = await memhold(['users', 'list', '--url', server.url, '--token', body.access_token]);
    expect(flag.code).toBe(0);
  });

  test('nobody else is let in from afar', async () => {
    const { output: password } = await shell(beside(server.dataDir))(
      ...['users', 'add', 'plain', '--email', 'plain@example.org', '--quiet'],
    );
    const open = apiOf(server.url);
    const first = (await login(server.url, 'plain', password)).body.access_token;
    const changed = { current_password: password, new_password: 'Other-Meadow-59' };
    const bearing = { authorization: `Bearer ${first}` };
    expect((await open('POST', '/auth/change-password', changed, bearing)).status).toBe(200);
    const { access_token: token } = (await login(server.url, 'plain', 'Other-Meadow-59')).body;
    for (const [tried, words] of [
      [token, /use the access token of an administrator's login/],
      [first, /does not accept this token/],
      ['eyJ.nonsense.x', /does not accept this token/],
      [server.apiKey, /(?:does not accept this token|use the access token)/],
    ] as const) {
      const { code, output, errors } = await memhold(['users', 'list', '--url', server.url], {
        MEMHOLD_TOKEN: tried,
      });
      expect([code, output]).toEqual([1, '']);
      expect(errors).toMatch(words);
      expect(errors).not.toContain(tried);
    }
  });

  test('what cannot be done is one line that says why', async () => {
    const run = (...args: string[]) => memhold(args, beside(server.dataDir));
    const email = 'same@example.org';
    await run('users', 'add', 'same', '--email', email);
    for (const [args, code, words] of [
      [['users', 'remove', 'admin', '--yes'], 1, /This is the last administrator/],
      [['users', 'role', 'admin', 'user'], 1, /This is the last administrator/],
      [['users', 'deactivate', 'admin'], 1, /This is the last administrator/],
      [['users', 'remove', 'nobody', '--yes'], 1, /there is no user "nobody"/],
      [['users', 'remove', 'same'], 2, /add --yes/],
      [['users', 'add', 'same', '--email', 'new@example.org'], 1, /name is taken/],
      [['users', 'add', 'other', '--email', email], 1, /has this e-mail address/],
      [['keys', 'revoke', 'aaaaaaaaaaaa'], 1, /no such API key/],
      [['keys', 'create', '--name', 'x', '--permission', 'users:manage'], 1, /expected one of/],
    ] as const) {
      const ended = await run(...args);
      expect([ended.code, ended.output], args.join(' ')).toEqual([code, '']);
      expect(ended.errors, args.join(' ')).toMatch(/^memhold: [^\n]+\n$/);
      expect(ended.errors).toMatch(words);
    }
    expect(server.output()).not.toContain('request failed');
  });
});

describe('while no server runs', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = join(temporaryFolder(), 'data');
    await shell(settingsFor(dataDir, settings))('init');
  });

  test('every command opens the folder itself, and a server finds what they did', async () => {
    const done = await everyCommand(shell(beside(dataDir)), 'fatima');
    await expectOperator(dataDir, done);
    const server = await startServer({ dataDir, settings });
    await holds(server.url, done);
    await server.stop();
  });

  test("a forgotten administrator's password is replaced", async () => {
    const { output: password } = await shell(beside(dataDir))('users', 'reset-password', 'admin', '--quiet');
    const server = await startServer({ dataDir, settings });
    expect((await login(server.url, 'admin', ADMIN_PASSWORD)).status).toBe(401);
    expect((await login(server.url, 'admin', password)).status).toBe(200);
    await server.stop();
  });

  test('commands at the same time take turns', async () => {
    const names = ['one', 'two', 'three'];
    const run = shell(beside(dataDir));
    await Promise.all(names.map((name) => run('users', 'add', name, '--email', `${name}@example.org`)));
    const { users } = JSON.parse((await run('users', 'list', '--json')).output);
    expect(users.map(({ username }: { username: string }) => username)).toEqual(
      expect.arrayContaining(names),
    );
  });

  test('an invitation by mail waits for the server, which knows where mails go', async () => {
    const outbox = `${dataDir}.outbox`;
    const written = () => (existsSync(outbox) ? readdirSync(outbox) : []);
    const mailed = () =>
      written().filter((name) => /^To: i(?:ne|ri)s@/m.test(readFileSync(join(outbox, name), 'utf8')));
    const { errors } = await shell(beside(dataDir))('users', 'invite', 'ines@example.org');
    expect(errors).toMatch(/mails the link to ines@example\.org, once it runs/);
    // A second command, so that the first one's mail would be delivered if commands did that.
    await shell(beside(dataDir))('users', 'invite', 'iris@example.org');
    expect(mailed()).toEqual([]);
    const server = await startServer({ dataDir, settings });
    await expect.poll(() => mailed().length, { timeout: 10_000 }).toBe(2);
    await server.stop();
  });

  test('a folder that was never set up stays as it is', async () => {
    const none = join(temporaryFolder(), 'none');
    const { code, output, errors } = await memhold(['users', 'list'], settingsFor(none));
    expect([code, output, existsSync(none)]).toEqual([1, '', false]);
    expect(errors).toMatch(/^memhold: Nothing is set up in .*: run `memhold init` first/);
  });

  test.skipIf(process.getuid?.() !== 0)('root leaves no files in the folder of another user', async () => {
    const own = (uid: number) => chownSync(join(dataDir, 'memhold.db'), uid, uid);
    const files = () => readdirSync(dataDir).sort();
    const before = files();
    own(1234);
    const { code, errors } = await memhold(['users', 'list'], beside(dataDir));
    own(0);
    expect([code, files()]).toEqual([1, before]);
    expect(errors).toMatch(/belongs to the user with the id 1234.*sudo -u '#1234'/);
  });
});

/** Everything that was done to this user from the machine itself is the operator's. */
async function expectOperator(dataDir: string, { userId }: Done): Promise<void> {
  const events = exportedEvents((await exportLog(dataDir)).file) as (ReturnType<
    typeof exportedEvents
  >[number] & {
    actor: { kind: string };
  })[];
  const about = events.filter(({ resource }) => resource?.ids.includes(userId));
  // What the server itself finds remarkable about it stands there too.
  const of = about.filter(({ type }) => type !== 'security.suspicious.activity');
  expect(of.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['user.created', 'user.updated', 'user.deactivated', 'user.password.reset']),
  );
  expect(new Set(of.map(({ actor }) => actor.kind))).toEqual(new Set(['operator']));
  const keys = events.filter(({ type }) => /^apikey\.(?:rotated|revoked)$/.test(type));
  expect(keys.map(({ actor }) => actor.kind)).toEqual(['operator', 'operator']);
}
