import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Authorized } from '../access/actor.ts';
import { createRecorder } from '../audit/recorder.ts';
import { sqliteReader } from '../database/reader.ts';
import { type InProcessWriter, inProcessWriter } from '../database/testing/in-process-writer.ts';
import { dataKey } from '../encryption/seal.ts';
import { NO_REQUEST } from '../http/origin.ts';
import { newId } from '../ids.ts';
import { knownCanaries } from './known.ts';
import { CanaryService } from './service.ts';

const HERE = 1;
const THERE = 2;
let writer: InProcessWriter;
let canaries: CanaryService;
const bytes = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');

/** A memory in a namespace; `state` 0 was deleted. */
function memory(namespace = HERE, state = 1): string {
  const id = newId();
  writer.db
    .prepare(
      'INSERT INTO memories (id, subject_id, change_seq, version, state, created_at, updated_at) VALUES (?, ?, ?, 1, ?, 0, 0)',
    )
    .run(bytes(id), namespace, writer.db.prepare('SELECT count(*) AS n FROM memories').pluck().get(), state);
  return id;
}

const actor = (namespace = HERE) =>
  ({
    kind: 'account',
    id: 'a',
    account: { row: 1, publicId: 'a' },
    namespace: { id: namespace, publicId: `n${namespace}` },
    guard: { sql: 'SELECT 1', parameters: [] },
  }) as unknown as Authorized<'members:manage'>;
const code = (code: string) => expect.objectContaining({ code });
const create = (id: string, by = actor()) => canaries.create(by, id, NO_REQUEST);
const events = () => writer.leaves.map(({ skeleton }) => JSON.parse(Buffer.from(skeleton).toString()));

beforeAll(async () => {
  writer = await inProcessWriter();
  writer.db.pragma('foreign_keys = OFF');
  const subject = writer.db.prepare(
    "INSERT INTO subjects (id, namespace_id, digest, entity_sealed, key_id, wrapped_key, generation, state, head_seq, created_at) VALUES (?, ?, ?, x'', ?, x'', 1, 'active', 0, 0)",
  );
  for (const id of [HERE, THERE]) subject.run(id, id, Buffer.of(id), Buffer.of(id));
  const recorder = createRecorder(writer, dataKey(Buffer.alloc(32, 1)));
  canaries = new CanaryService({ writer, recorder, now: () => 1000 });
});
afterAll(() => writer.close());

describe('a canary', () => {
  it('is set, listed and removed, each with its event; whoever looks out for it knows', async () => {
    const id = memory();
    expect(await create(id)).toEqual({ memory_id: id, created_at: '1970-01-01T00:00:01.000Z' });
    expect(await canaries.list(actor())).toEqual([{ memory_id: id, created_at: '1970-01-01T00:00:01.000Z' }]);
    expect(await knownCanaries(sqliteReader(writer.db))).toEqual([id]);
    await canaries.remove(actor(), id.toUpperCase(), NO_REQUEST);
    expect(await canaries.list(actor())).toEqual([]);
    const resource = { type: 'memory', ids: [id] };
    expect(events().slice(-2)).toMatchObject([
      { type: 'canary.created', namespace: 'n1', resource, success: true },
      { type: 'canary.removed', namespace: 'n1', resource, success: true },
    ]);
  });

  it('is not made of what is missing, ended, or of another namespace: the same answer for each', async () => {
    const before = events().length;
    for (const id of [newId(), memory(HERE, 0), memory(THERE)])
      await expect(create(id)).rejects.toThrow(code('not_found'));
    expect(events()).toHaveLength(before);
  });

  it('is one only once', async () => {
    const id = memory();
    await create(id);
    await expect(create(id)).rejects.toThrow(code('canary_exists'));
  });

  it('is neither seen nor removed from another namespace', async () => {
    const id = memory();
    await create(id);
    const other = actor(THERE);
    expect(await canaries.list(other)).toEqual([]);
    await expect(create(id, other)).rejects.toThrow(code('not_found'));
    for (const wrong of [id, 'no-id', newId()])
      await expect(canaries.remove(other, wrong, NO_REQUEST)).rejects.toThrow(code('not_found'));
    expect((await canaries.list(actor())).map(({ memory_id }) => memory_id)).toContain(id);
  });

  it('is one of at most a hundred in a namespace', async () => {
    const room = 100 - (await canaries.list(actor())).length;
    for (let i = 0; i < room; i++) await create(memory());
    await expect(create(memory())).rejects.toThrow(code('limit_reached'));
    await create(memory(THERE), actor(THERE));
  });
});
