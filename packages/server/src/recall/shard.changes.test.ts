import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildRecord, decodeRecord, encodeRecord } from './record.ts';
import { type Change, Shard } from './shard.ts';

const NOW = Date.parse('2024-06-15T12:00:00Z');

function change(
  changeSeq: number,
  id: number,
  words: string[] | null,
  speaker: string,
  thread: string,
): Change {
  if (words === null) return { id: `m${id}`, rowid: id, changeSeq, record: null };
  const time = NOW - 1_000 * (100 - id);
  const built = buildRecord({
    text: words.join(' '),
    speaker,
    thread,
    time,
    createdAt: time,
    updatedAt: time,
    metadata: {},
  });
  return { id: `m${id}`, rowid: id, changeSeq, record: decodeRecord(encodeRecord(built)) };
}

const words = fc.array(fc.constantFrom('red', 'green', 'blue', 'black', 'white'), {
  minLength: 1,
  maxLength: 8,
});
const steps = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 25 }),
    fc.option(words, { freq: 4 }),
    fc.constantFrom('Anna', 'Bob', 'user'),
    fc.constantFrom('s', 't'),
  ),
  { maxLength: 120 },
);

describe('apply', () => {
  it('leaves the same shard as adding the live memories once, whatever came between', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.integer({ min: 0, max: 119 })), (made, searches) => {
        const changes = made.map(([id, text, speaker, thread], at) =>
          change(at + 1, id, text, speaker, thread),
        );
        const grown = new Shard();
        const live = new Map<string, Change>();
        for (const [at, one] of changes.entries()) {
          grown.apply(one);
          if (one.record) live.set(one.id, one);
          else live.delete(one.id);
          if (searches.includes(at)) grown.search('red', { topK: 3, now: NOW });
        }
        const fresh = new Shard();
        for (const one of live.values()) fresh.apply(one);
        expect(grown.size).toBe(live.size);
        for (const query of ['red', 'green blue', 'Anna black', '']) {
          const options = { topK: 30, now: NOW };
          expect(grown.search(query, options)).toEqual(fresh.search(query, options));
        }
        expect(grown.list({ now: NOW, offset: 0, limit: 9 })).toEqual(
          fresh.list({ now: NOW, offset: 0, limit: 9 }),
        );
      }),
    );
  });

  it('tells the newest change, also of a removal', () => {
    const shard = new Shard();
    shard.apply(change(3, 1, ['red'], 'Anna', 's'));
    shard.apply(change(7, 1, null, 'Anna', 's'));
    expect([shard.headSeq, shard.size, shard.get('m1')]).toEqual([7, 0, undefined]);
  });

  it('takes a batch twice without harm', () => {
    const shard = new Shard();
    const batch = [change(1, 1, ['red'], 'Anna', 's'), change(2, 1, ['blue'], 'Anna', 's')];
    for (const one of [...batch, ...batch]) shard.apply(one);
    expect(shard.get('m1')?.record.terms).toEqual(['blue']);
    expect(shard.search('red', { topK: 1, now: NOW }).hits).toEqual([]);
  });

  it('gives back the room of removed memories', () => {
    const shard = new Shard();
    const text = (n: number) => Array.from({ length: 30 }, (_, at) => `w${n}x${at}`);
    for (let n = 0; n < 400; n++) shard.apply(change(n + 1, n, text(n), 'Anna', 's'));
    const full = shard.bytes;
    for (let n = 0; n < 390; n++) shard.apply(change(500 + n, n, null, 'Anna', 's'));
    expect(shard.bytes).toBeLessThan(full / 5);
    expect(shard.search('w395x3', { topK: 1, now: NOW }).hits[0]?.id).toBe('m395');
  });
});
