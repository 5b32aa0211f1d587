import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateCommitment } from '../audit/entry.ts';
import { eraseSubjectsOf } from '../encryption/store.ts';
import { clusterErasure } from './erasure.ts';
import { actorIn, type Clusters, clusterFixture } from './testing/clusters.ts';

const admin = actorIn(1, 'admin');
/** Made here, so that no secret stands in the repository. */
const accessKey = `AKIA${[...'QWERTZUIOPASDFGH'].reverse().join('')}`;
let here: Clusters;
let ids: string[];
beforeEach(async () => {
  here = await clusterFixture();
  ids = await here.memoriesOf(admin, 'ana', 4);
});
afterEach(() => here.close());

const create = (more: object = {}) =>
  here.call(admin, 'POST', '/clusters', {
    user_id: 'ana',
    topic: 'travel',
    memory_ids: ids.slice(0, 2),
    ...more,
  });
const get = (id: string) => here.call(admin, 'GET', `/clusters/${id}`);
const put = (id: string, changes: object, headers = {}) =>
  here.call(admin, 'PUT', `/clusters/${id}`, changes, headers);
const list = (query: string) => here.call(admin, 'GET', `/clusters?${query}`);
const topics = (page: { body: { clusters: { topic: string }[] } }) =>
  page.body.clusters.map(({ topic }) => topic);
const keyOf = async (user: string) =>
  (await here.keys.ensure(admin.namespace, { kind: 'user', id: user })).key.commitment;

describe('a cluster', () => {
  it('is made, read, and found again under its user, topic and category', async () => {
    const made = await create({ category: 'plans', summary: 'where ana goes' });
    expect(made).toMatchObject({ status: 201, headers: { etag: '"1"' } });
    const { screening, ...shown } = made.body;
    expect(shown).toEqual({
      cluster_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      user_id: 'ana',
      topic: 'travel',
      category: 'plans',
      memory_ids: ids.slice(0, 2),
      summary: 'where ana goes',
      version: 1,
      created_at: expect.stringMatching(/^2026-11-21T12:00:00/),
      last_built_at: expect.stringMatching(/^2026-11-21T12:00:00/),
    });
    expect(screening).toEqual({ action: 'allowed', findings: [], labels: [] });
    expect((await get(shown.cluster_id)).body).toEqual(shown);
    expect((await get(shown.cluster_id.toUpperCase())).body).toEqual(shown);
    for (const query of [
      'user_id=ana',
      'user_id=ana&topic=travel',
      'user_id=ana&topic=travel&category=plans',
      '',
    ])
      expect((await list(query)).body).toEqual({ clusters: [shown], total: 1, next: null });
    for (const query of ['user_id=ana&topic=Travel', 'user_id=ana&category=plan', 'user_id=bea'])
      expect((await list(query)).body).toEqual({ clusters: [], total: 0, next: null });
  });

  it('lies sealed, and its digests say nothing of another user with the same topic', async () => {
    const others = await here.memoriesOf(admin, 'bea', 1);
    await create({ category: 'plans', summary: 'where ana goes' });
    await create({ user_id: 'bea', category: 'plans', memory_ids: others });
    const rows = here.rows();
    const stored = rows.flatMap((row) =>
      Object.values(row).map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(String(value)))),
    );
    for (const word of ['travel', 'plans', 'where ana goes', ids[0]!])
      expect(stored.some((bytes) => bytes.includes(word))).toBe(false);
    const digests = rows.flatMap((row) => [row.name_digest, row.topic_digest, row.category_digest]);
    expect(new Set(digests.map((digest) => (digest as Buffer).toString('hex'))).size).toBe(6);
  });

  it('has its name alone among the clusters of its user', async () => {
    const others = await here.memoriesOf(admin, 'bea', 1);
    await create();
    expect(await create({ memory_ids: [ids[3]] })).toMatchObject({
      status: 409,
      body: { code: 'cluster_exists', detail: expect.stringMatching(/change that one/) },
    });
    expect((await create({ category: 'plans' })).status).toBe(201);
    const second = await create({ topic: 'food' });
    expect((await create({ user_id: 'bea', memory_ids: others })).status).toBe(201);
    expect(await put(second.body.cluster_id, { topic: 'travel' })).toMatchObject({
      status: 409,
      body: { code: 'cluster_exists' },
    });
    expect((await put(second.body.cluster_id, { topic: 'food', summary: 'same name' })).status).toBe(200);
    expect((await list('user_id=ana')).body.total).toBe(3);
  });

  it('changes in what was given only, and keeps the rest', async () => {
    const { body } = await create({ category: 'plans', summary: 'one' });
    const id = body.cluster_id;
    const renamed = await put(id, { topic: 'journeys' });
    expect(renamed).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { topic: 'journeys', category: 'plans', summary: 'one', version: 2 },
    });
    expect(renamed.body.last_built_at).toBe(body.last_built_at);
    const rebuilt = await put(id, { memory_ids: [ids[3]], category: null, summary: null });
    expect(rebuilt.body).toMatchObject({ memory_ids: [ids[3]], category: null, summary: null, version: 3 });
    expect(rebuilt.body.last_built_at > body.last_built_at).toBe(true);
    expect(topics(await list('user_id=ana&topic=journeys'))).toEqual(['journeys']);
    expect(topics(await list('user_id=ana&topic=travel'))).toEqual([]);
    expect(topics(await list('user_id=ana&category=plans'))).toEqual([]);
  });

  it('is changed and removed at the version that the caller knows', async () => {
    const { body } = await create();
    const id = body.cluster_id;
    expect((await put(id, { summary: 'a' }, { 'if-match': '"1"' })).status).toBe(200);
    for (const version of ['"1"', '"3"'])
      expect(await put(id, { summary: 'b' }, { 'if-match': version })).toMatchObject({
        status: 409,
        body: { code: 'stale_version' },
      });
    expect(await put(id, { summary: 'b' }, { 'if-match': '2' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_version' },
    });
    const remove = (headers = {}) => here.call(admin, 'DELETE', `/clusters/${id}`, undefined, headers);
    expect((await remove({ 'if-match': '"1"' })).body.code).toBe('stale_version');
    expect((await get(id)).body).toMatchObject({ summary: 'a', version: 2 });
    expect(await remove({ 'if-match': '"2"' })).toMatchObject({
      status: 200,
      body: { cluster_id: id, message: 'Cluster deleted' },
    });
    expect((await get(id)).body.code).toBe('not_found');
    expect((await remove()).body.code).toBe('not_found');
  });

  it('loses no change to another one that comes between', async () => {
    const { body } = await create();
    const id = body.cluster_id;
    here.disk.before = () => put(id, { summary: 'one' });
    const second = await put(id, { category: 'two' });
    expect(second).toMatchObject({ status: 200, body: { summary: 'one', category: 'two', version: 3 } });
    here.disk.before = () => put(id, { summary: 'four' });
    expect((await put(id, { summary: 'three' }, { 'if-match': '"3"' })).body.code).toBe('stale_version');
    here.disk.before = () => put(id, { summary: 'five' });
    expect(
      (await here.call(admin, 'DELETE', `/clusters/${id}`, undefined, { 'if-match': '"4"' })).status,
    ).toBe(409);
    expect((await get(id)).body).toMatchObject({ summary: 'five', version: 5 });
  });

  it('is one of ten thousand at most', async () => {
    await create();
    here.writer.db.exec(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 9999)
       insert into clusters (id, subject_id, name_digest, topic_digest, version, created_at, last_built_at, body)
       select 'filler ' || i, (select subject_id from clusters), randomblob(32), x'', 1, 0, 0, x'' from n`,
    );
    expect(await create({ topic: 'one more' })).toMatchObject({
      status: 409,
      body: { code: 'limit_reached' },
    });
    here.writer.db.exec("delete from clusters where id = 'filler 1'");
    expect((await create({ topic: 'one more' })).status).toBe(201);
  });

  it('has one name also when two are made at once', async () => {
    here.disk.before = () => create();
    expect((await create()).body.code).toBe('cluster_exists');
    expect(here.rows()).toHaveLength(1);
  });
});

describe('a list of clusters', () => {
  it('goes on where the page before ended, also when its last cluster is gone', async () => {
    for (const topic of ['a', 'b', 'c', 'd', 'e']) await create({ topic });
    const first = await list('user_id=ana&limit=2');
    expect([topics(first), first.body.total]).toEqual([['a', 'b'], 5]);
    await here.call(admin, 'DELETE', `/clusters/${first.body.next}`);
    const second = await list(`user_id=ana&limit=2&after=${first.body.next}`);
    expect([topics(second), second.body.total]).toEqual([['c', 'd'], 4]);
    const last = await list(`limit=2&after=${second.body.next}`);
    expect([topics(last), last.body.next]).toEqual([['e'], null]);
  });

  it('ends a page early when it holds thousands of ids', async () => {
    const many = await here.memoriesOf(admin, 'ana', 1000);
    for (const topic of ['a', 'b', 'c', 'd', 'e', 'f']) await create({ topic, memory_ids: many });
    const first = await list('user_id=ana');
    expect(topics(first)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(topics(await list(`user_id=ana&after=${first.body.next}`))).toEqual(['f']);
  });

  it('says so when a row was changed from outside, and shows the others', async () => {
    for (const topic of ['a', 'b']) await create({ topic });
    const [{ id }] = here.rows() as [{ id: string }];
    here.writer.db.prepare('update clusters set body = zeroblob(80) where id = ?').run(id);
    const page = await list('user_id=ana');
    expect(page.body).toMatchObject({ partial: true, total: 2 });
    expect(topics(page)).toEqual(['b']);
    expect(await here.events('security.breach.attempt')).toMatchObject([{ resource: { ids: [id] } }]);
    expect((await get(id)).status).toBe(500);
  });

  it('shows no row that was set back to an earlier version, or is another cluster', async () => {
    const { body } = await create();
    const [{ body: earlier }] = here.rows() as [{ body: Buffer }];
    await put(body.cluster_id, { summary: 'newer' });
    const other = (await create({ topic: 'food' })).body.cluster_id;
    const set = here.writer.db.prepare('update clusters set body = ?, version = ? where id = ?');
    set.run(earlier, 2, body.cluster_id);
    set.run(earlier, 1, other);
    for (const id of [body.cluster_id, other]) expect((await get(id)).status).toBe(500);
  });
});

describe('the memories of a cluster', () => {
  it('are living memories of its user: anything else refuses the whole', async () => {
    const [ofBea] = await here.memoriesOf(admin, 'bea', 1);
    const [foreign] = await here.memoriesOf(actorIn(2, 'other'), 'ana', 1);
    const ended = ids[3]!;
    await here.call(admin, 'DELETE', `/memories/${ended}`);
    const missing = '01890000-0000-7000-8000-000000000000';
    const { body } = await create();
    const details = [];
    for (const id of [ofBea, foreign, ended, missing]) {
      for (const answer of [
        await create({ topic: 'x', memory_ids: [ids[0], id] }),
        await put(body.cluster_id, { memory_ids: [ids[0], id] }),
      ]) {
        expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
        const { request_id: _, ...rest } = answer.body;
        details.push(JSON.stringify(rest));
      }
    }
    // What is somebody else's is not told from what never was.
    expect([...new Set(details)]).toHaveLength(1);
    expect(details[0]).toContain('memory_ids.1');
    expect((await get(body.cluster_id)).body).toMatchObject({ version: 1, memory_ids: ids.slice(0, 2) });
    const denied = await here.events('authz.access.denied');
    expect(denied.map(({ resource }) => resource!.ids)).toEqual([[foreign], [foreign]]);
  });

  it('make no data subject of a user whom nobody has heard of', async () => {
    const count = () => here.writer.db.prepare('select count(*) from subjects').pluck().get();
    const before = count();
    expect((await create({ user_id: 'nobody' })).status).toBe(400);
    expect(count()).toBe(before);
    expect(await here.events('key.created')).toHaveLength(1);
  });

  it('leave it when they end', async () => {
    const { body } = await create({ memory_ids: ids });
    await here.call(admin, 'DELETE', `/memories/${ids[1]}`);
    const left = [ids[0], ids[2], ids[3]];
    expect((await get(body.cluster_id)).body.memory_ids).toEqual(left);
    expect((await list('user_id=ana')).body.clusters[0].memory_ids).toEqual(left);
    expect((await put(body.cluster_id, { summary: 's' })).body.memory_ids).toEqual(left);
    for (const { details } of await here.events('cluster.retrieved'))
      expect(details).toMatchObject({ memory_ids: left });
  });
});

describe('what the log is told', () => {
  it('of a change, with commitments to what was before and after, under the subject key', async () => {
    const { body } = await create({ category: 'plans' });
    const id = body.cluster_id;
    await put(id, { summary: 'better' });
    await here.call(admin, 'DELETE', `/clusters/${id}`);
    const resource = { type: 'cluster', ids: [id] };
    const state = { topic: 'travel', category: 'plans', memory_ids: ids.slice(0, 2), summary: null };
    const commit = stateCommitment.bind(null, await keyOf('ana'), resource);
    const first = commit(state);
    const second = commit({ ...state, summary: 'better' });
    const events = await here.events('cluster.created', 'cluster.updated', 'cluster.deleted');
    const all = { namespace: 'namespace-1', resource, success: true, details: { user_id: 'ana' } };
    expect(events).toMatchObject([
      { ...all, type: 'cluster.created', after: first },
      { ...all, type: 'cluster.updated', before: first, after: second },
      { ...all, type: 'cluster.deleted', before: second },
    ]);
    expect(events.map(({ before, after }) => [before, after].filter(Boolean).length)).toEqual([1, 2, 1]);
  });

  it('of a reading: which clusters and which memories reached the caller', async () => {
    const { body } = await create();
    await get(body.cluster_id);
    await list('user_id=ana');
    await list('user_id=nobody');
    const shown = { resource: { ids: [body.cluster_id] }, details: { memory_ids: ids.slice(0, 2) } };
    expect(await here.events('cluster.retrieved')).toMatchObject([
      shown,
      shown,
      { resource: { ids: [] }, details: { memory_ids: [] } },
    ]);
  });

  it('stands in the log before the answer: without it there is none', async () => {
    const { body } = await create();
    here.disk.fails = true;
    for (const answer of [
      await get(body.cluster_id),
      await list('user_id=ana'),
      await create({ topic: 'x' }),
    ])
      expect(answer).toMatchObject({ status: 503, body: { code: 'storage_full' } });
    expect((await put(body.cluster_id, { topic: 'x' })).status).toBe(503);
    here.disk.fails = false;
    expect((await list('user_id=ana')).body).toMatchObject({ total: 1, clusters: [{ topic: 'travel' }] });
  });
});

describe('a secret in a cluster', () => {
  it('is redacted in topic, category and summary, and the log names the rules', async () => {
    const words = { topic: `about ${accessKey}`, category: accessKey, summary: `the key is ${accessKey}` };
    const { status, body } = await create(words);
    expect(status).toBe(201);
    expect(body.screening.action).toBe('redacted');
    expect(JSON.stringify(body)).not.toContain(accessKey);
    const [event] = await here.events('cluster.created');
    expect(event!.details).toMatchObject({ rules: [expect.stringMatching(/aws/)] });
    const plain = await create();
    const changed = await put(plain.body.cluster_id, { summary: accessKey });
    expect(JSON.stringify(changed.body)).not.toContain(accessKey);
    expect((await here.events('cluster.updated'))[0]!.details).toMatchObject({ rules: [expect.anything()] });
  });

  it('is no name of a user', async () => {
    expect(await create({ user_id: accessKey })).toMatchObject({
      status: 422,
      body: { code: 'content_rejected' },
    });
  });
});

describe('the end of a data subject', () => {
  it('and its return under a new generation are seen by who remembers its key', async () => {
    await create();
    here.writer.db.exec('update subjects set generation = generation + 1');
    expect((await create({ topic: 'after' })).status).toBe(201);
    expect((await list('user_id=ana')).body.total).toBe(2);
  });

  it('takes its clusters along, and those of no other namespace', async () => {
    const other = actorIn(2, 'other');
    const theirs = await here.memoriesOf(other, 'ana', 1);
    await here.call(other, 'POST', '/clusters', { user_id: 'ana', topic: 'x', memory_ids: theirs });
    const { body } = await create();
    await get(body.cluster_id);
    await here.writer.commit({ steps: [eraseSubjectsOf.bind({ namespace: 1 })], leaves: [] });
    // The key is gone: what was read with it before is not there any more either, rows or not.
    expect((await get(body.cluster_id)).body.code).toBe('not_found');
    expect((await list('user_id=ana')).body).toMatchObject({ clusters: [], total: 0 });
    expect((await list('')).body).toMatchObject({ clusters: [], total: 0 });
    expect(await create({ topic: 'again' })).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
    expect(here.rows()).toHaveLength(2);
    await here.writer.commit({ steps: [clusterErasure(1)], leaves: [] });
    expect(here.rows()).toHaveLength(1);
    expect((await here.call(other, 'GET', '/clusters')).body.total).toBe(1);
    const [created] = await here.events('cluster.created');
    expect(created!.details).toBeDefined();
    expect((await here.events('cluster.created'))[1]!.details).toBeUndefined();
  });
});
