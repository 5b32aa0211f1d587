import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildRecord,
  decodeRecord,
  encodeRecord,
  type Json,
  RecordError,
  type RecordInput,
} from './record.ts';

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
        expect(decodeRecord(encodeRecord(record))).toEqual(record);
      }),
    );
  });

  it('reads a record that stands inside a larger buffer', () => {
    const bytes = encodeRecord(buildRecord(input()));
    const larger = new Uint8Array(bytes.length + 20);
    larger.set(bytes, 7);
    expect(decodeRecord(larger.subarray(7, 7 + bytes.length))).toEqual(buildRecord(input()));
  });

  it('starts with the version, and refuses another', () => {
    const bytes = encodeRecord(buildRecord(input()));
    expect(bytes[0]).toBe(1);
    bytes[0] = 2;
    expect(() => decodeRecord(bytes)).toThrow(RecordError);
  });

  it('refuses damaged records with its own error', () => {
    const bytes = encodeRecord(buildRecord(input()));
    expect(() => decodeRecord(new Uint8Array())).toThrow(RecordError);
    expect(() => decodeRecord(bytes.subarray(0, 10))).toThrow(RecordError);
    bytes[2] = 0x7b;
    expect(() => decodeRecord(bytes)).toThrow(RecordError);
  });
});
