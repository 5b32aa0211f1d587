import { request } from 'node:http';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiOf, bearer } from '../api.ts';
import { exportedEvents, exportLog } from '../audit-log.ts';
import type { Server } from '../server-process.ts';
import { filesBelow, occurrences } from './byte-search.ts';
import {
  joined,
  keyOf,
  loggedIn,
  made,
  newPerson,
  operatorOf,
  type Person,
  startWithAdmin,
  teamOf,
} from './cast.ts';
import { expectProblem } from './refusals.ts';

let server: Server;
let alice: Person;
let bob: Person;
let operator: ReturnType<typeof operatorOf>;
const sent = { requests: 0, refused: 0 };
/** Everything that was ever shown once. */
const secrets: Record<string, string> = {};

beforeAll(async () => {
  ({ server } = await startWithAdmin({ MEMHOLD_LOG_LEVEL: 'debug' }));
  operator = operatorOf(server);
  [alice, bob] = await Promise.all([newPerson(server, 'alice'), newPerson(server, 'bob')]);
  await made(alice.api('POST', '/memories', { content: 'the diary of alice' }));
});

const secretOf = (key: string) => key.slice(-43);
async function key(by: Api, more: object = {}) {
  const held = await keyOf(server, by, more);
  secrets[`secret ${Object.keys(secrets).length}`] = secretOf(held.key);
  return held;
}
async function refused(api: Api, status = 401, method = 'GET', path = '/memories?user_id=x', body?: unknown) {
  const answer = await api(method, path, body);
  expectProblem(answer, status, status === 401 ? 'unauthenticated' : undefined);
  sent.requests++;
  sent.refused++;
}
async function works(api: Api) {
  const { status, text } = await api('GET', '/memories?user_id=x');
  expect([status, text]).toEqual([200, expect.any(String)]);
  sent.requests++;
}

describe('a key makes no keys', () => {
  test('nor lists, rotates or revokes any, itself included, by any way of sending it', async () => {
    const { id, key: text } = await key(alice.api);
    const { id: other } = await key(alice.api);
    for (const headers of [{ 'x-api-key': text }, { authorization: `Token ${text}` }, bearer(text)]) {
      const api = apiOf(server.url, headers);
      for (const [method, path, body] of [
        ['POST', '/api-keys', { name: 'child' }],
        ['POST', '/api-keys', { name: 'child', permissions: ['memories:read'] }],
        ['GET', '/api-keys'],
        ['POST', `/api-keys/${id}/rotate`, {}],
        ['POST', `/api-keys/${other}/rotate`, {}],
        ['DELETE', `/api-keys/${id}`],
        ['DELETE', `/api-keys/${other}`],
      ] as const)
        await refused(api, 403, method, path, body);
      await works(api);
    }
    expect((await alice.api('GET', '/api-keys')).body.api_keys).toHaveLength(2);
  });

  test('not even the ready key of the administrator', () =>
    refused(server.api, 403, 'POST', '/api-keys', { name: 'k' }));
});

describe('a key may no more than its maker', () => {
  test('permissions that the role lacks are refused, and those of no key at all', async () => {
    const { body } = await alice.api('POST', '/api-keys', { name: 'k', permissions: ['scans:write'] });
    expect(body).toMatchObject({ status: 403, code: 'permission_denied' });
    for (const permission of [
      'keys:manage',
      'members:manage',
      'users:manage',
      'audit:read',
      'memories:reveal',
      'admin:*',
    ])
      await refused(alice.api, 400, 'POST', '/api-keys', {
        name: 'k',
        permissions: ['memories:read', permission],
      });
  });

  test('a key bound to entities reaches no others: not by naming, filtering or changing them', async () => {
    const bound = await key(alice.api, { entities: { agent_id: 'robot' } });
    const free = await key(alice.api);
    const { id } = await made(free.api('POST', '/memories', { content: 'of carol', user_id: 'carol' }));
    await refused(bound.api, 404, 'POST', '/memories', { content: 'x', agent_id: 'other' });
    for (const [method, path, body] of [
      ['GET', `/memories/${id}`],
      ['PUT', `/memories/${id}`, { content: 'x' }],
      ['DELETE', `/memories/${id}`],
    ] as const)
      await refused(bound.api, 404, method, path, body);
    const list = await bound.api('POST', '/v3/memories/', {
      filters: { OR: [{ user_id: 'carol' }, { agent_id: '*' }, { agent_id: { ne: 'robot' } }] },
    });
    expect(list.text).not.toContain('of carol');
    for (const body of [{ entities: null }, { entities: {} }, { entities: { user_id: '*' } }])
      expect((await bound.api('POST', '/api-keys', { name: 'k', ...body })).status).toBe(403);
    // No route widens a key that is there.
    for (const method of ['PUT', 'PATCH'])
      await refused(alice.api, 404, method, `/api-keys/${bound.id}`, {
        entities: null,
        permissions: ['scans:write'],
      });
  });

  test('in a namespace of others a member’s key reaches what the member does, and goes with the membership', async () => {
    const { id: team, admin: ruler } = await teamOf(server, alice);
    const member = await joined(server, ruler, team, bob, 'user');
    const { id } = await made(ruler.api('POST', '/memories', { content: 'for the founder alone' }));
    const free = await key(member.api);
    const list = await free.api('GET', `/memories?user_id=${alice.id}`);
    expect([list.status, list.body.total]).toEqual([200, 0]);
    await refused(free.api, 404, 'GET', `/memories/${id}`);
    await refused(free.api, 404, 'DELETE', `/memories/${id}`);
    await refused(free.api, 404, 'POST', '/memories', { content: 'planted', user_id: alice.id });
    await refused(member.api, 400, 'POST', '/api-keys', { name: 'k', entities: { user_id: alice.id } });
    await made(ruler.api('DELETE', `/namespaces/${team}/members/${bob.id}`));
    await refused(free.api);
    bob = await loggedIn(server, 'bob', bob.password);
    await works((await key(bob.api)).api);
  });
});

describe('a key ends', () => {
  test('when it is revoked, at once, and is not told from one that never was', async () => {
    const { id, key: text, api } = await key(alice.api);
    await works(api);
    await made(alice.api('DELETE', `/api-keys/${id}`));
    await refused(api);
    const never = apiOf(server.url, { 'x-api-key': text.replace(/.{8}$/, 'AAAAAAAA') });
    const [one, other] = [await api('GET', '/memories'), await never('GET', '/memories')];
    expect({ ...one.body, request_id: 0 }).toEqual({ ...other.body, request_id: 0 });
    await refused(alice.api, 404, 'DELETE', `/api-keys/${id}`);
    await refused(alice.api, 404, 'POST', `/api-keys/${id}/rotate`, {});
  });

  test('at its time, also where it was used a moment before', async () => {
    const expires_at = new Date(Date.now() + 1500).toISOString();
    const { api } = await key(alice.api, { expires_at });
    await works(api);
    await expect
      .poll(async () => (await api('GET', '/memories?user_id=x')).status, { timeout: 10_000 })
      .toBe(401);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expires_at));
  });

  test('with its owner: banned, demoted and removed', async () => {
    const owner = await newPerson(server, 'owner');
    const { api } = await key(owner.api);
    await works(api);
    const path = `/users/${owner.id}`;
    await operator('PATCH', path, { is_active: false });
    await refused(api);
    await operator('PATCH', path, { is_active: true });
    await works(api);
    await operator('PATCH', path, { role: 'readonly' });
    await works(api);
    await refused(api, 403, 'POST', '/memories', { content: 'x', user_id: 'u' });
    expect((await api('DELETE', '/v1/memories/?user_id=u')).status).toBe(403);
    await operator('DELETE', path);
    await refused(api);
  });
});

describe('a rotated key', () => {
  const rotate = async (by: Api, id: string, body: object = {}) => {
    const { key: text } = await made(by('POST', `/api-keys/${id}/rotate`, body));
    secrets[`secret ${Object.keys(secrets).length}`] = secretOf(text);
    return apiOf(server.url, { 'x-api-key': text });
  };

  test('has two good secrets in the overlap, of which a second rotation leaves the later two', async () => {
    const first = await key(alice.api);
    const second = await rotate(alice.api, first.id);
    await works(first.api);
    await works(second);
    const third = await rotate(alice.api, first.id, { overlap_seconds: 60 });
    await refused(first.api);
    await works(second);
    await works(third);
    const fourth = await rotate(alice.api, first.id, { overlap_seconds: 0 });
    await refused(second);
    await refused(third);
    await works(fourth);
  });

  test('loses the old secret when the overlap is over', async () => {
    const old = await key(alice.api);
    const fresh = await rotate(alice.api, old.id, { overlap_seconds: 1 });
    await works(fresh);
    await expect
      .poll(async () => (await old.api('GET', '/memories?user_id=x')).status, { timeout: 10_000 })
      .toBe(401);
    await works(fresh);
  });

  test('is rotated by nobody else', async () => {
    const { id, api } = await key(alice.api);
    await refused(bob.api, 404, 'POST', `/api-keys/${id}/rotate`, {});
    await refused(bob.api, 404, 'DELETE', `/api-keys/${id}`);
    await works(api);
  });
});

describe('how a key is sent', () => {
  test('in three ways, and never in two that differ', async () => {
    const one = await key(alice.api);
    const two = await key(alice.api);
    const ways = (text: string) => [
      { 'x-api-key': text },
      { authorization: `Token ${text}` },
      bearer(text),
      { authorization: `token  ${text}` },
    ];
    for (const headers of ways(one.key)) await works(apiOf(server.url, headers));
    await works(apiOf(server.url, { ...bearer(one.key), 'x-api-key': one.key }));
    for (const headers of [
      { 'x-api-key': one.key, authorization: `Token ${two.key}` },
      { 'x-api-key': one.key, ...bearer(two.key) },
      { 'x-api-key': one.key, ...bearer(alice.token) },
      { 'x-api-key': alice.token },
      { authorization: `Token ${alice.token}` },
      { authorization: `Basic ${Buffer.from(`x:${one.key}`).toString('base64')}` },
      { authorization: one.key },
      { authorization: `Bearer ${one.key}, Bearer ${two.key}` },
      { 'x-api-key': `${one.key}, ${two.key}` },
      { 'x-api-key': '' },
      { 'x-api-key': one.key.toUpperCase() },
      { 'x-api-key': `${one.key}\u00a0` },
      { cookie: `api_key=${one.key}; x-api-key=${one.key}` },
    ])
      await refused(apiOf(server.url, headers as Record<string, string>));
  });

  test('two headers of one name are refused when they differ', async () => {
    const [one, two] = [await key(alice.api), await key(alice.api)];
    for (const headers of [
      ['X-API-Key', one.key, 'x-api-key', two.key],
      ['Authorization', `Bearer ${one.key}`, 'X-API-Key', two.key],
    ])
      expect(await rawStatus('/memories?user_id=x', headers)).toBe(401);
    sent.refused += 2;
  });

  test('in a URL it is no credential, and is written down nowhere', async () => {
    const { key: text } = await key(alice.api);
    const open = apiOf(server.url);
    for (const name of ['api_key', 'apikey', 'key', 'token', 'access_token', 'x-api-key', 'authorization'])
      await refused(open, 401, 'GET', `/memories?user_id=x&${name}=${text}`);
    await refused(open, 401, 'GET', `/memories/${text}`);
    expect((await open('DELETE', `/v1/memories/?token=${text}&user_id=x`)).status).toBe(401);
    // Beside a credential, right or wrong, such a path is on record.
    await refused(apiOf(server.url, bearer('x.y.z')), 401, 'GET', `/memories/${text}`);
    await refused(alice.api, 404, 'GET', `/memories/${text}`);
    await refused(alice.api, 400, 'GET', `/memories?api_key=${text}`);
    await refused(alice.api, 404, 'GET', `/${text}/memories`);
    expect(await rawStatus('/memories?user_id=x', ['Authorization', `Basic ${text}`])).toBe(401);
  });
});

/** The status of a request with its headers as they are. */
function rawStatus(path: string, headers: string[]): Promise<number> {
  const { hostname, port } = new URL(server.url);
  const host = ['Host', `${hostname}:${port}`];
  return new Promise((resolve, reject) => {
    const options = { hostname, port, path, headers: [...host, ...headers] };
    const call = request(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    });
    call.on('error', reject);
    call.end();
  });
}

test('the list says when a key was last used, and never its secret', async () => {
  const { id, api } = await key(alice.api);
  const shown = async () =>
    (await alice.api('GET', '/api-keys')).body.api_keys.find((one: { id: string }) => one.id === id);
  expect((await shown()).last_used_at).toBeNull();
  const before = Date.now();
  await works(api);
  await expect.poll(async () => (await shown()).last_used_at).not.toBeNull();
  expect(Date.parse((await shown()).last_used_at)).toBeGreaterThanOrEqual(before);
  const { text } = await alice.api('GET', '/api-keys');
  for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
});

afterAll(async () => {
  await server.stop();
  expect(sent.refused).toBeGreaterThan(60);
  expect(Object.keys(secrets).length).toBeGreaterThan(15);
  const { file } = await exportLog(server.dataDir);
  const haystacks = [
    ...filesBelow(server.dataDir),
    ...filesBelow(dirname(file)),
    { name: 'what the server printed', bytes: Buffer.from(server.output()) },
  ];
  expect(occurrences(haystacks, secrets)).toEqual([]);
  const types = exportedEvents(file).map(({ type }) => type);
  for (const type of [
    'apikey.created',
    'apikey.rotated',
    'apikey.revoked',
    'auth.token.invalid',
    'auth.token.expired',
  ])
    expect(types).toContain(type);
  expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
  console.info(
    `${sent.requests} requests with keys, ${sent.refused} refused, ${Object.keys(secrets).length} secrets found nowhere`,
  );
}, 60_000);
