import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type Api, apiOf, bearer } from '../api.ts';
import type { Server } from '../server-process.ts';
import { keyOf, newPerson, startWithAdmin } from './cast.ts';

const TOKEN = 'static-token-of-the-operator-for-attacks';
const MISSING = '01890000-0000-7000-8000-000000000000';

let server: Server;
/** With the static token: the administrator's namespace, where Ann's memories are. */
let owner: Api;
let id: string;
const attackers: Record<string, Api> = {};
let keyOfBob: string;

beforeAll(async () => {
  const started = await startWithAdmin({ AUTH_TOKEN: TOKEN, MEMHOLD_RATE_LIMITS: 'on' });
  server = started.server;
  owner = apiOf(server.url, bearer(TOKEN));
  const { body } = await owner('POST', '/remember', {
    user_id: 'ann',
    messages: 'the diary of Ann: heliotrope',
  });
  id = body.memories[0].id;
  const { api } = started.admin;
  const bob = await keyOf(server, api, { entities: { user_id: 'bob' } });
  keyOfBob = bob.key;
  attackers['a key bound to another user'] = bob.api;
  attackers['a key bound to an agent'] = (await keyOf(server, api, { entities: { agent_id: 'robot' } })).api;
  attackers['a key bound to the user and a run'] = (
    await keyOf(server, api, { entities: { user_id: 'ann', run_id: 'other' } })
  ).api;
  const mallory = await newPerson(server, 'mallory');
  attackers['another account'] = mallory.api;
  attackers['a key of another namespace'] = (await keyOf(server, mallory.api)).api;
});
afterAll(() => server.stop());

/** What a caller can tell answers apart by. */
function seen({ status, body }: Answer) {
  const { request_id, ...rest } = body;
  return [status, rest];
}

const NAMES = [
  'a key bound to another user',
  'a key bound to an agent',
  'a key bound to the user and a run',
  'another account',
  'a key of another namespace',
];

describe.each(NAMES)('%s', (name) => {
  test('reads nothing of somebody else, and cannot tell whether there is such a user', async () => {
    const call = attackers[name]!;
    const own = name === 'a key bound to the user and a run';
    for (const [path, more] of [
      ['/search', { query: 'heliotrope diary' }],
      ['/list', {}],
      ['/forget', { confirm: 'all' }],
    ] as const) {
      const there = await call('POST', path, { user_id: 'ann', ...more });
      expect(there.text).not.toContain('heliotrope');
      expect(there.body.count ?? 0).toBe(0);
      if (name === 'a key bound to another user' || name === 'another account')
        expect([there.status, there.body.code]).toEqual([404, 'not_found']);
      // Bound to her, it knows of her; of her memories it knows none.
      if (own) expect(there.status).toBe(200);
      else expect(seen(there)).toEqual(seen(await call('POST', path, { user_id: 'nobody-at-all', ...more })));
    }
  });

  test('forgets nothing by its id, whoever it is said to be of', async () => {
    const call = attackers[name]!;
    const missing = await call('POST', '/forget', { user_id: 'ann', memory_id: MISSING });
    expect([missing.status, missing.body.code]).toEqual([404, 'not_found']);
    for (const user_id of ['ann', 'bob']) {
      const answer = await call('POST', '/forget', { user_id, memory_id: id });
      expect(seen(answer)).toEqual(seen(missing));
    }
  });
});

test('a memory is not forgotten in the name of another user, nor by a part of its id', async () => {
  const missing = seen(await owner('POST', '/forget', { user_id: 'ann', memory_id: MISSING }));
  for (const [user_id, memory_id] of [
    ['bob', id],
    ['ann', id.slice(0, -1)],
    ['ann', `${id}0`],
    ['ann', '%'],
    ['ann', '../memories'],
  ])
    expect(seen(await owner('POST', '/forget', { user_id, memory_id }))).toEqual(missing);
  const { body } = await owner('POST', '/list', { user_id: 'ann' });
  expect(body).toMatchObject({ count: 1, memories: [{ id }] });
});

test('what a bound key remembers is of its own user, or of nobody', async () => {
  const bob = apiOf(server.url, bearer(keyOfBob));
  const answer = await bob('POST', '/remember', { user_id: 'ann', messages: 'planted' });
  expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
  const run = attackers['a key bound to the user and a run']!;
  const other = await run('POST', '/remember', { user_id: 'ann', run_id: 'mine', messages: 'planted' });
  expect(other.status).toBe(404);
  expect((await owner('POST', '/list', { user_id: 'ann' })).body.count).toBe(1);
});

describe('a limit', () => {
  test('is not got around by spelling the path or the credential in another way', async () => {
    const { key } = { key: keyOfBob };
    const body = { user_id: 'bob', confirm: 'all' };
    const plain = apiOf(server.url);
    const forget = (path: string, headers: Record<string, string>) => plain('POST', path, body, headers);
    let answer = await forget('/forget', { 'x-api-key': key });
    for (let sent = 1; answer.status === 200; sent++) {
      expect(sent).toBeLessThan(40);
      answer = await forget('/forget', { 'x-api-key': key });
    }
    expect(answer.body).toEqual({ error: 'Rate limit exceeded', detail: '10 per minute' });
    const spelled: [string, Record<string, string>][] = [
      ['/forget/', { 'x-api-key': key }],
      ['//forget', { 'x-api-key': key }],
      ['/%66orget', { 'x-api-key': key }],
      ['/forget?fresh=1', { 'x-api-key': key }],
      ['/forget', { 'X-API-KEY': key }],
      ['/forget', { Authorization: `Bearer ${key}` }],
      ['/forget', { AUTHORIZATION: `bearer  ${key}` }],
      ['/forget', { authorization: `TOKEN ${key} ` }],
      ['/forget', { authorization: `Token ${key}`, 'x-api-key': key }],
      ['/forget', { 'x-api-key': key, 'x-forwarded-for': '203.0.113.9' }],
      ['/forget', { 'x-api-key': key, forwarded: 'for=203.0.113.9' }],
      ['/forget', { 'x-api-key': key, 'x-real-ip': '203.0.113.9', 'user-agent': 'another' }],
    ];
    for (const [path, headers] of spelled) {
      const { status, headers: told } = await forget(path, headers);
      expect([200, 429]).toContain(status);
      expect(told.get('x-ratelimit-limit')).toBe('10');
      // One of its own would have nine left. Here one comes free every six seconds.
      expect(Number(told.get('x-ratelimit-remaining')), `${path} ${JSON.stringify(headers)}`).toBeLessThan(5);
    }
    for (const path of ['/Forget', '/forget/x', '/forget;x', '/forget%2f'])
      expect((await forget(path, { 'x-api-key': key })).status).toBe(404);
    expect((await plain('GET', '/forget', undefined, { 'x-api-key': key })).status).toBe(404);
  });

  test('of somebody is used up by nobody else', async () => {
    for (let sent = 0; sent < 12; sent++)
      await apiOf(server.url)('POST', '/list', { user_id: 'ann' }, bearer(`${TOKEN}${sent}`));
    const answer = await owner('POST', '/list', { user_id: 'ann' });
    expect(answer.status).toBe(200);
    expect(Number(answer.headers.get('x-ratelimit-remaining'))).toBeGreaterThan(5);
  });
});

describe('a body that is none of these', () => {
  const key = () => bearer(TOKEN);
  const nested = JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`);

  test.each<[string, unknown, number, string]>([
    ['no JSON', '{"user_id": "ann"', 400, 'invalid_json'],
    ['an empty one', '', 400, 'invalid_input'],
    ['a list', [], 400, 'invalid_input'],
    ['a prototype', '{"user_id":"ann","__proto__":{"confirm":"all"}}', 400, 'invalid_json'],
    ['a wildcard', { user_id: '*', messages: 'x' }, 400, 'invalid_input'],
    ['ids in a list', { user_id: ['ann', 'bob'], messages: 'x' }, 400, 'invalid_input'],
    ['a name with NUL', { user_id: 'ann\0', messages: 'x' }, 400, 'invalid_input'],
    ['too deep metadata', { user_id: 'ann', messages: 'x', metadata: nested }, 400, 'invalid_input'],
    ['too many tags', { user_id: 'ann', messages: 'x', tags: Array(21).fill('t') }, 400, 'invalid_input'],
    ['a day that was', { user_id: 'ann', messages: 'x', expires_at: '2001-01-01' }, 400, 'invalid_input'],
    ['no day', { user_id: 'ann', messages: 'x', expires_at: '2030-02-31' }, 400, 'invalid_input'],
    ['an unknown field', { user_id: 'ann', messages: 'x', org: 'y' }, 400, 'invalid_input'],
    ['too much text', { user_id: 'ann', messages: 'x'.repeat(70_000) }, 413, 'text_too_large'],
    ['too much of all', 'x'.repeat(1_100_000), 413, 'body_too_large'],
  ])('%s is refused whole, in the shape of this door', async (_, body, status, code) => {
    const answer = await apiOf(server.url, key())('POST', '/remember', body, {
      'content-type': 'application/json',
    });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(Object.keys(answer.body)).toEqual(['error', 'detail', 'code', 'request_id']);
    expect(answer.headers.get('x-ratelimit-limit')).toBe('20');
  });

  test('another type of content is refused', async () => {
    const answer = await owner('POST', '/remember', 'user_id=ann', { 'content-type': 'text/plain' });
    expect([answer.status, answer.body.code]).toEqual([415, 'unsupported_media_type']);
  });

  test('nothing of it was stored', async () => {
    expect((await owner('POST', '/list', { user_id: 'ann' })).body.count).toBe(1);
  });
});
