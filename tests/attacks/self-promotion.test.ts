import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiOf } from '../api.ts';
import type { Server } from '../server-process.ts';
import { keyOf, loggedIn, made, newPerson, operatorOf, type Person, startWithAdmin, teamOf } from './cast.ts';
import { expectProblem } from './refusals.ts';

let server: Server;
let admin: Person;
let mallory: Person;
let reader: Person;
let operator: ReturnType<typeof operatorOf>;
const PASSWORD = 'Correct-Horse-7';
const again = ({ username }: Person) => loggedIn(server, username, PASSWORD);
const rolesOf = async ({ id }: Person) => (await operator('GET', `/users/${id}`)).body.roles;

beforeAll(async () => {
  ({ server, admin } = await startWithAdmin());
  operator = operatorOf(server);
  mallory = await newPerson(server, 'mallory');
  reader = await newPerson(server, 'reader');
  await operator('PATCH', `/users/${reader.id}`, { role: 'readonly' });
  reader = await again(reader);
});
afterAll(async () => {
  expect(server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
  await server.stop();
});

describe('fields that nobody may set for themselves', () => {
  const FIELDS: Record<string, unknown> = {
    role: 'admin',
    roles: ['admin'],
    namespace: 'n',
    namespace_id: 1,
    is_active: true,
    is_admin: true,
    is_verified: true,
    epoch: 0,
    user_id: 'u',
    account: 1,
    account_id: 1,
    permissions: ['admin:*'],
    password_hash: 'x',
    id: 'x',
    boundTo: {},
  };
  /** As text: an object literal would set the prototype instead of a field. */
  const POLLUTED = [
    '"__proto__":{"role":"admin"}',
    '"constructor":{"prototype":{"role":"admin"}}',
    '"\\u005f_proto__":{"role":"admin"}',
  ];
  let count = 0;
  const lists = async () => {
    const answers = await Promise.all(
      ['/users', '/invitations', '/api-keys', '/namespaces'].map((path) => admin.api('GET', path)),
    );
    const own = await Promise.all(
      ['/api-keys', '/namespaces', '/auth/me', '/memories'].map((path) => mallory.api('GET', path)),
    );
    return [...answers, ...own].map(({ text }) => text).join('\n');
  };

  interface Case {
    what: string;
    by(): Api;
    method: string;
    path(): string;
    body: Record<string, unknown>;
    /** Fields that are its own. */
    own: string[];
  }
  const account = { username: 'newcomer', email: 'newcomer@example.com' };
  const cases: Case[] = [
    {
      what: 'registration',
      by: () => apiOf(server.url),
      method: 'POST',
      path: () => '/auth/register',
      body: { ...account, password: PASSWORD },
      own: [],
    },
    {
      what: 'a login',
      by: () => apiOf(server.url),
      method: 'POST',
      path: () => '/auth/login',
      body: { username: 'mallory', password: PASSWORD },
      own: ['namespace'],
    },
    {
      what: 'a new user',
      by: () => admin.api,
      method: 'POST',
      path: () => '/users',
      body: account,
      own: ['role'],
    },
    {
      what: 'a change of a user',
      by: () => admin.api,
      method: 'PATCH',
      path: () => `/users/${mallory.id}`,
      body: { is_active: true },
      own: ['role', 'is_active'],
    },
    {
      what: 'an invitation to the server',
      by: () => admin.api,
      method: 'POST',
      path: () => '/invitations',
      body: {},
      own: ['role'],
    },
    {
      what: 'an invitation to a namespace',
      by: () => admin.api,
      method: 'POST',
      path: () => `/namespaces/${admin.namespace}/invitations`,
      body: {},
      own: ['role'],
    },
    {
      what: 'a key',
      by: () => mallory.api,
      method: 'POST',
      path: () => '/api-keys',
      body: { name: 'k' },
      own: [],
    },
    {
      what: 'the entities of a key',
      by: () => mallory.api,
      method: 'POST',
      path: () => '/api-keys',
      body: { name: 'k', entities: { agent_id: 'a' } },
      own: [],
    },
    {
      what: 'a namespace',
      by: () => mallory.api,
      method: 'POST',
      path: () => '/namespaces',
      body: { name: 'n' },
      own: [],
    },
    {
      what: 'settings of a namespace',
      by: () => admin.api,
      method: 'PATCH',
      path: () => `/namespaces/${admin.namespace}`,
      body: { audit_reads: 'durable' },
      own: [],
    },
    {
      what: 'a session',
      by: () => mallory.api,
      method: 'POST',
      path: () => '/auth/sessions',
      body: { namespace: 'x' },
      own: ['namespace'],
    },
    {
      what: 'a new password',
      by: () => mallory.api,
      method: 'POST',
      path: () => '/auth/change-password',
      body: { current_password: PASSWORD, new_password: 'Another-Horse-8' },
      own: [],
    },
    {
      what: 'a memory',
      by: () => mallory.api,
      method: 'POST',
      path: () => '/memories',
      body: { content: 'x' },
      own: ['role', 'user_id'],
    },
  ];

  test.each(cases)('$what takes none of them', async ({ by, method, path, body, own }) => {
    const before = await lists();
    for (const [field, value] of Object.entries(FIELDS)) {
      if (own.includes(field)) continue;
      const answer = await by()(method, path(), { ...body, [field]: value });
      expect([field, answer.status]).toEqual([field, 400]);
      count++;
    }
    for (const polluted of POLLUTED) {
      const text = JSON.stringify(body);
      const answer = await by()(method, path(), `{${polluted}${text === '{}' ? '' : ','}${text.slice(1)}`);
      expect([polluted, answer.status]).toEqual([polluted, 400]);
      count++;
    }
    expect(await lists()).toBe(before);
  });

  test('a key is never made with permissions that no key may have', async () => {
    for (const permission of [
      'keys:manage',
      'users:manage',
      'members:manage',
      'audit:read',
      'admin:*',
      '*',
    ]) {
      const body = { name: 'k', permissions: [permission] };
      expectProblem(await admin.api('POST', '/api-keys', body), 400, 'invalid_input');
      count++;
    }
  });

  test('of each many were tried', () => {
    console.info(`${count} bodies with a field too many`);
    expect(count).toBeGreaterThan(200);
  });
});

describe('a readonly account', () => {
  test('writes nothing by any door, nor makes what writes in its place', async () => {
    const { api, id } = reader;
    const tries: [string, string, object?][] = [
      ['POST', '/memories', { content: 'x' }],
      ['POST', '/v3/memories/add/', { messages: 'x', user_id: id }],
      ['PUT', `/memories/${id}`, { content: 'x' }],
      ['DELETE', `/v1/memories/?user_id=${id}`],
      ['POST', '/api-keys', { name: 'k' }],
      ['POST', '/namespaces', { name: 'n' }],
      ['PATCH', `/namespaces/${reader.namespace}`, { audit_reads: 'deferred' }],
    ];
    for (const [method, path, body] of tries)
      expect([path, (await api(method, path, body)).status]).toEqual([path, 403]);
    expect((await api('GET', '/memories')).body).toMatchObject({ total: 0 });
  });
});

describe('nobody makes themselves more than they are', () => {
  test('through what changes users, members or settings', async () => {
    for (const { api, id, namespace } of [mallory, reader]) {
      const tries: [string, string, object][] = [
        ['PATCH', `/users/${id}`, { role: 'admin' }],
        ['POST', '/users', { username: 'puppet', email: 'puppet@example.com', role: 'admin' }],
        ['POST', '/invitations', { role: 'admin' }],
        ['PATCH', `/namespaces/${namespace}/members/${id}`, { role: 'admin' }],
        ['PATCH', `/namespaces/${admin.namespace}/members/${id}`, { role: 'admin' }],
        ['POST', `/namespaces/${namespace}/invitations`, { role: 'admin' }],
        ['POST', `/namespaces/${admin.namespace}/invitations`, { role: 'admin' }],
        ['POST', `/users/${id}/certificates`, { name: 'DNS:mallory.example.org' }],
        ['POST', `/users/${admin.id}/reset-password`, {}],
      ];
      for (const [method, path, body] of tries)
        expectProblem(await api(method, path, body), 403, 'permission_denied');
    }
    expect([await rolesOf(mallory), await rolesOf(reader)]).toEqual([['user'], ['readonly']]);
  });

  test('through an invitation to the server, taken up with an account that is there', async () => {
    const { token } = (await operator('POST', '/invitations', { role: 'admin' })).body;
    expectProblem(
      await mallory.api('POST', '/auth/invitations/accept', { token }),
      400,
      'invitation_invalid',
    );
    expect(await rolesOf(mallory)).toEqual(['user']);
    const { body } = await operator('GET', '/invitations');
    for (const { id } of body.invitations) await operator('DELETE', `/invitations/${id}`);
    const words = { username: 'late', email: 'late@example.com', password: PASSWORD, invitation: token };
    expectProblem(await apiOf(server.url)('POST', '/auth/register', words), 400, 'invitation_invalid');
  });

  test('through an invitation for another address, read in their mail', async () => {
    const path = `/namespaces/${admin.namespace}/invitations`;
    await made(admin.api('POST', path, { email: 'chosen@example.com', role: 'admin' }));
    const outbox = `${server.dataDir}.outbox`;
    const read = () =>
      readdirSync(outbox)
        .filter((name) => name.endsWith('.eml'))
        .map((name) =>
          readFileSync(join(outbox, name), 'utf8').replaceAll('=\r\n', '').replaceAll('=3D', '='),
        )
        .find((mail) => mail.includes('chosen@example.com'));
    await expect.poll(read, { timeout: 10_000 }).toBeDefined();
    const token = /mhi_[\w-]{43}/.exec(read()!)![0];
    const accept = await mallory.api('POST', '/auth/invitations/accept', { token });
    expectProblem(accept, 400, 'invitation_invalid');
    const words = { username: 'other', email: 'other@example.com', password: PASSWORD, invitation: token };
    expectProblem(await apiOf(server.url)('POST', '/auth/register', words), 400, 'invitation_invalid');
    const enter = await mallory.api('POST', '/auth/sessions', { namespace: admin.namespace });
    expectProblem(enter, 404, 'not_found');
  });

  test('through a namespace of their own: its administrator has no say over the server', async () => {
    const { admin: ruler, id } = await teamOf(server, mallory);
    const tries: [string, string, object?][] = [
      ['POST', '/invitations', { role: 'user' }],
      ['GET', '/invitations'],
      ['GET', '/users'],
      ['POST', '/users', { username: 'puppet', email: 'puppet@example.com' }],
      ['PATCH', `/users/${mallory.id}`, { role: 'admin' }],
    ];
    for (const [method, path, body] of tries)
      expectProblem(await ruler.api(method, path, body), 403, 'permission_denied');
    expectProblem(await ruler.api('GET', '/auth/users/admin'), 404, 'not_found');
    // An invitation to their namespace is no account with rights.
    const { token } = await made(ruler.api('POST', `/namespaces/${id}/invitations`, { role: 'admin' }));
    const words = { username: 'guest', email: 'guest@example.com', password: PASSWORD, invitation: token };
    const { user } = await made(apiOf(server.url)('POST', '/auth/register', words));
    expect(user.roles).toEqual(['user']);
    const guest = await loggedIn(server, 'guest', PASSWORD, id);
    expect((await guest.api('GET', `/namespaces/${id}/members`)).status).toBe(200);
    expectProblem(await guest.api('GET', '/users'), 403, 'permission_denied');
  });

  test('through a session from before: a role that was taken away is gone at once', async () => {
    const { token, id } = await teamOf(server, admin).then(async (team) => ({
      ...(await made(team.admin.api('POST', `/namespaces/${team.id}/invitations`, { role: 'admin' }))),
      id: team.id,
    }));
    await made(mallory.api('POST', '/auth/invitations/accept', { token }));
    const ruler = await loggedIn(server, 'mallory', PASSWORD, id);
    const boss = await loggedIn(server, 'admin', PASSWORD, id);
    await made(ruler.api('POST', `/namespaces/${id}/invitations`, { role: 'admin' }));
    const { api: key } = await keyOf(server, ruler.api, { permissions: ['memories:read', 'scans:write'] });
    await made(boss.api('PATCH', `/namespaces/${id}/members/${mallory.id}`, { role: 'user' }));
    expectProblem(await ruler.api('GET', `/namespaces/${id}/members`), 401, 'unauthenticated');
    // What they invited to as an administrator is void, and their key reads their own alone.
    expect((await boss.api('GET', `/namespaces/${id}/invitations`)).body.invitations).toEqual([]);
    await made(boss.api('POST', '/memories', { content: 'for administrators' }));
    const list = await key('GET', `/memories?user_id=${admin.id}`);
    expect([list.status, list.body.total]).toEqual([200, 0]);
    mallory = await again(mallory);
    await made(boss.api('DELETE', `/namespaces/${id}/members/${mallory.id}`));
    expectProblem(await key('GET', '/memories'), 401, 'unauthenticated');
    mallory = await again(mallory);
    expectProblem(await mallory.api('POST', '/auth/sessions', { namespace: id }), 404, 'not_found');
  });
});

test('a deactivated account ends at once, with its tokens and keys; an active one has to log in anew', async () => {
  const victim = await newPerson(server, 'shortlived');
  const key = await keyOf(server, victim.api);
  expect((await key.api('GET', '/memories?user_id=x')).status).toBe(200);
  await operator('PATCH', `/users/${victim.id}`, { is_active: false });
  for (const api of [victim.api, key.api])
    expectProblem(await api('GET', '/memories?user_id=x'), 401, 'unauthenticated');
  const words = { username: 'shortlived', password: PASSWORD };
  expectProblem(await apiOf(server.url)('POST', '/auth/login', words), 401, 'invalid_credentials');
  await operator('PATCH', `/users/${victim.id}`, { is_active: true });
  expectProblem(await victim.api('GET', '/auth/me'), 401, 'unauthenticated');
  await operator('DELETE', `/users/${victim.id}`);
  expectProblem(await key.api('GET', '/memories?user_id=x'), 401, 'unauthenticated');
});

describe('an invitation to a namespace, where registration is by invitation', () => {
  test('opens the server only when an administrator of the server made it', async () => {
    const { server: closed, admin: boss } = await startWithAdmin({ MEMHOLD_REGISTRATION: 'invite' });
    const open = apiOf(closed.url);
    const register = (username: string, invitation?: string) =>
      open('POST', '/auth/register', {
        username,
        email: `${username}@example.com`,
        password: PASSWORD,
        ...(invitation && { invitation }),
      });
    expectProblem(await register('stranger'), 403, 'registration_closed');
    const { token: first } = await made(boss.api('POST', '/invitations', {}));
    await made(register('member', first));
    expectProblem(await register('second', first), 400, 'invitation_invalid');
    const member = await loggedIn(closed, 'member', PASSWORD);
    const { admin: ruler, id } = await teamOf(closed, member);
    const { token } = await made(ruler.api('POST', `/namespaces/${id}/invitations`, { role: 'user' }));
    expectProblem(await register('friend', token), 403, 'registration_closed');
    await closed.stop();
  });
});
