import { beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type Api, apiOf, registered } from '../api.ts';
import { type Server, startServer } from '../server-process.ts';

// Callers who are somebody on their own, and everything of bob that they could name on the mem0 wire: what is somebody
// else's must be answered exactly as what is not there.

interface Things {
  id: string;
  user: string;
  agent: string;
  event: string;
}

let server: Server;
let open: Api;
let bound: Api;
const callers: Record<string, Api> = {};
let own: Things;
let foreign: Things;
const MISSING: Things = {
  id: '01890000-0000-7000-8000-000000000000',
  user: 'nobody-at-all',
  agent: 'no-agent-at-all',
  event: '01890000-0000-7000-8000-000000000001',
};
const TEXT = 'the telescope stands in the attic';

async function thingsOf(user: string): Promise<Things> {
  const agent = `agent of ${user}`;
  const messages = [{ role: 'user', content: `${TEXT} of ${user}` }];
  const { body, text } = await open('POST', '/v3/memories/add/', {
    messages,
    user_id: user,
    agent_id: agent,
    metadata: { room: user },
  });
  if (!body.results) throw new Error(text);
  return { id: body.results[0].id, user, agent, event: body.event_id };
}

beforeAll(async () => {
  server = await startServer();
  const person = await registered(server.url, 'owner');
  const stranger = await registered(server.url, 'stranger');
  const key = async (entities?: object, by = person.api) => {
    const made = await by('POST', '/api-keys', { name: 'key', ...(entities && { entities }) });
    if (made.status !== 201) throw new Error(made.text);
    return apiOf(server.url, { authorization: `Token ${made.body.key}` });
  };
  open = await key();
  bound = await key({ user_id: 'ann' });
  callers['a key bound to ann'] = bound;
  callers['a key bound to ann and an agent'] = await key({ user_id: 'ann', agent_id: 'agent of ann' });
  callers['a bound key of another namespace'] = await key({ user_id: 'carl' }, stranger.api);
  callers['another account'] = stranger.api;
  own = await thingsOf('ann');
  foreign = await thingsOf('bob');
});

const enc = encodeURIComponent;
/** Every memory call of the door that can name something. */
const CALLS: [name: string, (api: Api, things: Things) => Promise<Answer>][] = [
  ['reads it', (api, { id }) => api('GET', `/v1/memories/${id}/`)],
  ['changes it', (api, { id }) => api('PUT', `/v1/memories/${id}/`, { text: 'mine now' })],
  ['deletes it', (api, { id }) => api('DELETE', `/v1/memories/${id}/?delete_linked=true`)],
  ['reads its history', (api, { id }) => api('GET', `/v1/memories/${id}/history/`)],
  [
    'changes it in a batch',
    (api, { id }) => api('PUT', '/v1/batch/', { memories: [{ memory_id: id, text: 'mine' }] }),
  ],
  [
    'changes it in a batch beside its own',
    (api, { id }) =>
      api('PUT', '/v1/batch/', { memories: [own.id, id].map((memory_id) => ({ memory_id, text: 'mine' })) }),
  ],
  ['deletes it in a batch', (api, { id }) => api('DELETE', '/v1/batch/', { memories: [{ memory_id: id }] })],
  [
    'deletes it in a batch beside its own',
    (api, { id }) =>
      api('DELETE', '/v1/batch/', { memories: [own.id, id].map((memory_id) => ({ memory_id })) }),
  ],
  ['reads its event', (api, { event }) => api('GET', `/v1/event/${event}/`)],
  ['deletes its user', (api, { user }) => api('DELETE', `/v1/memories/?user_id=${enc(user)}`)],
  ['deletes its agent', (api, { agent }) => api('DELETE', `/v1/memories/?agent_id=${enc(agent)}`)],
  ['ends its user', (api, { user }) => api('DELETE', `/v2/entities/user/${enc(user)}/`)],
  ['ends its agent', (api, { agent }) => api('DELETE', `/v2/entities/agent/${enc(agent)}/`)],
  ['ends its user, as older clients', (api, { user }) => api('DELETE', `/v1/entities/user/${enc(user)}/`)],
  [
    'adds as its user',
    (api, { user }) => api('POST', '/v3/memories/add/', { messages: 'planted', user_id: user }),
  ],
  [
    'adds as its user, within filters',
    (api, { user }) => api('POST', '/v3/memories/add/', { messages: 'planted', filters: { user_id: user } }),
  ],
  [
    'adds as its user, as older clients',
    (api, { user }) => api('POST', '/v1/memories/', { messages: 'planted', user_id: user }),
  ],
  ['lists its user', (api, { user }) => api('GET', `/v1/memories/?user_id=${enc(user)}`)],
  [
    'lists by metadata',
    (api, { user }) => api('GET', `/v1/memories/?metadata=${enc(JSON.stringify({ room: user }))}`),
  ],
  ...[
    ({ user }: Things) => ({ user_id: user }),
    ({ agent }: Things) => ({ agent_id: agent }),
    ({ id }: Things) => ({ id }),
    ({ id }: Things) => ({ memory_ids: { in: [id] } }),
    ({ user }: Things) => ({ user_id: { in: [user, 'somebody'] } }),
    ({ user }: Things) => ({ OR: [{ user_id: user }, { metadata: { room: user } }] }),
    ({ user }: Things) => ({ NOT: { user_id: 'ann' }, metadata: { room: user } }),
    ({ agent }: Things) => ({ user_id: '*', agent_id: agent }),
    ({ agent }: Things) => ({ user_id: { ne: 'ann' }, agent_id: agent }),
  ].flatMap((filtersOf): typeof CALLS => {
    const filters = (things: Things) => ({ filters: filtersOf(things) });
    const name = JSON.stringify(filters({ id: 'ID', user: 'USER', agent: 'AGENT', event: '' }));
    const searched = { query: 'telescope in the attic' };
    return [
      [`lists ${name}`, (api, things) => api('POST', '/v3/memories/', filters(things))],
      [
        `lists a page ${name}`,
        (api, things) => api('POST', '/v2/memories/?page=1&page_size=5', filters(things)),
      ],
      [
        `searches ${name}`,
        (api, things) => api('POST', '/v3/memories/search/', { ...searched, ...filters(things) }),
      ],
      [
        `searches as older clients ${name}`,
        (api, things) => api('POST', '/v2/memories/search/', { ...searched, ...filters(things) }),
      ],
    ];
  }),
];

/** An answer without what differs between any two requests. */
function told({ status, body }: Answer) {
  if (typeof body !== 'object' || Array.isArray(body)) return { status, body };
  const { request_id, event_id, ...rest } = body;
  return { status, body: rest };
}

describe.each([
  'a key bound to ann',
  'a key bound to ann and an agent',
  'a bound key of another namespace',
  'another account',
])('%s asks of bob', (caller) => {
  test.each(CALLS)('%s: as if it were not there', async (_, call) => {
    const api = callers[caller]!;
    const answer = await call(api, foreign);
    expect(told(answer)).toEqual(told(await call(api, MISSING)));
    for (const secret of [`${TEXT} of bob`, foreign.id, foreign.event, foreign.agent])
      expect(answer.text).not.toContain(secret);
  });
});

describe('a key bound to ann', () => {
  test('there is a difference where it may see one', async () => {
    // Without it the table above would prove nothing.
    for (const name of ['reads it', 'reads its history', 'reads its event', 'lists its user']) {
      const call = CALLS.find(([one]) => one === name)![1];
      expect(told(await call(open, foreign))).not.toEqual(told(await call(open, MISSING)));
      expect((await call(bound, own)).status).toBe(200);
    }
  });

  test('lists name its own user, agents and events alone', async () => {
    const { results, count } = (await bound('GET', '/v1/entities/')).body;
    expect(results.map(({ type, name }: Record<string, string>) => `${type} ${name}`).sort()).toEqual([
      'agent agent of ann',
      'user ann',
    ]);
    expect(count).toBe(2);
    const events = (await bound('GET', '/v1/events/')).body;
    expect(events.results.map(({ id }: { id: string }) => id)).toEqual([own.event]);
    expect(events.count).toBe(1);
    for (const filters of [{ user_id: '*' }, {}, { user_id: { ne: 'x' } }, { agent_id: '*' }]) {
      const list = await bound('POST', '/v3/memories/', { filters });
      expect(list.body.results.map(({ id }: { id: string }) => id)).toEqual([own.id]);
    }
  });

  test('nothing of either has changed', async () => {
    for (const { id, user } of [own, foreign]) {
      const list = await open('POST', '/v3/memories/', { filters: { user_id: user } });
      expect(list.body).toMatchObject({ count: 1, results: [{ id, memory: `${TEXT} of ${user}` }] });
      expect((await open('GET', `/v1/memories/${id}/history/`)).body).toHaveLength(1);
    }
  });
});
