import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actorIn, type Clusters, clusterFixture } from './testing/clusters.ts';

const admin = actorIn(1, 'admin');
let here: Clusters;
let ids: string[];
beforeEach(async () => {
  here = await clusterFixture();
  ids = await here.memoriesOf(admin, 'ana', 2);
});
afterEach(() => here.close());

const create = (more: object = {}) =>
  here.call(admin, 'POST', '/clusters', { user_id: 'ana', topic: 'travel', memory_ids: ids, ...more });
const list = (query: string) => here.call(admin, 'GET', `/clusters?${query}`);

describe('bad input', () => {
  const uuid = (n: number) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  it.each([
    ['an empty topic', { topic: '' }, 'topic'],
    ['a long topic', { topic: 'x'.repeat(201) }, 'at most 200'],
    ['a topic with NUL', { topic: 'a\u0000b' }, 'topic'],
    ['no topic', { topic: null }, 'topic'],
    ['a long category', { category: 'x'.repeat(101) }, 'at most 100'],
    ['a long summary', { summary: 'x'.repeat(4001) }, 'at most 4000'],
    ['no memories', { memory_ids: [] }, 'at least one'],
    ['many memories', { memory_ids: Array.from({ length: 1001 }, (_, i) => uuid(i)) }, 'at most 1000'],
    ['a memory twice', { memory_ids: [uuid(1), uuid(1)] }, 'twice'],
    [
      'a memory in two spellings',
      { memory_ids: [uuid(10).replace('01', 'AB'), uuid(10).replace('01', 'ab')] },
      'twice',
    ],
    ['an id that is none', { memory_ids: ['nonsense'] }, 'memory_ids.0'],
    ['ids in an object', { memory_ids: { 0: uuid(1) } }, 'memory_ids'],
    ['the wildcard as a user', { user_id: '*' }, 'user_id'],
    ['an id of its own', { cluster_id: uuid(1) }, 'cluster_id'],
    ['a version', { version: 7 }, 'version'],
  ])('%s is refused, and it is said why', async (_, wrong, hint) => {
    const answer = await create(wrong);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
    expect(answer.body.detail).toContain(hint);
    expect(here.rows()).toEqual([]);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'after=x', 'topic=', 'offset=3', 'topic=a&topic=b'])(
    '?%s is refused',
    async (query) => {
      expect(await list(`user_id=ana&${query}`)).toMatchObject({
        status: 400,
        body: { code: 'invalid_input' },
      });
    },
  );

  it('nothing to change is no change', async () => {
    const { body } = await create();
    expect((await here.call(admin, 'PUT', `/clusters/${body.cluster_id}`, {})).status).toBe(400);
    expect((await here.call(admin, 'GET', `/clusters/${body.cluster_id}`)).body.version).toBe(1);
  });

  it('a topic is not sought in the clusters of everybody', async () => {
    expect(await list('topic=travel')).toMatchObject({ status: 400 });
  });
});
