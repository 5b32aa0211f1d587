import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, apiOf } from '../api.ts';
import { exportedEvents, exportLog } from '../audit-log.ts';
import type { Server } from '../server-process.ts';
import { joined, made, newPerson, type Person, startWithAdmin, teamOf } from './cast.ts';

const MARK = 'the marmalade of the victim';
const missing = '01890000-0000-7000-8000-000000000000';
let server: Server;
let team: { id: string; admin: Person };
let cluster: string;
let memory: string;
/** Each reaches clusters of its own, and none of them the victim's. */
const callers: Record<string, { api: Api; writes: boolean }> = {};

async function readingKey(by: Person, more: object = {}): Promise<Api> {
  const permissions = ['memories:read', 'clusters:read'];
  const { key } = await made(by.api('POST', '/api-keys', { name: 'k', permissions, ...more }));
  return apiOf(server.url, { 'x-api-key': key });
}

beforeAll(async () => {
  let admin: Person;
  ({ server, admin } = await startWithAdmin());
  const victim = await newPerson(server, 'victim');
  team = await teamOf(server, victim);
  memory = (await made(team.admin.api('POST', '/memories', { content: MARK }))).id;
  const body = { user_id: victim.id, topic: MARK, summary: MARK, memory_ids: [memory] };
  cluster = (await made(team.admin.api('POST', '/clusters', body))).cluster_id;

  const friend = await newPerson(server, 'friend');
  const member = await joined(server, team.admin, team.id, friend, 'user');
  const ruler = await newPerson(server, 'ruler');
  const other = await teamOf(server, ruler);
  callers['a member of the namespace'] = { api: member.api, writes: false };
  callers['a key of a member'] = { api: await readingKey(member), writes: false };
  callers['a key of an agent'] = {
    api: await readingKey(team.admin, { entities: { agent_id: 'robot' } }),
    writes: false,
  };
  callers['an administrator of another namespace'] = { api: other.admin.api, writes: true };
  callers['a key of another namespace'] = { api: await readingKey(other.admin), writes: false };
  callers['the administrator of the server'] = { api: admin.api, writes: true };
});
afterAll(() => server.stop().catch(() => undefined));

describe.each([
  'a member of the namespace',
  'a key of a member',
  'a key of an agent',
  'an administrator of another namespace',
  'a key of another namespace',
  'the administrator of the server',
])('%s', (name) => {
  test.each([
    ['reads it', 'GET', undefined, {}],
    ['changes it', 'PUT', { topic: 'mine now' }, {}],
    ['changes it knowing its version', 'PUT', { topic: 'mine now' }, { 'if-match': '"1"' }],
    ['removes it', 'DELETE', undefined, {}],
  ] as const)('%s: as if it were not there', async (_, method, body, headers) => {
    const { api, writes } = callers[name]!;
    const answer = await api(method, `/clusters/${cluster}`, body, headers);
    const absent = await api(method, `/clusters/${missing}`, body, headers);
    const expected = method === 'GET' || writes ? [404, 'not_found'] : [403, 'permission_denied'];
    expect([answer.status, answer.body.code]).toEqual(expected);
    expect({ ...answer.body, request_id: 0 }).toEqual({ ...absent.body, request_id: 0 });
  });

  test('finds it in no list, by no topic', async () => {
    const { api } = callers[name]!;
    for (const query of ['', `user_id=${team.admin.id}`, `user_id=${team.admin.id}&topic=${MARK}`]) {
      const answer = await api('GET', `/clusters?${query}`);
      expect([200, 400]).toContain(answer.status);
      expect(answer.text).not.toContain(MARK);
      expect(answer.text).not.toContain(cluster);
      expect(answer.text).not.toContain(memory);
    }
  });

  test('groups no memory of the victim', async () => {
    const { api, writes } = callers[name]!;
    const answer = await api('POST', '/clusters', { topic: 'stolen', memory_ids: [memory] });
    expect(answer.status).toBe(writes ? 400 : 403);
    const same = await api('POST', '/clusters', { topic: 'stolen', memory_ids: [missing] });
    expect({ ...answer.body, request_id: 0 }).toEqual({ ...same.body, request_id: 0 });
  });
});

test('afterwards it is as it was; the log tells of every reading, change and refusal', async () => {
  const { api } = team.admin;
  const read = await api('GET', `/clusters/${cluster}`);
  expect(read.body).toMatchObject({ topic: MARK, summary: MARK, memory_ids: [memory], version: 1 });
  await made(api('PUT', `/clusters/${cluster}`, { summary: 'sweet' }, { 'if-match': '"1"' }));
  await made(api('DELETE', `/memories/${memory}`));
  expect((await api('GET', `/clusters/${cluster}`)).body).toMatchObject({ memory_ids: [], version: 2 });
  await made(api('DELETE', `/clusters/${cluster}`));
  expect((await api('GET', '/clusters')).body).toEqual({ clusters: [], total: 0, next: null });
  await server.stop();
  const events = exportedEvents((await exportLog(server.dataDir)).file);
  const about = events.filter(({ resource }) => resource?.type === 'cluster' && resource.ids[0] === cluster);
  const types = about.map(({ type, success }) => `${type} ${success}`);
  const changes = types.filter((type) => !type.startsWith('authz'));
  expect(changes).toEqual([
    'cluster.created true',
    'cluster.retrieved true',
    'cluster.updated true',
    'cluster.retrieved true',
    'cluster.deleted true',
  ]);
  // Six callers that may read, two of which may also change: a reading each, and three changes.
  expect(types.filter((type) => type === 'authz.access.denied false')).toHaveLength(6 + 2 * 3);
  expect(JSON.stringify(events)).not.toContain(MARK);
});
