import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  authority,
  CLIENT_AUTH,
  SERVER_AUTH,
  selfSigned,
  type TestCertificate,
  type Wanted,
} from '../../packages/server/src/http/testing/certificates.ts';
import { exportedEvents, exportLog } from '../audit-log.ts';
import { type Server, startServer, temporaryFolder } from '../server-process.ts';
import { operatorOf } from './cast.ts';
import { tlsCaller } from './tls-call.ts';

const DAY = 86_400_000;
const folder = temporaryFolder();
const file = (name: string) => join(folder, name);
const house = authority({ commonName: 'authority of the server' });
const clients = authority({ commonName: 'authority of the clients' });
const strangers = authority({ commonName: 'authority of the clients' });
const site = () =>
  house.issue({
    names: [
      ['DNS', 'localhost'],
      ['IP', '127.0.0.1'],
    ],
    key: 'p256',
    usage: [SERVER_AUTH],
  });

let server: Server;
let call: ReturnType<typeof tlsCaller>;
let operator: ReturnType<typeof operatorOf>;
let alice: string;
let bob: string;
const sent = { accepted: 0, refused: 0 };

function put(name: string, text: string): string {
  writeFileSync(file(name), text);
  return file(name);
}
const ALICE = 'URI:spiffe://example.org/alice';
const ALICE_HOST = 'DNS:alice.example.org';
const BOB = 'URI:spiffe://example.org/bob';
const named = (name: string, more: Wanted = {}, by: TestCertificate = clients) => {
  const [kind, ...rest] = name.split(':');
  return by.issue({ names: [[kind as 'URI', rest.join(':')]], usage: [CLIENT_AUTH], ...more });
};
const mapped = async (user: string, name: string) => {
  const { status, body } = await operator('POST', `/users/${user}/certificates`, { name });
  expect([name, status]).toEqual([name, 201]);
  return body.id as string;
};
const settings = () => ({
  MEMHOLD_TLS_CERT: file('server.pem'),
  MEMHOLD_TLS_KEY: file('server.key'),
  MEMHOLD_TLS_CLIENT_CA: file('clients.pem'),
  MEMHOLD_CORS_ORIGINS: 'https://app.example.org,http://localhost:3000',
});

beforeAll(async () => {
  const own = site();
  put('server.pem', own.cert);
  put('server.key', own.key);
  put('clients.pem', clients.cert);
  server = await startServer({ settings: settings() });
  expect(server.url).toMatch(/^https:/);
  call = tlsCaller(server.url, house.cert);
  operator = operatorOf(server);
  const user = async (username: string) =>
    (await operator('POST', '/users', { username, email: `${username}@example.com` })).body.user.id as string;
  [alice, bob] = [await user('alice'), await user('bob')];
  await mapped(alice, ALICE);
  await mapped(alice, ALICE_HOST);
  await mapped(bob, BOB);
});

async function accepted(shows: TestCertificate, headers: Record<string, string> = {}) {
  const answer = await call('GET', '/memories', { shows, headers });
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  sent.accepted++;
  return answer;
}
async function refused(shows: TestCertificate | undefined, headers: Record<string, string> = {}) {
  const answer = await call('GET', '/memories', { shows, headers });
  expect([answer.status, answer.body.code], answer.text).toEqual([401, 'unauthenticated']);
  expect(answer.text).not.toMatch(/certificate (is|was|has)|expired|authority/i);
  sent.refused++;
}

describe('a client certificate', () => {
  test('stands for the account that one of its names is mapped to, and for its memories alone', async () => {
    const body = { content: 'the note of alice' };
    const added = await call('POST', '/memories', { shows: named(ALICE), body });
    expect([added.status, added.text]).toEqual([201, expect.any(String)]);
    const other = { ...body, user_id: bob };
    expect((await call('POST', '/memories', { shows: named(ALICE), body: other })).status).toBe(404);
    const { id } = added.body;
    for (const shows of [named(ALICE), named(ALICE_HOST), named('DNS:ALICE.example.org')])
      expect((await accepted(shows)).body).toMatchObject({ total: 1, memories: [{ user_id: alice }] });
    const [kind, value] = ALICE.split(/:(.*)/) as ['URI', string];
    const many = clients.issue({
      names: [
        [kind, value],
        ['DNS', 'alice.example.org'],
        ['email', 'x@example.org'],
      ],
    });
    expect((await accepted(many)).body.total).toBe(1);
    expect((await accepted(named(BOB))).body.total).toBe(0);
    expect((await call('GET', `/memories/${id}`, { shows: named(BOB) })).status).toBe(404);
    expect((await call('DELETE', `/memories/${id}`, { shows: named(BOB) })).status).toBe(404);
  });

  test.each<[string, () => TestCertificate | undefined]>([
    ['none at all', () => undefined],
    ['of another authority', () => named(ALICE, {}, strangers)],
    ['of the authority of the server itself', () => named(ALICE, {}, house)],
    ['signed by its own key', () => selfSigned({ names: [['URI', ALICE.slice(4)]], usage: [CLIENT_AUTH] })],
    [
      'that lies about its issuer',
      () => named(ALICE, { issuerName: 'authority of the clients' }, authority()),
    ],
    [
      'that has expired',
      () => named(ALICE, { notBefore: Date.now() - 9 * DAY, notAfter: Date.now() - 1000 }),
    ],
    ['that is not valid yet', () => named(ALICE, { notBefore: Date.now() + DAY })],
    ['for servers only', () => named(ALICE, { usage: [SERVER_AUTH] })],
    ['that may issue others', () => named(ALICE, { ca: true })],
    ['with a name that stands for nobody', () => named('URI:spiffe://example.org/mallory')],
    ['with the beginning of a name', () => named('URI:spiffe://example.org/alic')],
    ['with more after a name', () => named('URI:spiffe://example.org/alice/x')],
    ['with the name as another kind', () => named('DNS:spiffe.example.org')],
    ['with a wildcard over a name', () => named('DNS:*.example.org')],
    [
      'with the name as its common name only',
      () => clients.issue({ commonName: 'alice.example.org', usage: [CLIENT_AUTH] }),
    ],
    ['without any name', () => clients.issue({ usage: [CLIENT_AUTH] })],
    [
      'with the names of two accounts',
      () =>
        clients.issue({
          names: [
            ['URI', ALICE.slice(4)],
            ['URI', BOB.slice(4)],
          ],
          usage: [CLIENT_AUTH],
        }),
    ],
    [
      'with a name that could read as two',
      () => clients.issue({ names: [['URI', `x, ${ALICE}`]], usage: [CLIENT_AUTH] }),
    ],
    [
      'with a comma and a name behind',
      () => clients.issue({ names: [['DNS', `x.example.org, ${ALICE_HOST}`]] }),
    ],
    ['with a NUL in its name', () => clients.issue({ names: [['DNS', 'alice.example.org\0.evil.example']] })],
    ['issued by a client', () => named(ALICE, {}, named(ALICE))],
  ])('%s is nobody', (_, certificate) => refused(certificate()));

  test('may what a key may, and manages neither keys nor users, nor has a profile', async () => {
    const shows = named(ALICE);
    for (const [method, path, body] of [
      ['POST', '/api-keys', { name: 'k' }],
      ['GET', '/api-keys'],
      ['POST', '/namespaces', { name: 'n' }],
      ['GET', '/auth/me'],
      ['GET', '/auth/sessions'],
      ['POST', '/auth/sessions', { namespace: 'x' }],
      ['POST', '/auth/mfa/totp', {}],
      ['POST', '/auth/logout-all'],
      ['GET', '/users'],
      ['POST', `/users/${alice}/certificates`, { name: 'DNS:more.example.org' }],
    ] as const) {
      const answer = await call(method, path, { shows, ...(body && { body }) });
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'permission_denied']);
      sent.refused++;
    }
    // Not even where its account is an administrator.
    const { users } = (await operator('GET', '/users')).body;
    const admin = users.find((one: { username: string }) => one.username === 'admin').id;
    await mapped(admin, 'DNS:admin.example.org');
    for (const path of ['/users', '/api-keys', '/invitations', `/users/${alice}/certificates`])
      expect((await call('GET', path, { shows: named('DNS:admin.example.org') })).status).toBe(403);
  });

  test('never stands in for a credential that is wrong, nor beside one for another account', async () => {
    const shows = named(ALICE);
    await refused(shows, { authorization: 'Bearer x.y.z' });
    await refused(shows, { 'x-api-key': 'mh_abcdefghijkm_x' });
    const key = { 'x-api-key': server.apiKey };
    const answer = await call('GET', `/memories?user_id=${alice}`, { shows, headers: key });
    expect([answer.status, answer.body.total]).toEqual([200, 0]);
  });

  test('in a header is nothing to a server that was not told of a proxy', async () => {
    for (const name of ['client-cert', 'x-client-cert', 'x-ssl-client-cert', 'x-forwarded-client-cert'])
      await refused(undefined, { [name]: inHeader(named(ALICE)), 'x-forwarded-for': '127.0.0.1' });
  });
});

const inHeader = ({ certificate }: TestCertificate) => `:${certificate.raw.toString('base64')}:`;

describe('a mapping', () => {
  test('ends when it is removed, at once', async () => {
    const id = await mapped(alice, 'DNS:laptop.example.org');
    const shows = named('DNS:laptop.example.org');
    await accepted(shows);
    expect((await operator('DELETE', `/users/${bob}/certificates/${id}`)).status).toBe(404);
    await accepted(shows);
    expect((await operator('DELETE', `/users/${alice}/certificates/${id}`)).status).toBe(200);
    await refused(shows);
    await accepted(named(ALICE));
  });

  test('ends with its account: deactivated, then removed', async () => {
    const made = await operator('POST', '/users', { username: 'carol', email: 'carol@example.com' });
    const carol = made.body.user.id;
    await mapped(carol, 'email:carol@example.org');
    const shows = named('email:carol@example.org');
    await accepted(shows);
    await operator('PATCH', `/users/${carol}`, { is_active: false });
    await refused(shows);
    await operator('PATCH', `/users/${carol}`, { is_active: true, role: 'readonly' });
    await accepted(shows);
    const write = await call('POST', '/memories', { shows, body: { content: 'x', user_id: carol } });
    expect([write.status, write.body.code]).toEqual([403, 'permission_denied']);
    await operator('DELETE', `/users/${carol}`);
    await refused(shows);
  });

  test('is of one account, and of a name that one client can have', async () => {
    for (const name of [ALICE, 'DNS:alice.example.org', 'DNS:ALICE.EXAMPLE.ORG'])
      expect(await operator('POST', `/users/${bob}/certificates`, { name })).toMatchObject({
        status: 409,
        body: { code: 'certificate_taken' },
      });
    for (const name of [
      'CN:alice',
      'alice.example.org',
      'DNS:*.example.org',
      'DNS:',
      'URI:x',
      'IP:1',
      '',
      'DNS:a b',
    ])
      expect([name, (await operator('POST', `/users/${bob}/certificates`, { name })).status]).toEqual([
        name,
        400,
      ]);
  });
});

describe('what a browser is told', () => {
  const headersOf = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    (await call(method, path, { headers })).headers;

  test('every answer over TLS asks for TLS for a year, and for nothing to be framed, sniffed or kept', async () => {
    for (const path of [
      '/',
      '/health',
      '/memories',
      '/nowhere',
      '/auth/me',
      '/%ff',
      '/memories?user_id=%00',
    ]) {
      const headers = await headersOf(path);
      expect([path, headers['strict-transport-security']]).toEqual([
        path,
        expect.stringMatching(/^max-age=\d{8}/),
      ]);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
      expect(headers['x-powered-by'] ?? headers.server).toBeUndefined();
    }
    const local = await headersOf('/', { host: 'localhost' });
    expect(local['strict-transport-security']).toBeUndefined();
  });

  test('only the pages of the origins on the list may read answers', async () => {
    for (const origin of ['https://app.example.org', 'http://localhost:3000']) {
      const headers = await headersOf('/health', { origin });
      expect(headers['access-control-allow-origin']).toBe(origin);
      expect(headers.vary).toMatch(/origin/i);
      expect(headers['access-control-allow-credentials']).toBeUndefined();
    }
    for (const origin of [
      'null',
      'https://evil.example',
      'http://app.example.org',
      'https://app.example.org.evil.example',
      'https://evil-app.example.org',
      'https://app.example.org:8443',
      'https://APP.example.org.',
      'https://sub.app.example.org',
      'https://app.example.org/',
      'file://',
      '*',
    ])
      for (const [method, more] of [
        ['GET', {}],
        [
          'OPTIONS',
          { 'access-control-request-method': 'DELETE', 'access-control-request-headers': 'authorization' },
        ],
      ] as const) {
        const headers = await headersOf('/memories', { origin, ...more }, method);
        expect([origin, method, headers['access-control-allow-origin']]).toEqual([origin, method, undefined]);
      }
    const asked = {
      'access-control-request-method': 'DELETE',
      'access-control-request-headers': 'authorization',
    };
    const allowed = await headersOf('/memories', { origin: 'https://app.example.org', ...asked }, 'OPTIONS');
    expect(allowed).toMatchObject({ 'access-control-allow-origin': 'https://app.example.org' });
    expect(allowed['access-control-allow-methods']).toContain('DELETE');
  });

  test('plain HTTP is not spoken where TLS is', async () => {
    await expect(fetch(server.url.replace('https:', 'http:'))).rejects.toThrow();
  });
});

test('new certificates are taken up while it runs, and so is a new authority of clients', async () => {
  const { hostname, port } = new URL(server.url);
  const shown = () =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(
        { host: hostname, port: Number(port), ca: house.cert, servername: 'localhost' },
        () => {
          resolve(socket.getPeerX509Certificate()!.fingerprint256);
          socket.destroy();
        },
      );
      socket.on('error', reject);
    });
  const next = site();
  const newcomers = authority({ commonName: 'a new authority' });
  const shows = named(ALICE, {}, newcomers);
  await refused(shows);
  const before = await shown();
  put('server.pem', next.cert);
  put('server.key', next.key);
  put('clients.pem', newcomers.cert);
  await expect.poll(shown, { timeout: 20_000, interval: 250 }).toBe(next.certificate.fingerprint256);
  expect(before).not.toBe(next.certificate.fingerprint256);
  await accepted(shows);
  await refused(named(ALICE));
  // Files that cannot be used change nothing.
  put('server.key', site().key);
  await expect.poll(() => server.output(), { timeout: 20_000 }).toContain('stays in use');
  expect(await shown()).toBe(next.certificate.fingerprint256);
  await accepted(shows);
});

afterAll(async () => {
  await server.stop();
  console.info(`${sent.accepted} requests with certificates accepted, ${sent.refused} refused`);
  expect(sent.refused).toBeGreaterThan(40);
  expect(sent.accepted).toBeGreaterThan(8);
  const { file: log } = await exportLog(server.dataDir);
  const types = exportedEvents(log).map(({ type }) => type);
  for (const type of ['user.certificate.added', 'user.certificate.removed', 'auth.token.invalid'])
    expect(types).toContain(type);
  expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
}, 60_000);
