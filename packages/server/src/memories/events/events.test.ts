import { parse as uuidBytes } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor, Authorized, Entities } from '../../access/actor.ts';
import { actorIn, type Clusters, clusterFixture } from '../../clusters/testing/clusters.ts';
import { newId } from '../../ids.ts';
import { MemoryUpkeep } from '../upkeep.ts';

type Right = Authorized<'memories:read'> & Authorized<'memories:write'> & Authorized<'memories:delete'>;
const admin = actorIn(1, 'admin') as Right;
const bound = (boundTo: Entities) => actorIn(1, 'key', { kind: 'api_key', boundTo }) as Right;
const elsewhere = actorIn(2, 'elsewhere') as Right;
const DAY = 86_400_000;
const origin = { client: {} };

let here: Clusters;
beforeEach(async () => {
  here = await clusterFixture();
});
afterEach(() => here.close());

async function add(entities: Entities, count = 1, actor = admin) {
  const event = newId();
  const contents = Array.from({ length: count }, (_, i) => ({ text: `marmalade ${i}`, metadata: {} }));
  const added = await here.memories.add(actor, origin, entities, contents, { event });
  return { event, ids: added.map(({ id }) => id) };
}
const read = (actor: Actor, id: string) => here.memories.event(actor as Right, origin, id);
const list = async (actor: Actor, page = { offset: 0, limit: 100 }) => {
  const { events, total } = await here.memories.events(actor as Right, origin, page);
  return { ids: events.map(({ id }) => id), total };
};
const rows = () =>
  here.writer.db.prepare('select * from memory_events order by row').all() as { body: Buffer }[];
const missing = { code: 'not_found', message: 'There is no such event.' };

describe('the event of an add', () => {
  it('says what was stored, when, and for whom, and holds no text', async () => {
    const { event, ids } = await add({ user_id: 'ann', agent_id: 'x' }, 3);
    expect(await read(admin, event.toUpperCase())).toEqual({
      id: event,
      kind: 'ADD',
      memories: ids,
      count: 3,
      entities: { user_id: 'ann', agent_id: 'x' },
      at: expect.any(Number),
    });
    const told = await here.events('memory.event.retrieved');
    expect(told).toMatchObject([{ resource: { type: 'event', ids: [event] }, actor: { id: 'admin' } }]);
    const [{ body }] = rows() as [{ body: Buffer }];
    for (const plain of ['ann', 'ADD', ids[0]!, 'marmalade']) expect(body.includes(plain)).toBe(false);
  });

  it('is there only where it was asked for, and only with what was stored', async () => {
    await here.memoriesOf(admin, 'ann', 1);
    expect(rows()).toEqual([]);
    const event = newId();
    here.disk.fails = true;
    const contents = [{ text: 'a note', metadata: {} }];
    await expect(here.memories.add(admin, origin, { user_id: 'ann' }, contents, { event })).rejects.toThrow();
    expect(rows()).toEqual([]);
  });

  it('is nobody’s whose reach ends before it, and looks as if it were not there', async () => {
    const { event } = await add({ user_id: 'ann', agent_id: 'x' });
    const { event: other } = await add({ user_id: 'bob' });
    for (const reach of [{ user_id: 'ann' }, { agent_id: 'x' }, { user_id: 'ann', agent_id: 'x' }]) {
      expect((await read(bound(reach), event)).id).toBe(event);
      expect(await list(bound(reach))).toEqual({ ids: [event], total: 1 });
      await expect(read(bound(reach), other)).rejects.toMatchObject(missing);
      await expect(read(bound(reach), newId())).rejects.toMatchObject(missing);
    }
    for (const reach of [{ user_id: 'eve' }, { user_id: 'ann', agent_id: 'y' }, { app_id: 'x' }]) {
      await expect(read(bound(reach), event)).rejects.toMatchObject(missing);
      expect(await list(bound(reach))).toEqual({ ids: [], total: 0 });
    }
    await expect(read(elsewhere, event)).rejects.toMatchObject(missing);
    await expect(read(admin, 'x')).rejects.toMatchObject(missing);
    expect(await list(elsewhere)).toEqual({ ids: [], total: 0 });
    const denied = await here.events('authz.access.denied');
    expect(denied.map(({ resource }) => resource)).toContainEqual({ type: 'event', ids: [other] });
  });

  it('refuses an id that is another event’s, and then stores nothing', async () => {
    const { event, ids } = await add({ user_id: 'ann' });
    const contents = [{ text: 'a note', metadata: {} }];
    const again = here.memories.add(elsewhere, origin, { user_id: 'eve' }, contents, { event });
    await expect(again).rejects.toMatchObject({ code: 'event_exists' });
    expect((await read(admin, event)).memories).toEqual(ids);
    expect((await here.call(elsewhere, 'GET', '/memories')).body.total).toBe(0);
  });
});

describe('the list of events', () => {
  it('is the newest first, in pages', async () => {
    const events: string[] = [];
    for (const user of ['ann', 'bob', 'ann', 'carl']) events.unshift((await add({ user_id: user })).event);
    expect(await list(admin)).toEqual({ ids: events, total: 4 });
    expect(await list(admin, { offset: 1, limit: 2 })).toEqual({ ids: events.slice(1, 3), total: 4 });
    expect(await list(admin, { offset: 9, limit: 2 })).toEqual({ ids: [], total: 4 });
    expect(await list(bound({ user_id: 'ann' }), { offset: 1, limit: 2 })).toEqual({
      ids: [events[3]],
      total: 2,
    });
  });

  it('of a bound key looks at so much and says that there may be more: others’ events are no work without end', async () => {
    const { event } = await add({ user_id: 'ann' });
    // Rows of another person that do not open are work like any other.
    await add({ user_id: 'bob' });
    const more = here.writer.db.prepare(
      `insert into memory_events (id, subject_id, created_at, body)
       select ?, subject_id, created_at, zeroblob(?) from memory_events where row = 2`,
    );
    const readAs = (actor: Actor) => here.memories.events(actor as Right, origin, { offset: 0, limit: 100 });
    for (let i = 0; i < 300; i++) more.run(uuidBytes(newId()), 20);
    const reach = bound({ app_id: 'x' });
    expect(await readAs(reach)).toEqual({ events: [], total: 0 });
    for (let i = 0; i < 400; i++) more.run(uuidBytes(newId()), 45_000);
    expect(await readAs(reach)).toEqual({ events: [], total: 0, partial: true });
    expect((await readAs(bound({ user_id: 'ann' }))).events.map(({ id }) => id)).toEqual([event]);
  });

  it('goes on past one that somebody changed in the database', async () => {
    const { event } = await add({ user_id: 'ann' });
    await add({ user_id: 'ann' });
    here.writer.db.prepare('update memory_events set body = zeroblob(80) where row = 2').run();
    expect((await list(admin)).ids).toEqual([event]);
  });
});

describe('the event of a deletion', () => {
  it('names what was ended of one person, in one portion or in several', async () => {
    const { ids } = await add({ user_id: 'ann' }, 450);
    const event = newId();
    const where = { entities: { user_id: 'ann' } };
    expect(await here.memories.deleteMatching(admin, origin, where, { event })).toBe(450);
    const { kind, count, memories, entities } = await read(admin, event);
    expect([kind, count, entities]).toEqual(['DELETE', 450, { user_id: 'ann' }]);
    expect(memories.toSorted()).toEqual(ids.toSorted());
    expect((await list(bound({ user_id: 'ann' }))).ids).toContain(event);
  });

  it('across people says how many, names those of the last, and is for nobody who reaches one of them only', async () => {
    const of = {
      ann: (await add({ user_id: 'ann', agent_id: 'x' }, 2)).ids,
      bob: (await add({ user_id: 'bob', agent_id: 'x' })).ids,
    };
    const event = newId();
    expect(await here.memories.deleteEntity(admin, origin, 'agent', 'x', { event })).toBe(3);
    expect(await read(admin, event)).toMatchObject({
      count: 3,
      memories: of.bob,
      entities: { agent_id: 'x' },
    });
    expect(rows().length).toBe(3);
    expect((await read(bound({ agent_id: 'x' }), event)).count).toBe(3);
    await expect(read(bound({ user_id: 'bob' }), event)).rejects.toMatchObject(missing);
    expect((await list(bound({ user_id: 'bob' }))).ids).not.toContain(event);
  });

  it('names at most a thousand', async () => {
    for (let i = 0; i < 3; i++) await add({ user_id: 'ann' }, 400);
    const event = newId();
    await here.memories.deleteMatching(admin, origin, { entities: { user_id: 'ann' } }, { event });
    const { count, memories } = await read(admin, event);
    expect([count, memories.length]).toEqual([1200, 1000]);
  });

  it('is not there where nothing was ended', async () => {
    const event = newId();
    expect(
      await here.memories.deleteMatching(admin, origin, { entities: { user_id: 'ann' } }, { event }),
    ).toBe(0);
    await expect(read(admin, event)).rejects.toMatchObject(missing);
  });
});

describe('an event that is over', () => {
  it('after seven days is not shown any more, and upkeep deletes it, in one namespace or in all', async () => {
    const upkeep = new MemoryUpkeep({
      commit: (unit) => here.writer.commit(unit),
      now: () => here.clock.at,
      read: () => Promise.reject(new Error('not asked')),
      write: () => Promise.reject(new Error('not asked')),
    });
    const { event } = await add({ user_id: 'ann' });
    const { at } = await read(admin, event);
    await add({ user_id: 'eve' }, 1, elsewhere);
    expect(await upkeep.dropEvents({ guard: [] }, 100)).toEqual({ dropped: 0, more: false });
    here.clock.at = at + 7 * DAY - 1;
    expect((await read(admin, event)).id).toBe(event);
    here.clock.at = at + 7 * DAY;
    await expect(read(admin, event)).rejects.toMatchObject(missing);
    expect(await list(admin)).toEqual({ ids: [], total: 0 });
    here.clock.at += DAY;
    const { event: fresh } = await add({ user_id: 'ann' });
    expect(await upkeep.dropEvents({ guard: [], namespace: 1 }, 100)).toEqual({ dropped: 1, more: false });
    expect(rows().length).toBe(2);
    expect(await upkeep.dropEvents({ guard: [] }, 100)).toEqual({ dropped: 1, more: false });
    expect((await list(admin)).ids).toEqual([fresh]);
  });

  it('goes with its person’s key', async () => {
    const { event } = await add({ user_id: 'ann' });
    here.writer.db.prepare("update subjects set state = 'erased', generation = 2, wrapped_key = x''").run();
    await expect(read(admin, event)).rejects.toMatchObject(missing);
    expect(await list(admin)).toEqual({ ids: [], total: 0 });
  });
});
