import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../access/actor.ts';
import { actorIn, type Clusters, clusterFixture } from '../clusters/testing/clusters.ts';

const admin = actorIn(1, 'admin');
const ann = actorIn(1, 'key of ann', { kind: 'api_key', boundTo: { user_id: 'ann' } });
const elsewhere = actorIn(2, 'elsewhere');
const NOWHERE = '01890000-0000-7000-8000-000000000000';
/** Made here, so that no secret stands in the repository. */
const accessKey = `AKIA${[...'QWERTZUIOPASDFGH'].reverse().join('')}`;

let here: Clusters;
let mine: string[];
let bobs: string;
beforeEach(async () => {
  here = await clusterFixture();
  mine = await here.memoriesOf(admin, 'ann', 2);
  [bobs] = (await here.memoriesOf(admin, 'bob', 1)) as [string];
});
afterEach(() => here.close());

const patch = (actor: Actor, memories: object[]) =>
  here.call(actor, 'PATCH', '/memories/batch', { memories });
const end = (actor: Actor, ids: string[]) => here.call(actor, 'DELETE', '/memories/batch', { ids });
const texts = async () =>
  (await here.call(admin, 'GET', '/memories')).body.memories
    .map(({ content, version }: { content: string; version: number }) => `${content} v${version}`)
    .sort();
const BEFORE = ['note 0 v1', 'note 0 v1', 'note 1 v1'];
const feeds = () =>
  here.writer.db
    .prepare('select subject_id, change_seq from memories order by subject_id, change_seq')
    .all()
    .map((row) => Object.values(row as object).join(':'));
const answer = ({ status, body }: { status: number; body: object }) => ({ status, ...body, request_id: 0 });

describe('a batch of changes', () => {
  it('changes memories of several people together, each with its history and one event a person', async () => {
    const { status, body } = await patch(admin, [
      { id: mine[1], content: 'first' },
      { id: bobs.toUpperCase(), content: 'second', metadata: { topic: 'tea' } },
      { id: mine[0], metadata: { topic: 'jam' } },
    ]);
    expect(status).toBe(200);
    expect(body.memories.map(({ id, version }: { id: string; version: number }) => [id, version])).toEqual([
      [mine[1], 2],
      [bobs, 2],
      [mine[0], 2],
    ]);
    expect(await texts()).toEqual(['first v2', 'note 0 v2', 'second v2']);
    expect((await here.call(admin, 'GET', `/memories/${bobs}`)).body.metadata).toEqual({ topic: 'tea' });
    const { history } = (await here.call(admin, 'GET', `/memories/${mine[1]}/history`)).body;
    expect(history.map(({ new_content }: { new_content: string }) => new_content)).toEqual([
      'note 1',
      'first',
    ]);
    const events = await here.events('memory.updated');
    expect(events.map(({ resource, details }) => [resource!.ids, details!.user_id])).toEqual([
      [[mine[1], mine[0]], 'ann'],
      [[bobs], 'bob'],
    ]);
    expect(events.every(({ before, after }) => before !== undefined && after !== undefined)).toBe(true);
    expect(feeds()).toEqual(['1:3', '1:4', '2:2']);
  });

  it('is found by the next search: each person’s shard has caught up', async () => {
    await here.call(admin, 'POST', '/memories/search', { query: 'note', user_id: 'bob' });
    await patch(admin, [
      { id: mine[0], content: 'marmalade of ann' },
      { id: bobs, content: 'marmalade of bob' },
    ]);
    for (const user_id of ['ann', 'bob']) {
      const found = await here.call(admin, 'POST', '/memories/search', { query: 'marmalade', user_id });
      expect(found.body.results[0].content).toBe(`marmalade of ${user_id}`);
    }
  });

  it('is refused whole for one that is missing, somebody else’s, or ended: all look alike', async () => {
    const [foreign] = (await here.memoriesOf(elsewhere, 'eve', 1)) as [string];
    const [ended] = (await here.memoriesOf(admin, 'ann', 1)) as [string];
    await here.call(admin, 'DELETE', `/memories/${ended}`);
    const ask = async (actor: Actor, id: string) =>
      answer(
        await patch(actor, [
          { id: mine[0], content: 'mine now' },
          { id, content: 'mine now' },
        ]),
      );
    const missing = await ask(admin, NOWHERE);
    expect(missing).toMatchObject({ status: 404, code: 'not_found' });
    for (const id of [foreign, ended]) expect(await ask(admin, id)).toEqual(missing);
    for (const id of [NOWHERE, foreign, ended, bobs]) expect(await ask(ann, id)).toEqual(missing);
    for (const id of [NOWHERE, foreign, ended, bobs])
      expect(answer(await end(ann, [mine[0]!, id]))).toEqual(missing);
    expect(await texts()).toEqual(BEFORE);
    const denied = await here.events('authz.access.denied');
    expect(denied.map(({ resource }) => resource!.ids[0])).toEqual([foreign, foreign, bobs, foreign, bobs]);
  });

  it('is refused whole for one text that the screen rejects or that is too long', async () => {
    const long = 'x'.repeat(100_001);
    expect(
      (
        await patch(admin, [
          { id: bobs, content: 'fine' },
          { id: mine[0], content: long },
        ])
      ).status,
    ).toBe(413);
    expect(await texts()).toEqual(BEFORE);
    const redacted = await patch(admin, [
      { id: bobs, content: `the key is ${accessKey}` },
      { id: mine[0], content: 'harmless' },
    ]);
    expect(
      redacted.body.memories.map(({ screening }: { screening: { action: string } }) => screening.action),
    ).toEqual(['redacted', 'allowed']);
    const [event] = await here.events('memory.redacted');
    expect(event!.resource!.ids).toEqual([bobs]);
    const { content } = (await here.call(admin, 'GET', `/memories/${bobs}/original`)).body;
    expect(content).toContain(accessKey);
  });

  it('refuses what is no batch', async () => {
    const one = { id: mine[0], content: 'x' };
    for (const memories of [
      [],
      [one, { ...one, id: mine[0]!.toUpperCase() }],
      [{ id: mine[0] }],
      [{ id: 'x', content: 'x' }],
      [{ ...one, expires_on: '2027-01-01' }],
      Array.from({ length: 1001 }, () => one),
    ])
      expect((await patch(admin, memories)).status).toBe(400);
    for (const ids of [[], [mine[0]!, mine[0]!], ['x'], Array.from({ length: 1001 }, () => NOWHERE)])
      expect((await end(admin, ids)).status).toBe(400);
    expect(await texts()).toEqual(BEFORE);
  });

  it('is tried again when one of it changes meanwhile, and then has the newest of it', async () => {
    here.disk.before = async () => {
      await here.memories.update(admin as never, { client: {} }, bobs, { metadata: { meanwhile: true } }, 1);
    };
    expect(
      (
        await patch(admin, [
          { id: mine[0], content: 'a' },
          { id: bobs, content: 'b' },
        ])
      ).status,
    ).toBe(200);
    expect(await texts()).toEqual(['a v2', 'b v3', 'note 1 v1']);
    const bob = await here.call(admin, 'GET', `/memories/${bobs}`);
    expect(bob.body.metadata).toEqual({ meanwhile: true });
  });

  it('that comes too late is refused before anything was changed: what others write meanwhile is not done twice', async () => {
    const rowsChanged = () => here.writer.db.prepare('select total_changes()').pluck().get() as number;
    const between = () =>
      here.memories.update(admin as never, { client: {} }, bobs, { metadata: { again: true } }, version++);
    let version = 1;
    const before = rowsChanged();
    await between();
    const ofOne = rowsChanged() - before;
    const everyTime = async () => {
      await between();
      here.disk.before = everyTime;
    };
    here.disk.before = everyTime;
    const late = end(admin, [mine[0]!, mine[1]!, bobs]);
    expect(answer(await late)).toMatchObject({ status: 409, code: 'stale_version' });
    here.disk.before = undefined;
    expect([version, rowsChanged() - before]).toEqual([7, 6 * ofOne]);
  });

  it('is refused when its memories are too large together, however small the request', async () => {
    const contents = Array.from({ length: 50 }, () => ({ text: 'x'.repeat(90_000), metadata: {} }));
    const large = await here.memories.add(admin as never, { client: {} }, { user_id: 'ann' }, contents);
    const ids = large.map(({ id }) => id);
    const changes = ids.map((id) => ({ id, metadata: { small: true } }));
    expect((await patch(admin, changes)).status).toBe(413);
    expect((await end(admin, [...ids, NOWHERE])).status).toBe(413);
    expect((await patch(admin, changes.slice(0, 40))).status).toBe(200);
  });

  it('waits for no other crosswise', async () => {
    const ids = [mine[0]!, bobs, mine[1]!];
    const change = (order: string[], text: string) =>
      here.memories.updateMany(
        admin as never,
        { client: {} },
        order.map((id) => ({ id, text })),
      );
    await Promise.all(
      Array.from({ length: 9 }, (_, i) => change(i % 2 ? ids : ids.toReversed(), `text ${i}`)),
    );
    expect(await texts()).toEqual(Array.from({ length: 3 }, () => 'text 8 v10'));
  });

  it('changes nothing when it cannot be stored', async () => {
    here.disk.fails = true;
    expect(
      (
        await patch(admin, [
          { id: mine[0], content: 'a' },
          { id: bobs, content: 'b' },
        ])
      ).status,
    ).toBe(503);
    here.disk.fails = false;
    expect(await texts()).toEqual(BEFORE);
  });
});

describe('a batch of deletions', () => {
  it('ends memories of several people together, and every text of them', async () => {
    expect(answer(await end(admin, [mine[0]!, bobs]))).toMatchObject({ status: 200, deleted: 2 });
    expect(await texts()).toEqual(['note 1 v1']);
    const events = await here.events('memory.deleted');
    expect(events.map(({ resource }) => resource!.ids)).toEqual([[mine[0]], [bobs]]);
    expect(events.every(({ before }) => before !== undefined)).toBe(true);
    const left = here.writer.db
      .prepare('select count(*) from memory_versions where body is not null')
      .pluck();
    expect(left.get()).toBe(0);
  });

  it('ends the feedback on them', async () => {
    const give = here.writer.db.prepare(
      "insert into memory_feedback (memory_id, id, subject_id, updated_at, body) values (?, ?, 1, 0, x'00')",
    );
    const rows = here.writer.db.prepare('select id from memories').all() as { id: Buffer }[];
    for (const [i, { id }] of rows.entries()) give.run(id, `feedback ${i}`);
    await end(admin, [mine[0]!]);
    await here.call(admin, 'DELETE', `/memories/${bobs}`);
    const left = here.writer.db.prepare('select memory_id from memory_feedback').pluck().all() as Buffer[];
    expect(left.map((id) => id.toString('hex'))).toEqual([mine[1]!.replaceAll('-', '')]);
  });
});

describe('a deletion of all that somebody has', () => {
  it('ends the rest while one memory is changed again and again', async () => {
    const others = () =>
      here.writer.db.prepare('select count(*) from memories where state = 1 and id <> ?').pluck();
    const contested = Buffer.from(mine[0]!.replaceAll('-', ''), 'hex');
    let changes = 0;
    const everyTime = async () => {
      if (others().get(contested) === 1 || ++changes > 20) return;
      await here.memories.update(
        admin as never,
        { client: {} },
        mine[0]!,
        { metadata: { changes } },
        changes,
      );
      here.disk.before = everyTime;
    };
    here.disk.before = everyTime;
    const where = { entities: { user_id: 'ann' } };
    expect(await here.memories.deleteMatching(admin as never, { client: {} }, where)).toBe(2);
    expect(changes).toBeLessThan(5);
    expect(await texts()).toEqual(['note 0 v1']);
  });
});
