import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { actorIn } from '../clusters/testing/clusters.ts';
import type { Found, ReadResult } from '../memories/requests.ts';
import { type Project, projectFixture } from '../projects/testing/project-side.ts';
import { ExportService } from './service.ts';
import { shapeOf } from './shape.ts';

let side: Project;
beforeEach(async () => {
  side = await projectFixture();
});
afterEach(() => side.close());

const ann = actorIn(1, 'ann') as never;
const origin = { client: {} };
const where = { entities: { user_id: 'ann' } };
const request = (property: object) => ({
  schema: { properties: { x: property as never } },
  where,
  instructions: null,
});

const memory = (x: unknown): Found => ({
  id: crypto.randomUUID(),
  version: 1,
  createdAt: 0,
  updatedAt: 0,
  text: '',
  metadata: { x } as Found['metadata'],
  entities: { user_id: 'ann' },
  labels: [],
});

/** Exports of memories that need not be stored first. */
function exportsOf(list: (page: { offset: number; limit: number }) => ReadResult): ExportService {
  const memories = { list: async (...[, , , page]: Parameters<typeof side.memories.list>) => list(page) };
  const { writer, recorder, recordsKey, now } = side;
  return new ExportService({ writer, recorder, recordsKey, memories, now });
}

describe('an export holds up nobody else:', () => {
  it('of more than 10,000 memories it is refused, also when there have become so many since', async () => {
    let total = 10_001;
    const exports = exportsOf(() => ({ memories: [], total }));
    await expect(exports.create(ann, origin, request({}))).rejects.toThrow(
      /at most 10000 memories, not 10001/,
    );
    total = 10_000;
    const id = await exports.create(ann, origin, request({}));
    expect((await exports.fetch(ann, origin, { id })).memories).toEqual([]);
    total = 10_001;
    await expect(exports.fetch(ann, origin, { id })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('of more than 32 MiB it is refused', async () => {
    const all = Array.from({ length: 33 }, () => memory('x'.repeat(1024 * 1024)));
    const exports = exportsOf(() => ({ memories: all, total: 33 }));
    const id = await exports.create(ann, origin, request({ type: 'string' }));
    await expect(exports.fetch(ann, origin, { id })).rejects.toThrow(/at most 32 MiB/);
  });

  it('with a schema that costs too much for so many memories it is refused', async () => {
    const list = Array(8000).fill(1);
    const exports = exportsOf(({ limit }) => ({
      memories: Array.from({ length: limit }, () => memory(list)),
      total: 2000,
    }));
    const many = { anyOf: [{ items: { type: 'string' } }, { items: { type: 'integer' } }] };
    const id = await exports.create(ann, origin, request(many));
    await expect(exports.fetch(ann, origin, { id })).rejects.toThrow(/too complex/);
  });

  it('whatever a schema says many times over is looked at once', async () => {
    const read: string[] = [];
    const seen = (name: string) => read.push(name) > 0;
    const watched = new Proxy(
      { a: 1 },
      {
        getOwnPropertyDescriptor: (of, name) =>
          seen(String(name)) ? Reflect.getOwnPropertyDescriptor(of, name) : undefined,
      },
    );
    const exports = exportsOf(() => ({ memories: [memory(watched)], total: 1 }));
    const id = await exports.create(
      ann,
      origin,
      request({ required: Array(8000).fill('a'), properties: {} }),
    );
    await exports.fetch(ann, origin, { id });
    expect(read.filter((name) => name === 'a').length).toBeLessThan(10);
  });

  it('a list of values that a schema refers to many times is kept once', () => {
    const made = vi.spyOn(globalThis, 'Set');
    onTestFinished(() => made.mockRestore());
    const schema = {
      $defs: { E: { enum: Array.from({ length: 1000 }, (_, i) => i) } },
      properties: Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`x${i}`, { $ref: '#/$defs/E' }])),
    };
    shapeOf(schema);
    expect(
      made.mock.calls.filter(([values]) => Array.isArray(values) && values.length === 1000),
    ).toHaveLength(1);
  });

  it('goes on where a page ends early, and tells each memory once', async () => {
    const all = Array.from({ length: 12 }, (_, i) => memory(i));
    const exports = exportsOf(({ offset }) => {
      const memories = all.slice(offset, offset + 5);
      return { memories, total: 12, ...(offset + 5 < 12 && { partial: true }) };
    });
    const id = await exports.create(ann, origin, request({ type: 'integer' }));
    const { memories, partial } = await exports.fetch(ann, origin, { id });
    expect(memories.map(({ x }) => x)).toEqual(all.map((_, i) => i));
    expect(partial).toBeUndefined();
  });

  it('says so where there is more than could be looked through', async () => {
    const exports = exportsOf(() => ({ memories: [memory(1)], total: 1, partial: true }));
    const id = await exports.create(ann, origin, request({}));
    expect(await exports.fetch(ann, origin, { id })).toMatchObject({ partial: true });
    expect(await exports.summary(ann, origin, where)).toMatchObject({ total: 1, partial: true });
  });
});
