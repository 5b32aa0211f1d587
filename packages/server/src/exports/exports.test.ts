import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Actor, Entities } from '../access/actor.ts';
import { actorIn } from '../clusters/testing/clusters.ts';
import type { MemoryContent } from '../memories/memory.ts';
import { type Project, projectFixture } from '../projects/testing/project-side.ts';

let side: Project;
beforeEach(async () => {
  side = await projectFixture();
});
afterEach(() => side.close());

const root = actorIn(1, 'root');
const stranger = actorIn(2, 'root');
const keyOf = (id: string, user: string) => actorIn(1, id, { kind: 'api_key', boundTo: { user_id: user } });
const FILTERS = { user_id: 'ann' };
const SCHEMA = {
  title: 'Fact',
  type: 'object',
  properties: { memory: { type: 'string' }, user_id: { type: 'string' }, colour: { type: 'string' } },
};

const add = (entities: Entities, ...contents: (Partial<MemoryContent> & { text: string })[]) =>
  side.memories.add(
    root as never,
    { client: {} },
    entities,
    contents.map((one) => ({ metadata: {}, ...one })),
  );
const create = (body: object = {}, actor: Actor = root) =>
  side.call(actor, 'POST', '/v1/exports/', { schema: SCHEMA, filters: FILTERS, ...body });
const get = (body: object, actor: Actor = root) => side.call(actor, 'POST', '/v1/exports/get/', body);
const exported = async (body: object = {}, actor: Actor = root) =>
  (await get({ memory_export_id: (await create(body, actor)).body.id }, actor)).body;
const count = () => side.writer.db.prepare('select count(*) from memory_exports').pluck().get();

describe('an export', () => {
  it('is each memory in the shape of the schema, oldest first, null where there is nothing', async () => {
    await add({ user_id: 'ann' }, { text: 'likes tea', metadata: { colour: 'green' } });
    await add({ user_id: 'ann', agent_id: 'bot' }, { text: 'lives in Oslo', metadata: { colour: 7 } });
    await add({ user_id: 'ben' }, { text: 'likes coffee' });
    const made = await create({ export_instructions: 'invent a surname' });
    expect([made.status, made.body]).toEqual([
      201,
      { message: expect.stringMatching(/received/), id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    ]);
    expect((await get({ memory_export_id: made.body.id })).body).toEqual({
      id: made.body.id,
      created_at: expect.stringMatching(/^2026-11-21T/),
      count: 2,
      memories: [
        { memory: 'likes tea', user_id: 'ann', colour: 'green' },
        { memory: 'lives in Oslo', user_id: 'ann', colour: null },
      ],
    });
  });

  it('is held in memory once for each caller: others of the same wait, and are turned away beyond ten', async () => {
    await add({ user_id: 'ann' }, { text: 'likes tea' });
    const { id } = (await create()).body;
    const { list } = side.memories;
    let making = 0;
    let most = 0;
    onTestFinished(() => {
      side.memories.list = list;
    });
    side.memories.list = async (...args) => {
      most = Math.max(most, ++making);
      await setImmediate();
      return list.apply(side.memories, args).finally(() => making--);
    };
    const answers = await Promise.all(Array.from({ length: 15 }, () => get({ memory_export_id: id })));
    expect(most).toBe(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array(11).fill(200),
      ...Array(4).fill(429),
    ]);
    expect(answers.find(({ status }) => status === 429)!.headers['retry-after']).toBe('2');
    expect((await get({ memory_export_id: id })).status).toBe(200);
  });

  it('that cannot be given out lets the next one through', async () => {
    const { id } = (await create()).body;
    for (let i = 0; i < 15; i++) expect((await get({ memory_export_id: 'none' })).status).toBe(404);
    expect((await get({ memory_export_id: id })).status).toBe(200);
  });

  it('is made when it is fetched: nothing is copied, and what ended is not in it', async () => {
    const [first] = await add({ user_id: 'ann' }, { text: 'likes quinces' }, { text: 'likes tea' });
    const { id } = (await create()).body;
    const stored = side.writer.db.prepare('select body from memory_exports').pluck().get() as Buffer;
    expect(stored.includes('quinces')).toBe(false);
    expect(stored.includes('ann')).toBe(false);
    await side.memories.delete(root as never, { client: {} }, first!.id);
    const { memories } = (await get({ memory_export_id: id })).body;
    expect(memories).toMatchObject([{ memory: 'likes tea' }]);
  });

  it('is found by what it was asked for with, the newest first, whatever the order of keys', async () => {
    await add({ user_id: 'ann', agent_id: 'bot' }, { text: 'likes tea' });
    await create({ filters: { user_id: 'ann', agent_id: 'bot' } });
    const { id } = (await create({ filters: { agent_id: 'bot', user_id: 'ann' } })).body;
    expect((await get({ filters: { user_id: 'ann', agent_id: 'bot' } })).body.id).toBe(id);
    expect((await get({ filters: { user_id: 'ann' } })).status).toBe(404);
    expect((await create({ filters: undefined, user_id: 'ann' })).status).toBe(201);
    expect((await get({ user_id: 'ann' })).body.memories).toHaveLength(1);
  });

  it('takes a schema as text too, as a signature of the Python client has it', async () => {
    await add({ user_id: 'ann' }, { text: 'likes tea' });
    expect((await exported({ schema: JSON.stringify(SCHEMA) })).memories).toMatchObject([
      { memory: 'likes tea' },
    ]);
  });

  it('goes through all pages', async () => {
    const texts = Array.from({ length: 1201 }, (_, i) => ({ text: `note ${i}` }));
    await add({ user_id: 'ann' }, ...texts);
    const { memories } = await exported();
    expect(memories.map(({ memory }: { memory: string }) => memory)).toEqual(texts.map(({ text }) => text));
    const listed = await side.events('memory.listed');
    expect(new Set(listed.flatMap(({ resource }) => resource!.ids)).size).toBe(1201);
    expect(await side.events('memory.exported')).toMatchObject([
      { resource: { type: 'memory_export' }, details: { memories: 1201 } },
    ]);
  });

  it('lasts seven days, and is then forgotten', async () => {
    const { id } = (await create()).body;
    side.clock.at += 7 * 86_400_000 - 10;
    expect((await get({ memory_export_id: id })).status).toBe(200);
    await side.exports.sweep();
    expect(count()).toBe(1);
    side.clock.at += 10;
    expect((await get({ memory_export_id: id })).status).toBe(404);
    expect((await get({ filters: FILTERS })).status).toBe(404);
    await side.exports.sweep();
    expect(count()).toBe(0);
  });

  it('pushes out the oldest of the same caller, and nobody else’s', async () => {
    const bens = (await create({ filters: { user_id: 'ben' } }, keyOf('k2', 'ben'))).body.id;
    const first = (await create()).body.id;
    const second = (await create()).body.id;
    for (let i = 0; i < 99; i++) await create();
    expect(count()).toBe(101);
    expect((await get({ memory_export_id: first })).status).toBe(404);
    expect((await get({ memory_export_id: second })).status).toBe(200);
    expect((await get({ memory_export_id: bens }, keyOf('k2', 'ben'))).status).toBe(200);
  });

  it.each([
    [{ schema: undefined }],
    [{ schema: 'no json' }],
    [{ schema: 7 }],
    [{ schema: [] }],
    [{ schema: {} }],
    [{ schema: { properties: {} } }],
    [{ schema: { properties: { a: { type: 'date' } } } }],
    [{ schema: { properties: { a: { $ref: 'https://example.com/other.json' } } } }],
    [{ schema: { properties: { a: { $ref: '#/$defs/toString' } }, $defs: {} } }],
    [{ schema: { properties: { a: { description: 'x'.repeat(32_768) } } } }],
    [{ filters: { user_id: 'ann', colour: 'red' } }],
    [{ filters: { userId: 'ann' } }],
    [{ filters: 'ann' }],
    [{ export_instructions: 'x'.repeat(8193) }],
  ])('is refused for what is none, case %#', async (body) => {
    const { status, body: answer } = await create(body);
    expect([status, answer.code]).toEqual([400, expect.stringMatching(/^invalid_(input|filter)$/)]);
    expect(count()).toBe(0);
  });

  it('by a key that is not bound names somebody', async () => {
    const key = actorIn(1, 'k', { kind: 'api_key' });
    expect((await create({ filters: {} }, key)).status).toBe(400);
    expect((await get({}, key)).status).toBe(400);
  });
});

describe('of somebody else', () => {
  it('an export is not there, by id or by filters, in this namespace or another', async () => {
    await add({ user_id: 'ann' }, { text: 'likes quinces' });
    const { id } = (await create()).body;
    const missing = '01890000-0000-7000-8000-000000000000';
    for (const actor of [stranger, keyOf('k1', 'ann'), keyOf('k2', 'ben'), actorIn(1, 'other')]) {
      const answers = [
        await get({ memory_export_id: missing }, actor),
        await get({ memory_export_id: id }, actor),
        await get({ memory_export_id: 'nonsense' }, actor),
        await get({ filters: FILTERS }, actor),
      ];
      for (const { status, body } of answers) {
        expect(status).toBe(404);
        expect({ ...body, request_id: 0 }).toEqual({ ...answers[0]!.body, request_id: 0 });
      }
    }
  });

  it('no memory is in an export: it is made with the reach of whoever fetches it', async () => {
    await add({ user_id: 'ann' }, { text: 'likes quinces' });
    await add({ user_id: 'ben' }, { text: 'likes coffee' });
    const everybody = { filters: { user_id: '*' } };
    expect((await exported(everybody, keyOf('k2', 'ben'))).memories).toMatchObject([
      { memory: 'likes coffee' },
    ]);
    expect((await exported({ filters: FILTERS }, keyOf('k2', 'ben'))).memories).toEqual([]);
    // A key that was bound since sees no more than it reaches now.
    const wide = actorIn(1, 'k3');
    const { id } = (await create(everybody, wide)).body;
    const { memories } = (await get({ memory_export_id: id }, keyOf('k3', 'ben'))).body;
    expect(memories).toMatchObject([{ memory: 'likes coffee' }]);
    expect((await exported(everybody, stranger)).memories).toEqual([]);
  });
});

describe('a summary', () => {
  const summary = async (body: object, actor: Actor = root) => side.call(actor, 'POST', '/v1/summary/', body);

  it('is made of memories within reach, in their words', async () => {
    const [own] = await add({ user_id: 'ann' }, { text: 'Ann keeps bees behind the house' });
    await add({ user_id: 'ben' }, { text: 'Ben keeps wasps' });
    const { status, body } = await summary({ filters: FILTERS });
    expect([status, body]).toEqual([
      200,
      { status: 'SUCCEEDED', summary: '- Ann keeps bees behind the house', memory_ids: [own!.id], total: 1 },
    ]);
    expect((await summary({ filters: FILTERS }, keyOf('k', 'ben'))).body).toMatchObject({
      summary: '',
      total: 0,
    });
    expect((await summary({ filters: FILTERS }, stranger)).body.total).toBe(0);
    expect((await summary({}, actorIn(1, 'k', { kind: 'api_key' }))).status).toBe(400);
    expect((await summary({ filters: { nonsense: 1 } })).status).toBe(400);
  });
});
