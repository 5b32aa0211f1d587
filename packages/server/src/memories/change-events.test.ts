import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateCommitment } from '../audit/entry.ts';
import { actorIn, type Clusters, clusterFixture } from '../clusters/testing/clusters.ts';

const admin = actorIn(1, 'admin');
/** Made here, so that no secret stands in the repository. */
const accessKey = `AKIA${[...'QWERTZUIOPASDFGH'].reverse().join('')}`;
let here: Clusters;
beforeEach(async () => {
  here = await clusterFixture();
});
afterEach(() => here.close());

const add = async (body: object) => {
  const made = await here.call(admin, 'POST', '/memories', { user_id: 'ana', ...body });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return made.body.id as string;
};
const changes = () => here.events('memory.created', 'memory.updated', 'memory.deleted');
const keyOf = async (user: string) =>
  (await here.keys.ensure(admin.namespace, { kind: 'user', id: user })).key.commitment;

describe('the events of a change of memories', () => {
  it('commit to what was before and after: each state is the next one’s before', async () => {
    const id = await add({ content: 'likes tea', metadata: { z: 1, a: [1.5, null] }, categories: ['food'] });
    await here.call(admin, 'PUT', `/memories/${id}`, { content: 'likes coffee' });
    await here.call(admin, 'DELETE', `/memories/${id}`);
    const [created, updated, deleted] = await changes();
    const key = await keyOf('ana');
    const resource = { type: 'memory', ids: [id] };
    const state = {
      text: 'likes tea',
      metadata: { a: [1.5, null], z: 1 },
      categories: ['food'],
      entities: { user_id: 'ana' },
      labels: [],
    };
    const first = stateCommitment(key, resource, state);
    const second = stateCommitment(key, resource, { ...state, text: 'likes coffee' });
    expect([created!.before, created!.after]).toEqual([undefined, first]);
    expect([updated!.before, updated!.after]).toEqual([first, second]);
    expect([deleted!.before, deleted!.after]).toEqual([second, undefined]);
  });

  it('commit to several memories in the order of their ids, and to a redacted text as it is stored', async () => {
    await here.memoriesOf(admin, 'ana', 2);
    const [created] = await changes();
    const state = (text: string) => ({ text, metadata: {}, entities: { user_id: 'ana' }, labels: [] });
    expect(created!.after).toBe(
      stateCommitment(await keyOf('ana'), created!.resource, [state('note 0'), state('note 1')]),
    );
    const id = await add({ content: `the key is ${accessKey}` });
    const { content, labels } = (await here.call(admin, 'GET', `/memories/${id}`)).body;
    expect(content).not.toContain(accessKey);
    const redacted = (await changes()).at(-1)!;
    const stored = { ...state(content), labels };
    expect(redacted.after).toBe(stateCommitment(await keyOf('ana'), redacted.resource, stored));
  });

  it('leave the names in metadata in the order that they were sent in', async () => {
    const metadata = { z: 1, steps: { second: 2, first: 1 }, a: [{ y: 1, b: 2 }] };
    const id = await add({ content: 'likes tea', metadata });
    const read = async () => JSON.stringify((await here.call(admin, 'GET', `/memories/${id}`)).body.metadata);
    expect(await read()).toBe(JSON.stringify(metadata));
    await here.call(admin, 'PUT', `/memories/${id}`, { content: 'likes coffee' });
    expect(await read()).toBe(JSON.stringify(metadata));
  });

  it('never fail on what a memory may hold', async () => {
    const metadata = fc.dictionary(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.jsonValue({ maxDepth: 4 }),
      {
        maxKeys: 5,
      },
    );
    const content = fc.string({ unit: 'binary', minLength: 1, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(content, metadata, async (text, more) => {
        const body = { content: text, metadata: more, user_id: 'ana' };
        const { status } = await here.call(admin, 'POST', '/memories', body);
        // What is not storable is refused before.
        expect([201, 400]).toContain(status);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a memory that the screen refuses', () => {
  it('is told with its rules, and with nothing of what was sent', async () => {
    const body = { content: 'a note', user_id: accessKey };
    expect((await here.call(admin, 'POST', '/memories', body)).status).toBe(422);
    const events = await here.events('memory.rejected');
    expect(events).toMatchObject([
      {
        actor: { id: 'admin' },
        namespace: 'namespace-1',
        resource: { type: 'memory', ids: [] },
        success: false,
        code: 'content_rejected',
        details: { rules: [expect.stringMatching(/^[a-z0-9-]+$/)] },
      },
    ]);
    expect(JSON.stringify(events)).not.toContain(accessKey);
    expect(await changes()).toEqual([]);
  });

  it('is refused all the same when the log takes nothing', async () => {
    here.disk.fails = true;
    const body = { content: 'a note', user_id: accessKey };
    expect((await here.call(admin, 'POST', '/memories', body)).status).toBe(422);
  });
});
