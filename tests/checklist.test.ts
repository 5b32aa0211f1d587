// `memhold checklist` on a planted repository and a real server, as its operator and over the network.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiOf, bearer } from './api.ts';
import { PASSWORD } from './attacks/entrance.ts';
import { memhold, type Server, startServer, temporaryFolder } from './server-process.ts';

let server: Server;
let token: string;
const repository = join(temporaryFolder(), 'shop');

beforeAll(async () => {
  mkdirSync(join(repository, 'src'), { recursive: true });
  execFileSync('git', ['init', '-q', repository]);
  writeFileSync(join(repository, '.gitignore'), '.env\n');
  writeFileSync(join(repository, 'src/app.js'), 'const key = process.env.API_KEY;\n');
  writeFileSync(join(repository, 'SECURITY.md'), 'All keys are rotated each quarter.\n');
  for (const file of ['.gitignore', 'src/app.js', 'SECURITY.md']) chmodSync(join(repository, file), 0o644);
  server = await startServer({ settings: { MEMHOLD_ADMIN_PASSWORD: PASSWORD } });
  const login = await apiOf(server.url)('POST', '/auth/login', { username: 'admin', password: PASSWORD });
  token = login.body.access_token;
});
afterAll(() => server.stop());

interface Item {
  name: string;
  status: string;
  checks: { id: string; status: string; how: string; seen: string[]; advice?: string }[];
}
/** Items by name, with the exit code. */
async function checklist(args: string[], settings: Record<string, string> = {}) {
  const ran = await memhold(['checklist', '--offline', '--json', ...args, repository], settings);
  const sections: Record<string, Item[]> = JSON.parse(ran.output || '{}').security_checklist ?? {};
  const items = Object.values(sections).flat();
  const statuses = Object.fromEntries(items.map(({ name, status }) => [name, status]));
  const checks = items.flatMap((one) => one.checks);
  return { ...ran, sections, statuses, check: (id: string) => checks.find((one) => one.id === id)! };
}
const local = () => ['--data-dir', server.dataDir];

describe('with a server', () => {
  test('every item has its evidence, its way and what to do', async () => {
    const { code, sections, statuses, check } = await checklist(local());
    expect(code).toBe(1);
    expect(Object.keys(sections)).toEqual([
      'secrets',
      'authentication',
      'encryption',
      'dependencies',
      'configuration',
    ]);
    expect(statuses).toMatchObject({
      no_hardcoded_secrets: 'pass',
      environment_variables: 'pass',
      strong_passwords: 'pass',
      mfa_enabled: 'fail',
      session_security: 'pass',
      data_at_rest: 'pass',
      data_in_transit: 'pass',
      strong_algorithms: 'pass',
      no_known_vulnerabilities: 'not_applicable',
    });
    expect(check('administrators')).toEqual({
      id: 'administrators',
      status: 'fail',
      how: expect.stringMatching(/^GET \/security\/evidence of memhold \d/),
      seen: ['0 of 1 administrators have a second factor', '0 of 1 accounts'],
      advice: expect.stringContaining('/auth/mfa/totp'),
    });
    expect(check('stored-data').seen).toEqual([
      'pages encrypted, fields encrypted',
      'the key file has the mode 0600 and lies outside the data folder',
    ]);
    // The ready key of the first start has no end.
    expect(check('api-keys')).toMatchObject({
      status: 'fail',
      seen: [expect.stringMatching(/^1 keys/), expect.any(String)],
    });
  });

  test('over the network it is the same, with the token of an administrator', async () => {
    const remote = await checklist(['--url', server.url], { MEMHOLD_TOKEN: token });
    expect(remote.statuses).toEqual((await checklist(local())).statuses);
  });

  test('what the server says holds no secret, and nobody by name', async () => {
    const { status, text } = await apiOf(server.url, bearer(token))('GET', '/security/evidence');
    expect(status).toBe(200);
    for (const one of [server.apiKey, PASSWORD, token, 'admin@', 'argon2id$'])
      expect(text).not.toContain(one);
  });

  test('profiles differ, and what is set up counts at once', async () => {
    expect((await checklist([...local(), '--profile', 'development'])).statuses.mfa_enabled).toBe(
      'not_applicable',
    );
    const admin = apiOf(server.url, bearer(token));
    const { secret } = (await admin('POST', '/auth/mfa/totp')).body;
    expect((await admin('POST', '/auth/mfa/totp/confirm', { code: generateSync({ secret }) })).status).toBe(
      200,
    );
    expect((await checklist(local())).statuses.mfa_enabled).toBe('pass');
    const file = `${server.dataDir}.key`;
    chmodSync(file, 0o644);
    expect((await checklist(local())).check('stored-data')).toMatchObject({ status: 'fail' });
    chmodSync(file, 0o600);
  });
});

describe('a server that does not answer, or not this caller,', () => {
  const unknown = { mfa_enabled: 'unknown', data_at_rest: 'unknown', data_in_transit: 'unknown' };
  test.each([
    ['is unknown, which is no pass', () => ['--url', 'http://127.0.0.1:9'], /cannot be reached/],
    ['says so to a key', () => ['--url', server.url], /administrator's login|may not/],
  ])('%s', async (_, args, words) => {
    const given = { MEMHOLD_TOKEN: server.apiKey };
    const mild = await checklist([...args(), '--profile', 'development'], given);
    expect([mild.code, mild.statuses]).toEqual([2, expect.objectContaining(unknown)]);
    expect(mild.check('administrators').advice).toMatch(words);
  });

  test('is not asked where there is none', async () => {
    const { code, statuses } = await checklist(['--repository-only', '--profile', 'development']);
    expect([code, statuses.mfa_enabled, statuses.data_at_rest]).toEqual([
      0,
      'not_applicable',
      'not_applicable',
    ]);
    const none = await checklist(['--profile', 'development']);
    expect([none.code, none.check('administrators').advice]).toEqual([
      2,
      expect.stringContaining('--repository-only'),
    ]);
  });
});

test('in production what is unknown fails', async () => {
  const { code, statuses } = await checklist(['--url', 'http://127.0.0.1:9'], { MEMHOLD_TOKEN: token });
  expect([code, statuses.mfa_enabled]).toEqual([1, 'fail']);
});

test('what cannot be used ends with 2', async () => {
  for (const args of [
    ['--profile', 'prod'],
    ['--repository-only', '--url', server.url],
    ['--url', 'http://memory.example.org'],
    ['--format', 'xml'],
  ])
    expect([args, (await memhold(['checklist', ...args, repository], { MEMHOLD_TOKEN: 'x' })).code]).toEqual([
      args,
      2,
    ]);
});
