import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../json.ts';
import type { HeldRecord } from './held-record.ts';
import {
  buildRecord,
  decodeRecord,
  encodeRecord,
  type IndexRecord,
  RecordError,
  type RecordInput,
} from './record.ts';
import { Shard } from './shard.ts';

const TIME = Date.parse('2024-03-01T10:00:00Z');
const input = (more: Partial<RecordInput> = {}): RecordInput => ({
  text: 'Went to the lake yesterday',
  time: TIME,
  createdAt: TIME + 1,
  updatedAt: TIME + 2,
  metadata: {},
  ...more,
});

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const inputs: fc.Arbitrary<RecordInput> = fc
  .record({
    text: fc.string({ unit: 'grapheme', maxLength: 200 }),
    time: fc.integer({ min: 0, max: 4e12 }),
    createdAt: fc.integer({ min: 0, max: 4e12 }),
    updatedAt: fc.integer({ min: 0, max: 4e12 }),
    metadata: fc.dictionary(
      fc.string(),
      fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json),
    ),
    role: optional(fc.string()),
    speaker: optional(fc.string({ unit: 'grapheme' })),
    thread: optional(fc.string()),
    userId: optional(fc.string()),
    agentId: optional(fc.string()),
    appId: optional(fc.string()),
    runId: optional(fc.string()),
    expiresOn: optional(fc.constant('2024-05-01')),
    categories: optional(fc.array(fc.string())),
    labels: optional(fc.array(fc.string())),
  })
  .map(
    (made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)) as never,
  );

/** Decodes a record the whole way, which ends in a shard. */
function read(bytes: Uint8Array): HeldRecord {
  const shard = new Shard();
  shard.apply({ id: 'x', rowid: 1, changeSeq: 1, record: decodeRecord(bytes) });
  return shard.get('x')!.record;
}

/** All of a held record as an object of its own. */
function plain(record: HeldRecord): IndexRecord {
  const { time, createdAt, updatedAt, cues, firstPerson, terms, dates } = record;
  return { time, createdAt, updatedAt, cues, firstPerson, terms, dates, ...record.who, ...record.more };
}

describe('buildRecord', () => {
  it('keeps terms in order with repeats, and never the text', () => {
    const record = buildRecord(input({ text: 'The dog chased the other dog' }));
    expect(record.terms).toEqual(['dog', 'chase', 'dog']);
    expect(record).not.toHaveProperty('text');
  });

  it('gives the days that it tells of: its own, and those the text refers to', () => {
    expect(buildRecord(input()).dates).toEqual(['@2024', '@m3', '@d1', '@m2', '@d29']);
  });
});

describe('encodeRecord and decodeRecord', () => {
  it('give back what was put in', () => {
    fc.assert(
      fc.property(inputs, (made) => {
        const record = buildRecord(made);
        expect(plain(read(encodeRecord(record)))).toEqual(record);
      }),
    );
  });

  it('reads a record that stands inside a larger buffer', () => {
    const bytes = encodeRecord(buildRecord(input()));
    const larger = new Uint8Array(bytes.length + 20);
    larger.set(bytes, 7);
    expect(plain(read(larger.subarray(7, 7 + bytes.length)))).toEqual(buildRecord(input()));
  });

  it('starts with the version, and refuses another', () => {
    const bytes = encodeRecord(buildRecord(input()));
    expect(bytes[0]).toBe(1);
    bytes[0] = 2;
    expect(() => decodeRecord(bytes)).toThrow(RecordError);
  });

  it('refuses damaged records with its own error', () => {
    const bytes = encodeRecord(buildRecord(input({ metadata: { a: 1 } })));
    expect(() => read(new Uint8Array())).toThrow(RecordError);
    for (const size of [1, 10, 39, 50]) expect(() => read(bytes.subarray(0, size))).toThrow(RecordError);
    const json = bytes.indexOf(0x5b);
    for (const at of [json, bytes.indexOf(0x5b, json + 1)]) {
      const damaged = bytes.slice();
      damaged[at] = 0x7b;
      expect(() => read(damaged)).toThrow(RecordError);
    }
  });
});
