import { beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type Api, apiOf, registered } from '../api.ts';
import { type Server, startServer } from '../server-process.ts';
import { Battery, expectProblem } from './refusals.ts';

let server: Server;
let battery: Battery;
/** Everybody who could try: each reaches something, and none of them Alice's memory. */
const callers: Record<string, Api> = {};
let alice: Awaited<ReturnType<typeof registered>>;
let id: string;

async function keyOf(api: Api, entities?: object): Promise<Api> {
  const made = await api('POST', '/api-keys', { name: 'a key', ...(entities && { entities }) });
  if (made.status !== 201) throw new Error(made.text);
  return battery.counting(apiOf(server.url, { 'x-api-key': made.body.key }));
}

beforeAll(async () => {
  server = await startServer();
  battery = new Battery(server);
  alice = await registered(server.url, 'alice');
  const own = battery.counting(alice.api);
  const made = await own('POST', '/memories', { content: 'the diary of alice' });
  id = made.body.id;
  const bob = await registered(server.url, 'bob');
  callers['another account'] = battery.counting(bob.api);
  callers['a key of another namespace'] = await keyOf(bob.api);
  callers['a key of Alice that is bound to another user'] = await keyOf(alice.api, {
    user_id: 'somebody-else',
  });
  callers['a key of Alice that is bound to an agent'] = await keyOf(alice.api, { agent_id: 'robot' });
  callers['a key of Alice, bound to her and an agent'] = await keyOf(alice.api, {
    user_id: alice.user.id,
    agent_id: 'robot',
  });
  callers['the key of the administrator'] = battery.api;
});

/** Every route that takes an id, on both doors. */
const attempts: [string, (api: Api, id: string) => Promise<Answer>][] = [
  ['reads it', (api, id) => api('GET', `/memories/${id}`)],
  ['changes it', (api, id) => api('PUT', `/memories/${id}`, { content: 'mine now' })],
  [
    'changes it knowing its version',
    (api, id) => api('PUT', `/memories/${id}`, { content: 'x' }, { 'if-match': '"1"' }),
  ],
  [
    'guesses its version',
    (api, id) => api('PUT', `/memories/${id}`, { content: 'x' }, { 'if-match': '"9"' }),
  ],
  ['deletes it', (api, id) => api('DELETE', `/memories/${id}`)],
  ['reads its history', (api, id) => api('GET', `/memories/${id}/history`)],
  ['reads it as mem0', (api, id) => api('GET', `/v1/memories/${id}/`)],
  ['changes it as mem0', (api, id) => api('PUT', `/v1/memories/${id}/`, { text: 'mine now' })],
  ['deletes it as mem0', (api, id) => api('DELETE', `/v1/memories/${id}/`)],
  ['reads its history as mem0', (api, id) => api('GET', `/v1/memories/${id}/history/`)],
];
const missing = '01890000-0000-7000-8000-000000000000';

describe.each([
  'another account',
  'a key of another namespace',
  'a key of Alice that is bound to another user',
  'a key of Alice that is bound to an agent',
  'a key of Alice, bound to her and an agent',
  'the key of the administrator',
])('%s', (name) => {
  test.each(attempts)('%s: as if it were not there', async (_, attempt) => {
    const answer = await attempt(callers[name]!, id);
    const absent = await attempt(callers[name]!, missing);
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
    const { request_id: _a, ...one } = answer.body;
    const { request_id: _b, ...other } = absent.body;
    expect(one).toEqual(other);
  });

  test('finds it by no list, search or filter', async () => {
    const api = callers[name]!;
    const aliceId = alice.user.id;
    const answers = [
      await api('GET', `/memories?user_id=${aliceId}`),
      await api('POST', '/memories/search', { query: 'diary alice', user_id: aliceId }),
      await api('POST', '/v3/memories/', { filters: { user_id: aliceId } }),
      await api('POST', '/v3/memories/search/', {
        query: 'diary',
        filters: { OR: [{ user_id: aliceId }, { user_id: '*' }] },
      }),
      await api('POST', '/memories/search', { query: 'diary', user_id: aliceId, filters: { id } }),
      await api('POST', '/memories/search', {
        query: 'diary',
        filters: { memory_ids: { in: [id] }, user_id: { ne: 'x' } },
      }),
    ];
    for (const answer of answers) {
      expect(answer.text).not.toMatch(/the diary of alice/);
      expect(answer.text).not.toContain(id);
      expect([200, 400, 404]).toContain(answer.status);
    }
  });

  test('cannot write into her memories, nor delete them all', async () => {
    const api = callers[name]!;
    // What this key writes is hers by right, with its agent's name on it.
    if (name !== 'a key of Alice, bound to her and an agent')
      await api('POST', '/memories', { content: 'planted', user_id: alice.user.id });
    await api('DELETE', `/v1/memories/?user_id=${alice.user.id}`);
    const own = await alice.api('GET', '/memories');
    expect(own.body.memories).toMatchObject([{ id, content: 'the diary of alice' }]);
    expect(own.body.total).toBe(1);
  });
});

test('after all of that the memory is as it was', async () => {
  const read = await alice.api('GET', `/memories/${id}`);
  expect(read.body).toMatchObject({ content: 'the diary of alice', version: 1 });
  expect((await alice.api('GET', `/memories/${id}/history`)).body.history).toHaveLength(1);
});

test('an account is only ever the subject of its own id', async () => {
  const own = battery.counting(alice.api);
  for (const user_id of ['bob', 'somebody', 'admin'])
    expectProblem(await own('POST', '/memories', { content: 'x', user_id }), 404, 'not_found');
  const list = await own('GET', '/memories?user_id=somebody');
  expect(list.body).toMatchObject({ memories: [], total: 0 });
});

test('a key that may name anybody is not answered with everybody', async () => {
  // mem0's own server returns everybody's memories for user_id "*": naming nobody is no scope.
  const key = await keyOf(alice.api);
  for (const user_id of ['u1', 'u2'])
    await key('POST', '/memories', { content: `secret of ${user_id}`, user_id });
  const filters = [
    { user_id: '*' },
    { user_id: { ne: 'nobody' } },
    { OR: [{ user_id: 'u1' }, { created_at: { gte: '2000-01-01' } }] },
  ];
  for (const filter of filters) {
    const list = await key('POST', '/v3/memories/', { filters: filter });
    const search = await key('POST', '/v3/memories/search/', { query: 'secret', filters: filter });
    for (const answer of [list, search])
      expect([filter, answer.text.includes('secret of u2')]).toEqual([filter, false]);
  }
});

test('all that was refused left nothing behind, and the server is well', () =>
  battery.expectNothingElseStored());
