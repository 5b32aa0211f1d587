import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../access/actor.ts';
import { actorIn } from '../clusters/testing/clusters.ts';
import { type Project, projectFixture } from '../projects/testing/project-side.ts';

let side: Project;
let memory: string;
beforeEach(async () => {
  side = await projectFixture();
  [memory] = (await side.memoriesOf(ann, 'ann', 1)) as [string];
});
afterEach(() => side.close());

const ann = actorIn(1, 'ann');
const bob = actorIn(2, 'bob');
const boundTo = (user: string) => actorIn(1, 'key', { kind: 'api_key', boundTo: { user_id: user } });
const MISSING = '01890000-0000-7000-8000-000000000000';

const give = (body: object, id = memory, actor: Actor = ann) =>
  side.call(actor, 'PUT', `/memories/${id}/feedback`, body);
const post = (body: object, actor: Actor = ann) => side.call(actor, 'POST', '/v1/feedback/', body);
const read = (id = memory, actor: Actor = ann) => side.call(actor, 'GET', `/memories/${id}/feedback`);
const rows = () => side.writer.db.prepare('select * from memory_feedback').all() as { body: Buffer }[];

describe('feedback on a memory', () => {
  it('is kept once a memory: the newest wins, by either door', async () => {
    expect((await give({ feedback: 'NEGATIVE', feedback_reason: 'out of date' })).status).toBe(200);
    const { status, body } = await post({ memory_id: memory, feedback: 'POSITIVE' });
    expect([status, body]).toEqual([
      200,
      { id: expect.any(String), feedback: 'POSITIVE', feedback_reason: null },
    ]);
    expect((await read()).body).toEqual({
      memory_id: memory,
      id: body.id,
      feedback: 'POSITIVE',
      feedback_reason: null,
      updated_at: expect.stringMatching(/^2026-11-21T/),
    });
    expect(rows()).toHaveLength(1);
  });

  it('is taken back with null, or without a value', async () => {
    for (const body of [{ feedback: null, feedback_reason: 'never mind' }, {}]) {
      await give({ feedback: 'VERY_NEGATIVE', feedback_reason: 'wrong' });
      const answer = await post({ memory_id: memory, ...body });
      expect(answer.body).toEqual({ id: null, feedback: null, feedback_reason: null });
      expect(rows()).toEqual([]);
    }
    expect((await read()).body).toMatchObject({
      memory_id: memory,
      id: null,
      feedback: null,
      updated_at: null,
    });
  });

  it.each([
    [{ feedback: 'GOOD' }],
    [{ feedback: 'positive' }],
    [{ feedback: 'POSITIVE', feedback_reason: 7 }],
    [{ feedback: 'POSITIVE', feedback_reason: 'é'.repeat(2049) }],
    [{ feedback: 'POSITIVE', feedback_reason: 'a\0b' }],
    [{ feedback: 'POSITIVE', reason: 'misspelt' }],
    [{}],
  ])('refuses %j whole', async (body) => {
    expect((await give(body)).status).toBe(400);
    expect(rows()).toEqual([]);
  });

  it('takes a reason of 4 KiB', async () => {
    expect((await give({ feedback: 'POSITIVE', feedback_reason: 'é'.repeat(2048) })).status).toBe(200);
    expect((await read()).body.feedback_reason).toHaveLength(2048);
  });

  it('is screened, sealed, and told to the log without its words', async () => {
    const key = `AKIA${[...'QWERTZUIOPASDFGH'].reverse().join('')}`;
    const { body } = await give({ feedback: 'NEGATIVE', feedback_reason: `it told ${key} to me` });
    expect(body.screening.action).toBe('redacted');
    const { feedback_reason: reason } = (await read()).body;
    expect(reason).toMatch(/^it told .* to me$/);
    expect(reason).not.toContain(key);
    expect(rows()[0]!.body.includes('told')).toBe(false);
    const [event] = await side.events('memory.feedback');
    expect(event).toMatchObject({ resource: { type: 'memory', ids: [memory] }, success: true });
    expect(event).toHaveProperty('after');
    expect(JSON.stringify(event)).not.toContain('it told');
    expect(JSON.stringify(event)).toContain('rules');
  });

  it('goes with the text when its key is lost: another subject cannot open the row', async () => {
    await give({ feedback: 'NEGATIVE', feedback_reason: 'out of date' });
    const [other] = await side.memoriesOf(ann, 'cleo', 1);
    await give({ feedback: 'POSITIVE' }, other);
    const bytes = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');
    side.writer.db
      .prepare('update memory_feedback set body = (select body from memory_feedback where memory_id = ?)')
      .run(bytes(memory));
    expect((await read(other)).status).toBe(500);
  });
});

describe('beyond what a caller reaches', () => {
  it('there is no memory to say anything of, and the answer is that of a missing one', async () => {
    await give({ feedback: 'POSITIVE' });
    const before = rows();
    for (const actor of [bob, boundTo('cleo')]) {
      const said = { feedback: 'NEGATIVE' };
      const missing = [
        await give(said, MISSING, actor),
        await read(MISSING, actor),
        await give(said, 'x', actor),
      ];
      const foreign = [await give(said, memory, actor), await read(memory, actor)];
      for (const { status, body } of [...missing, ...foreign]) {
        expect(status).toBe(404);
        expect({ ...body, request_id: 0 }).toEqual({ ...missing[0]!.body, request_id: 0 });
      }
      const wire = [
        await post({ memory_id: memory, ...said }, actor),
        await post({ memory_id: MISSING, ...said }, actor),
      ];
      expect(wire.map(({ status }) => status)).toEqual([404, 404]);
      expect({ ...wire[0]!.body, request_id: 0 }).toEqual({ ...wire[1]!.body, request_id: 0 });
    }
    expect(rows()).toEqual(before);
    expect(await side.events('authz.access.denied')).not.toEqual([]);
  });

  it('a key that is bound to the user gives and reads it', async () => {
    expect((await give({ feedback: 'NEGATIVE' }, memory.toUpperCase(), boundTo('ann'))).status).toBe(200);
    expect((await read(memory, boundTo('ann'))).body).toMatchObject({
      memory_id: memory,
      feedback: 'NEGATIVE',
    });
  });

  it('nothing is kept of a memory that ended meanwhile', async () => {
    side.disk.before = () => side.memories.delete(ann as never, { client: {} }, memory);
    // The fixture's writer runs it before the next commit, which is the one of the feedback.
    const answer = await give({ feedback: 'POSITIVE' });
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
    expect(rows()).toEqual([]);
  });

  it('writing alone is enough to give it, and not to read it', async () => {
    const writer = { ...ann, permissions: new Set(['memories:write'] as const) };
    expect((await give({ feedback: 'POSITIVE' }, memory, writer)).status).toBe(200);
    expect((await read(memory, writer)).status).toBe(403);
    const reader = { ...ann, permissions: new Set(['memories:read'] as const) };
    expect((await give({ feedback: 'POSITIVE' }, memory, reader)).status).toBe(403);
  });
});
