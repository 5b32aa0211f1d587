import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../access/actor.ts';
import { actorIn, type Clusters, clusterFixture } from './testing/clusters.ts';

const owner = actorIn(1, 'owner');
const missing = '01890000-0000-7000-8000-000000000000';
/** Who does not reach Ana's cluster, though each has every right. */
const strangers: Record<string, Actor> = {
  'an administrator of another namespace': actorIn(2, 'stranger'),
  'somebody of the same name in another namespace': actorIn(2, 'ana', { boundTo: { user_id: 'ana' } }),
  'another user of the namespace': actorIn(1, 'bea', { boundTo: { user_id: 'bea' } }),
  'a key of another user': actorIn(1, 'key', { kind: 'api_key', boundTo: { user_id: 'bea' } }),
  'a key of an agent': actorIn(1, 'key', { kind: 'api_key', boundTo: { agent_id: 'robot' } }),
  'a key of Ana and an agent': actorIn(1, 'key', {
    kind: 'api_key',
    boundTo: { user_id: 'ana', agent_id: 'robot' },
  }),
};

let here: Clusters;
let id: string;
let memory: string;
beforeAll(async () => {
  here = await clusterFixture();
  [memory] = (await here.memoriesOf(owner, 'ana', 1)) as [string];
  const body = { user_id: 'ana', topic: 'the diary of ana', memory_ids: [memory] };
  id = (await here.call(owner, 'POST', '/clusters', body)).body.cluster_id;
});
afterAll(() => here.close());

describe.each(Object.entries(strangers))('%s', (_, stranger) => {
  it.each([
    ['reads it', 'GET', undefined, {}],
    ['changes it', 'PUT', { topic: 'mine now' }, {}],
    ['changes it knowing its version', 'PUT', { topic: 'mine now' }, { 'if-match': '"1"' }],
    ['guesses its version', 'PUT', { topic: 'mine now' }, { 'if-match': '"9"' }],
    ['removes it', 'DELETE', undefined, {}],
  ] as const)('%s: as if it were not there, and the log knows', async (_, method, body, headers) => {
    const before = (await here.events('authz.access.denied')).length;
    const answer = await here.call(stranger, method, `/clusters/${id}`, body, headers);
    const absent = await here.call(stranger, method, `/clusters/${missing}`, body, headers);
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
    expect({ ...answer.body, request_id: 0 }).toEqual({ ...absent.body, request_id: 0 });
    const denied = (await here.events('authz.access.denied')).slice(before);
    expect(denied).toMatchObject([
      {
        actor: { id: stranger.id },
        namespace: stranger.namespace.publicId,
        resource: { type: 'cluster', ids: [id] },
        success: false,
        code: 'not_found',
      },
    ]);
  });

  it('finds it in no list', async () => {
    for (const query of ['', '?user_id=ana', '?user_id=ana&topic=the%20diary%20of%20ana']) {
      const { status, body } = await here.call(stranger, 'GET', `/clusters${query}`);
      expect([status, body.clusters, body.total]).toEqual([200, [], 0]);
    }
  });

  it('puts none of her memories into a cluster, and makes none of hers', async () => {
    for (const user_id of ['ana', undefined, 'bea']) {
      const body = { topic: 'stolen', memory_ids: [memory], ...(user_id && { user_id }) };
      const { status } = await here.call(stranger, 'POST', '/clusters', body);
      expect([400, 404]).toContain(status);
    }
    expect(here.rows()).toHaveLength(1);
  });
});

describe('whoever reaches it', () => {
  it.each([
    ['the user herself', actorIn(1, 'ana', { boundTo: { user_id: 'ana' } })],
    ['a key of hers', actorIn(1, 'key', { kind: 'api_key', boundTo: { user_id: 'ana' } })],
    ['a key that names her', actorIn(1, 'key', { kind: 'api_key' })],
    ['the namespace administrator', owner],
  ])('%s reads it and finds it', async (_, actor) => {
    expect((await here.call(actor, 'GET', `/clusters/${id}`)).body).toMatchObject({
      topic: 'the diary of ana',
    });
    const { body } = await here.call(actor, 'GET', '/clusters?user_id=ana');
    expect(body).toMatchObject({ total: 1, clusters: [{ cluster_id: id, memory_ids: [memory] }] });
  });

  it('a user who names nobody means herself; a key that may name anybody has to name somebody', async () => {
    const ana = actorIn(1, 'ana', { boundTo: { user_id: 'ana' } });
    expect((await here.call(ana, 'GET', '/clusters')).body.total).toBe(1);
    const key = actorIn(1, 'key', { kind: 'api_key' });
    expect((await here.call(key, 'GET', '/clusters')).body.code).toBe('invalid_input');
    const body = { topic: 'whose?', memory_ids: [memory] };
    expect((await here.call(key, 'POST', '/clusters', body)).body.code).toBe('invalid_input');
  });
});

it('after all of that it is as it was', async () => {
  expect((await here.call(owner, 'GET', `/clusters/${id}`)).body).toMatchObject({
    topic: 'the diary of ana',
    version: 1,
  });
});
