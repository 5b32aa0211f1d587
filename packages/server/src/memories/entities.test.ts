import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor, Authorized } from '../access/actor.ts';
import { actorIn, type Clusters, clusterFixture } from '../clusters/testing/clusters.ts';
import { entitiesIn } from './entities.ts';

const admin = actorIn(1, 'admin');
const key = (user: string, agent?: string) =>
  actorIn(1, `key of ${user}`, {
    kind: 'api_key',
    boundTo: { user_id: user, ...(agent !== undefined && { agent_id: agent }) },
  });
const ofAgent = actorIn(1, 'key of x', { kind: 'api_key', boundTo: { agent_id: 'x' } });
let here: Clusters;
beforeEach(async () => {
  here = await clusterFixture();
});
afterEach(() => here.close());

const add = async (entities: object, actor: Actor = admin, more: object = {}) => {
  const { status, body } = await here.call(actor, 'POST', '/memories', {
    content: 'a note',
    ...entities,
    ...more,
  });
  expect(status).toBe(201);
  return body.id as string;
};
const listed = async (actor: Actor, query = '') => {
  const { status, body } = await here.call(actor, 'GET', `/entities${query}`);
  expect(status).toBe(200);
  return body as { entities: Record<string, unknown>[]; total: number };
};
const names = async (actor: Actor, query = '') =>
  (await listed(actor, query)).entities.map(({ type, name, memories }) => `${type} ${name} ${memories}`);
const total = async (actor: Actor) =>
  (await here.call(actor, 'GET', '/memories?top_k=1&show_expired=true')).body.total;

describe('the list of entities', () => {
  it('counts what each has, the newest first, in pages and by type', async () => {
    await add({ user_id: 'ann', agent_id: 'x' });
    const changed = await add({ user_id: 'ann' });
    await add({ user_id: 'bob', run_id: 'r', app_id: 'shop' });
    await add({ agent_id: 'x' });
    await here.call(admin, 'PUT', `/memories/${changed}`, { content: 'another note' });
    expect(await names(admin)).toEqual(['app shop 1', 'run r 1', 'user bob 1', 'agent x 2', 'user ann 2']);
    expect(await names(admin, '?type=user')).toEqual(['user bob 1', 'user ann 2']);
    const page = await listed(admin, '?limit=1&offset=1&type=user');
    const at = expect.stringMatching(/^2026-11-21T12:00:00\.\d{3}Z$/);
    expect(page).toEqual({
      entities: [{ type: 'user', name: 'ann', memories: 2, created_at: at, updated_at: at }],
      total: 2,
    });
    const [ann] = page.entities as { created_at: string; updated_at: string }[];
    expect(ann!.updated_at > ann!.created_at).toBe(true);
    expect(await names(admin, '?offset=9')).toEqual([]);
  });

  it('shows a bound key whom its own memories name, and nobody else', async () => {
    await add({ user_id: 'ann', agent_id: 'x' });
    await add({ user_id: 'ann', agent_id: 'y' });
    await add({ user_id: 'bob', agent_id: 'x' });
    await add({ agent_id: 'x', run_id: 'r' });
    expect((await names(key('ann'))).sort()).toEqual(['agent x 1', 'agent y 1', 'user ann 2']);
    expect((await names(key('ann', 'y'))).sort()).toEqual(['agent y 1', 'user ann 1']);
    expect((await names(ofAgent)).sort()).toEqual(['agent x 3', 'run r 1', 'user ann 1', 'user bob 1']);
    expect(await names(key('nobody'))).toEqual([]);
    expect(await listed(actorIn(2, 'elsewhere'))).toEqual({ entities: [], total: 0 });
  });

  it('leaves out what has expired or ended', async () => {
    await add({ user_id: 'ann' }, admin, { expires_on: '2026-11-21' });
    const gone = await add({ user_id: 'bob' });
    await here.call(admin, 'DELETE', `/memories/${gone}`);
    expect(await names(admin)).toEqual(['user ann 1']);
    here.clock.at += 86_400_000;
    expect(await names(admin)).toEqual([]);
  });

  it('is told to the log, without a name in what is kept for ever', async () => {
    await add({ user_id: 'ann' });
    await listed(key('ann'));
    const [event] = await here.events('entity.listed');
    expect(event).toMatchObject({
      actor: { id: 'key of ann' },
      namespace: 'namespace-1',
      resource: { type: 'entity', ids: [] },
      success: true,
      details: { listed: 1, total: 1 },
    });
    expect(JSON.stringify(event!.resource)).not.toContain('ann');
  });

  it('is not answered when the log cannot take its event', async () => {
    here.disk.fails = true;
    expect((await here.call(admin, 'GET', '/entities')).status).toBe(503);
  });

  it('refuses what it does not know', async () => {
    for (const query of ['?type=users', '?limit=0', '?limit=1001', '?offset=-1', '?user_id=ann'])
      expect((await here.call(admin, 'GET', `/entities${query}`)).status, query).toBe(400);
  });

  it('counts like somebody who looks at one memory after the other', () => {
    const name = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined });
    const who = fc.record({ userId: name, agentId: name, appId: name, runId: name });
    const times = { createdAt: fc.nat(9), updatedAt: fc.nat(9) };
    const memories = fc
      .uniqueArray(who, { maxLength: 6, selector: JSON.stringify })
      .chain((all) => fc.array(fc.record({ who: fc.constantFrom(...all, {}), ...times }), { maxLength: 30 }));
    fc.assert(
      fc.property(memories, (records) => {
        const found = entitiesIn(records.map((record) => ({ record })));
        for (const { type, name, memories, createdAt, updatedAt } of found) {
          const own = records.filter((one) => (one.who as Record<string, unknown>)[`${type}Id`] === name);
          expect([memories, createdAt, updatedAt]).toEqual([
            own.length,
            Math.min(...own.map((one) => one.createdAt)),
            Math.max(...own.map((one) => one.updatedAt)),
          ]);
        }
        const all = new Set(
          records.flatMap(({ who }) => Object.entries(who).flatMap(([t, n]) => (n ? [t + n] : []))),
        );
        expect(found.length).toBe(all.size);
      }),
    );
  });
});

describe('the deletion of an entity', () => {
  it('ends every memory that has it, whoever else they belong to, and nothing else', async () => {
    await add({ user_id: 'ann', agent_id: 'x' });
    await add({ user_id: 'bob', agent_id: 'x' });
    await add({ agent_id: 'x' }, admin, { expires_on: '2026-11-21' });
    here.clock.at += 86_400_000;
    await add({ user_id: 'bob' });
    expect(await here.call(admin, 'DELETE', '/entities/agent/x')).toMatchObject({
      status: 200,
      body: { deleted: 3, message: 'Memories deleted' },
    });
    expect([await total(admin), await names(admin)]).toEqual([1, ['user bob 1']]);
  });

  it('reaches no further than the key, which cannot tell what is missing from what is somebody else’s', async () => {
    await add({ user_id: 'ann', agent_id: 'x' });
    await add({ user_id: 'bob', agent_id: 'x' });
    const answer = async (path: string) => {
      const { status, body } = await here.call(key('ann'), 'DELETE', `/entities/${path}`);
      return { status, ...body, request_id: 0 };
    };
    expect(await answer('user/bob')).toEqual(await answer('user/nobody'));
    expect((await answer('user/bob')).status).toBe(404);
    expect(await answer('agent/x')).toMatchObject({ deleted: 1 });
    expect(await names(admin)).toEqual(['agent x 1', 'user bob 1']);
    expect((await here.call(actorIn(2, 'elsewhere'), 'DELETE', '/entities/user/bob')).status).toBe(404);
  });

  it('refuses what was meant to narrow it: more would be deleted', async () => {
    await add({ user_id: 'ann' });
    expect((await here.call(admin, 'DELETE', '/entities/user/ann?agent_id=x')).status).toBe(400);
    expect((await here.call(admin, 'DELETE', '/entities/user/ann', { agent_id: 'x' })).status).toBe(400);
    expect(await names(admin)).toEqual(['user ann 1']);
  });

  it('takes * for a name: it never stands for everybody', async () => {
    await add({ user_id: 'ann' });
    expect((await here.call(admin, 'DELETE', '/entities/user/*')).status).toBe(400);
    const wildcard = here.memories.deleteEntity(
      admin as Authorized<'memories:delete'>,
      { client: {} },
      'user',
      '*',
    );
    await expect(wildcard).rejects.toMatchObject({ code: 'not_found' });
    expect((await here.call(admin, 'DELETE', '/entities/users/ann')).status).toBe(400);
    expect(await names(admin)).toEqual(['user ann 1']);
  });
});
