import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../json.ts';
import type { Memory } from '../memories/memory.ts';
import { shapeOf } from './shape.ts';

const memory = (more: Partial<Memory> = {}): Memory => ({
  id: 'm1',
  version: 1,
  createdAt: 0,
  updatedAt: 86_400_000,
  text: 'likes tea',
  metadata: {},
  entities: { user_id: 'ann' },
  labels: [],
  ...more,
});
const free = () => undefined;
const made = (properties: object, metadata: Memory['metadata'] = {}, more: object = {}) =>
  shapeOf({ type: 'object', properties, ...more } as Json)(memory({ metadata }), free);
const text = { type: 'string' };

describe('the shape of a schema', () => {
  it('is filled from the memory’s own fields, and from metadata by name', () => {
    const names = [
      'id',
      'memory',
      'user_id',
      'agent_id',
      'created_at',
      'updated_at',
      'expiration_date',
      'city',
    ];
    const properties = Object.fromEntries(names.map((name) => [name, text]));
    expect(made({ ...properties, categories: { type: 'array', items: text } }, { city: 'Oslo' })).toEqual({
      id: 'm1',
      memory: 'likes tea',
      user_id: 'ann',
      agent_id: null,
      created_at: '1970-01-01T00:00:00.000Z',
      updated_at: '1970-01-02T00:00:00.000Z',
      expiration_date: null,
      city: 'Oslo',
      categories: [],
    });
  });

  it('is not deceived by metadata of an own field’s name, nor by names of Object', () => {
    const names = { user_id: text, id: text, constructor: {}, __proto__x: {}, toString: {} };
    expect(made(names, { user_id: 'ben', id: 'm2' })).toEqual({
      user_id: 'ann',
      id: 'm1',
      constructor: null,
      __proto__x: null,
      toString: null,
    });
    const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"object"}}}');
    const filled = shapeOf(schema)(memory({ metadata: JSON.parse('{"__proto__":{"a":1}}') }), free);
    expect(Object.getPrototypeOf(filled)).toBe(Object.prototype);
    expect(Object.keys(filled)).toEqual(['__proto__']);
  });

  it.each([
    [{ type: 'integer' }, 3, 3],
    [{ type: 'integer' }, 3.5, null],
    [{ type: 'number' }, 3.5, 3.5],
    [{ type: 'number' }, '3', null],
    [{ type: 'boolean' }, false, false],
    [{ type: 'boolean' }, 0, null],
    [{ type: ['string', 'null'] }, 'a', 'a'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'a', 'a'],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'a', null],
    [{ oneOf: [{ type: 'integer' }, { type: 'string' }] }, 'a', 'a'],
    [{ allOf: [{ type: 'string' }, { enum: ['b'] }] }, 'a', null],
    [{ enum: ['a', 'b'] }, 'b', 'b'],
    [{ enum: ['a', 'b'] }, 'c', null],
    [{ const: 'a' }, 'a', 'a'],
    [{ $ref: '#/$defs/Level' }, 'masters', 'masters'],
    [{ $ref: '#/$defs/Level' }, 'none', null],
    [{ type: 'array', items: { type: 'integer' } }, [1, 2], [1, 2]],
    [{ type: 'array', items: { type: 'integer' } }, [1, 'b'], null],
    [
      { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
      { n: 1, m: 2 },
      { n: 1, m: 2 },
    ],
    [{ type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }, { m: 2 }, null],
    [{ type: 'object', properties: { n: { type: 'integer' } } }, { n: 'x' }, null],
    [{}, { any: ['thing'] }, { any: ['thing'] }],
    [true, 'a', 'a'],
  ])('takes for %j of %j: %j', (part, value, expected) => {
    const $defs = { Level: { enum: ['bachelors', 'masters'], title: 'Level', type: 'string' } };
    expect(made({ x: part }, { x: value as Json }, { $defs })).toEqual({ x: expected });
  });

  it('of a list is that of its items, also by reference', () => {
    const $defs = { Fact: { type: 'object', properties: { memory: text } } };
    const list = shapeOf({ type: 'array', items: { $ref: '#/$defs/Fact' }, $defs });
    expect(list(memory(), free)).toEqual({ memory: 'likes tea' });
    const root = shapeOf({ $ref: '#/$defs/Fact', $defs });
    expect(root(memory(), free)).toEqual({ memory: 'likes tea' });
  });

  it('refuses what refers to itself, and what grows beyond its bounds', () => {
    const itself = {
      Tree: { type: 'array', items: { $ref: '#/$defs/Tree' } },
      Loop: { $ref: '#/$defs/Loop' },
    };
    for (const name of ['Tree', 'Loop'])
      expect(() => made({ x: { $ref: `#/$defs/${name}` } }, {}, { $defs: itself })).toThrow(
        /references to themselves/,
      );
    const $defs = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [
        `D${i}`,
        { anyOf: Array(4).fill({ $ref: `#/$defs/D${i + 1}` }) },
      ]),
    );
    expect(() => made({ x: { $ref: '#/$defs/D0' } }, {}, { $defs: { ...$defs, D12: text } })).toThrow(
      /at most 500/,
    );
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`p${i}`, text]));
    expect(() => made(many)).toThrow(/at most 200/);
  });

  it('tells what each check costs', () => {
    let spent = 0;
    const shape = shapeOf({ properties: { x: { type: 'array', items: text } } });
    shape(memory({ metadata: { x: Array(1000).fill('a') } }), () => spent++);
    expect(spent).toBeGreaterThanOrEqual(1000);
  });

  it('whatever it is, either is refused as input or gives exactly its properties, each as it was or null', () => {
    const part = fc.letrec((tie) => ({
      part: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue({ maxDepth: 2 }),
        fc.record({ type: fc.constantFrom('string', 'integer', 'array', 'object', 'nonsense', 'null') }),
        fc.record({ anyOf: fc.array(tie('part'), { maxLength: 3 }) }),
        fc.record({ items: tie('part') }),
        fc.record({ properties: fc.dictionary(fc.string(), tie('part'), { maxKeys: 3 }) }),
        fc.record({ $ref: fc.constantFrom('#/$defs/a', '#/definitions/b', '#', 'x') }),
      ),
    })).part;
    const schema = fc.record({
      properties: fc.dictionary(fc.string(), part, { minKeys: 1, maxKeys: 4 }),
      $defs: fc.record({ a: part }),
    });
    fc.assert(
      fc.property(schema, fc.dictionary(fc.string(), fc.jsonValue()), (given, metadata) => {
        let shape: ReturnType<typeof shapeOf>;
        try {
          shape = shapeOf(given as Json);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_input' });
          return;
        }
        const one = memory({ metadata: metadata as Memory['metadata'] });
        const filled = shape(one, free);
        expect(Object.keys(filled).sort()).toEqual(Object.keys(given.properties).sort());
        for (const [name, value] of Object.entries(filled))
          if (value !== null && Object.hasOwn(metadata, name) && !(name in { id: 0, memory: 0, metadata: 0 }))
            expect(value).toEqual(metadata[name]);
      }),
      { numRuns: 300 },
    );
  });
});
