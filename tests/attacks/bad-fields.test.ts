import { beforeAll, describe, expect, test } from 'vitest';
import { type Api, registered } from '../api.ts';
import { type Server, startServer } from '../server-process.ts';
import { Battery, expectProblem } from './refusals.ts';

const USER = 'bad-fields';
let server: Server;
let battery: Battery;
let alice: { api: Api; password: string };
beforeAll(async () => {
  server = await startServer();
  battery = new Battery(server);
  alice = await registered(server.url, 'alice');
});

const text = [null, true, 0, 1.5, [], ['x'], {}, { a: 1 }, ''];
const number = [null, true, '5', '', [], {}, -1, 0, 1.5, 1e300];
const flag = [null, 'true', 1, 0, '', [], {}];
const object = [null, true, 1, 'x', '', [], [{}]];
const list = [null, true, 1, 'x', {}, [1], [null], [''], [[]]];

/** One valid body for each native route that takes one, and for each field what it must not be. */
const routes: Record<
  string,
  { method: string; path: string; valid: object; wrong: Record<string, unknown[]> }
> = {
  'a new memory': {
    method: 'POST',
    path: '/memories',
    valid: { content: 'x', user_id: USER },
    wrong: {
      content: text,
      user_id: text,
      agent_id: text,
      app_id: text,
      run_id: text,
      thread_id: text,
      role: text,
      speaker: text,
      metadata: object,
      categories: list,
      timestamp: [...text, 'now', '2030-01-01', '2030-01-01T00:00:00', '2030-01-01T25:00:00Z', '1700000000'],
      expires_on: [
        ...text,
        'tomorrow',
        '2030-02-30',
        '2030-13-01',
        '2030-1-1',
        '30-01-01',
        '2030-01-01T00:00:00Z',
        '01.01.2030',
        ' 2030-01-01',
        '2020-01-01',
        '0000-00-00',
      ],
    },
  },
  'a search': {
    method: 'POST',
    path: '/memories/search',
    valid: { query: 'x', user_id: USER },
    wrong: {
      query: text,
      user_id: text,
      agent_id: text,
      thread_id: text,
      filters: [
        ...object,
        { colour: 'red' },
        { userId: 'x' },
        { user_id: { near: 'x' } },
        { AND: 'x' },
        { OR: [1] },
        { created_at: { gte: 'yesterday' } },
        { created_at: { gte: {} } },
        { user_id: { in: 'x' } },
        { NOT: null },
      ],
      top_k: [...number, 1001],
      threshold: [null, true, '0.5', -0.1, 1.1, [], {}],
      show_expired: flag,
    },
  },
  'an API key': {
    method: 'POST',
    path: '/api-keys',
    valid: { name: 'key' },
    wrong: {
      name: [...text, 'x'.repeat(101)],
      permissions: [
        null,
        'memories:read',
        [],
        [1],
        ['nonsense'],
        ['admin:*'],
        ['keys:manage'],
        ['users:manage'],
        ['audit:read'],
        ['memories:reveal'],
        {},
      ],
      entities: [true, 1, 'x', [], {}, { user_id: 1 }, { user_id: '' }, { user: 'x' }, { user_id: null }],
      max_trust: [true, 1, '', [], {}, 'HIGH', 'a b'],
      expires_at: [true, 1, '', 'soon', '2030-01-01', '2020-01-01T00:00:00Z', [], {}],
    },
  },
  'a registration': {
    method: 'POST',
    path: '/auth/register',
    valid: { username: 'bob_the_new', email: 'bob@example.com', password: 'Bobs-Horse-7' },
    wrong: {
      username: [...text, 'ab', 'x'.repeat(51), 'a b', 'a@b', 'bob;--', 'bób', 'bob\n', '../bob'],
      email: [
        ...text,
        'bob',
        'bob@',
        '@example.com',
        'bob@localhost',
        'a b@example.com',
        'bob@example.com\nBcc: x@y.zz',
        `${'x'.repeat(250)}@example.com`,
      ],
      password: [
        ...text,
        'short1A',
        'alllowercase1',
        'ALLUPPERCASE1',
        'NoDigitsHere',
        `Aa1${'x'.repeat(126)}`,
        'x'.repeat(1025),
      ],
      full_name: [true, 1, [], {}, '', 'x'.repeat(201), 'a\u0000b'],
      role: ['admin'],
      roles: [['admin']],
      namespace: ['default'],
      is_active: [true],
    },
  },
  'a login': {
    method: 'POST',
    path: '/auth/login',
    valid: { username: 'alice', password: 'wrong' },
    wrong: {
      username: text,
      email: ['alice@example.com'],
      password: [...text, 'x'.repeat(1025)],
      otp: ['1'],
    },
  },
  'a password change': {
    method: 'POST',
    path: '/auth/change-password',
    valid: { current_password: 'x', new_password: 'y' },
    wrong: { current_password: text, new_password: [...text, 'weak', 'x'.repeat(1025)], username: ['admin'] },
  },
};
/** Routes that an API key may not call at all are tried with a login. */
const needLogin = ['/api-keys', '/auth/change-password'];
const callerOf = (path: string): Api =>
  needLogin.includes(path) ? battery.counting(alice.api) : battery.api;

describe.each(Object.entries(routes))('%s', (_, { method, path, valid, wrong }) => {
  test.each(Object.entries(wrong))(
    'with a wrong %s is refused, and the field is named',
    async (field, values) => {
      for (const value of values) {
        const answer = await callerOf(path)(method, path, { ...valid, [field]: value });
        expectProblem(answer, 400, /^(invalid_input|invalid_filter|weak_password)$/);
        const named = JSON.stringify(answer.body.errors ?? '') + answer.body.detail;
        if (field !== 'filters' && field !== 'email')
          expect([value, named]).toEqual([value, expect.stringContaining(field)]);
        if (typeof value === 'string' && value.length > 8) expect(answer.text).not.toContain(value);
      }
    },
  );

  test('with an unknown field is refused', async () => {
    for (const field of ['contnet', 'Content', 'id', 'version', 'is_admin', 'namespace_id', ''])
      expectProblem(await callerOf(path)(method, path, { ...valid, [field]: 'x' }), 400, 'invalid_input');
  });

  test('without its required fields, or as something else than an object, is refused', async () => {
    for (const body of [{}, [], [valid], 'x', 1, null, true])
      expectProblem(await callerOf(path)(method, path, JSON.stringify(body)), 400, /^invalid_(input|json)$/);
    expectProblem(await callerOf(path)(method, path), 400);
  });
});

describe('an update', () => {
  test('of a wrong kind changes nothing', async () => {
    const made = await battery.api('POST', '/memories', { content: 'before', user_id: USER });
    const path = `/memories/${made.body.id}`;
    const wrong = [
      {},
      { content: null },
      { content: '' },
      { content: 5 },
      { metadata: null },
      { metadata: 'x' },
      { expires_on: 'x' },
      { user_id: 'someone-else' },
      { content: 'x', user_id: 'someone-else' },
      { content: 'x', version: 7 },
      { id: 'x' },
    ];
    for (const body of wrong) expectProblem(await battery.api('PUT', path, body), 400, 'invalid_input');
    expect((await battery.api('GET', path)).body).toMatchObject({
      content: 'before',
      version: 1,
      user_id: USER,
    });
  });
});

test('a day that has passed retires a memory: search and list no longer show it, its id still does', async () => {
  const made = await battery.api('POST', '/memories', { content: 'lighthouse keeper', user_id: USER });
  const path = `/memories/${made.body.id}`;
  const find = async () =>
    (await battery.api('POST', '/memories/search', { query: 'lighthouse', user_id: USER })).body.results;
  expect(await find()).toHaveLength(1);
  expect((await battery.api('PUT', path, { expires_on: '2020-01-01' })).status).toBe(200);
  expect(await find()).toEqual([]);
  expect((await battery.api('GET', path)).body.expires_on).toBe('2020-01-01');
});

test('all that was refused left nothing behind, and the server is well', () =>
  battery.expectNothingElseStored());
