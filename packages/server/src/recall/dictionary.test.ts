import { randomFillSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dictionary, hashOf } from './dictionary.ts';

const term = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .map((made) => made.replaceAll(' ', '_'));

function readLine(dictionary: Dictionary, terms: readonly string[]): string[] {
  const line = Buffer.from(terms.join(' '));
  const ids = new Int32Array(line.length + 1);
  const count = dictionary.read(line, 0, line.length, ids, 0);
  return Array.from(ids.subarray(0, count), (id) => dictionary.name(id));
}

describe('Dictionary', () => {
  it('reads the terms of a line as they are, and gives one term one number', () => {
    fc.assert(
      fc.property(fc.array(fc.array(term), { maxLength: 8 }), (lines) => {
        const dictionary = new Dictionary();
        const wellFormed = lines.map((line) => line.map((one) => Buffer.from(one).toString()));
        for (const line of wellFormed) expect(readLine(dictionary, line)).toEqual(line);
        const distinct = new Set(wellFormed.flat());
        expect(dictionary.size).toBe(distinct.size);
        for (const one of distinct) expect(dictionary.intern(one)).toBe(dictionary.find(one));
      }),
    );
  });

  it('finds each of very many terms again, and no other', () => {
    const dictionary = new Dictionary();
    for (let n = 0; n < 20_000; n++) expect(dictionary.intern(`t${n}`)).toBe(n);
    for (let n = 0; n < 20_000; n += 7) expect(dictionary.find(`t${n}`)).toBe(n);
    for (const unknown of ['t', 't20000', 'constructor', ''])
      expect(dictionary.find(unknown)).toBeUndefined();
  });

  it('takes terms of another dictionary over', () => {
    const [from, to] = [new Dictionary(), new Dictionary(new Int32Array(256).fill(7))];
    const ids = ['tea', 'é', 'coffee'].map((one) => from.intern(one));
    to.intern('coffee');
    expect(ids.toReversed().map((id) => to.name(to.adopt(from, id)))).toEqual(['coffee', 'é', 'tea']);
    expect(to.size).toBe(3);
  });

  it('tells terms apart that have the same hash', () => {
    const dictionary = new Dictionary(new Int32Array(256));
    expect(readLine(dictionary, ['ab', 'ba', 'a', 'ab'])).toEqual(['ab', 'ba', 'a', 'ab']);
    expect(dictionary.size).toBe(3);
  });
});

/**
 * Sets as large as a text of 64 KiB can hold, of the kinds that bring weak hashes down: equal sums, equal ends, one
 * bit of difference, terms that FNV-1a without a seed puts into one bucket.
 */
const HOSTILE: Record<string, () => Iterable<string>> = {
  *'equal sums of bytes'() {
    for (let n = 0; n < 4096; n++)
      yield [...n.toString(2).padStart(12, '0')].map((bit) => (bit === '0' ? 'ab' : 'ba')).join('');
  },
  *'counting up'() {
    for (let n = 0; n < 8192; n++) yield `x${n}`;
  },
  *'one letter at the end of a long term'() {
    for (let n = 0; n < 1024; n++) yield `${'x'.repeat(58)}${n.toString(36).padStart(3, '0')}`;
  },
  *'one bucket of FNV-1a'() {
    for (let n = 0, made = 0; made < 4096; n++) {
      let hash = 0x811c9dc5;
      const one = n.toString(36);
      for (let at = 0; at < one.length; at++) hash = Math.imul(hash ^ one.charCodeAt(at), 0x01000193);
      if ((hash & 63) !== 0) continue;
      made++;
      yield one;
    }
  },
};

describe('hashOf', () => {
  it.each(Object.entries(HOSTILE))('spreads hostile terms under keys that are not known: %s', (_, made) => {
    const terms = [...made()].map((one) => Buffer.from(one));
    const buckets = 2 ** Math.ceil(Math.log2(terms.length));
    for (let round = 0; round < 20; round++) {
      const keys = randomFillSync(new Int32Array(256));
      const counts = new Uint32Array(buckets);
      for (const one of terms) counts[hashOf(one, 0, one.length, keys) >>> (32 - Math.log2(buckets))]!++;
      // What reading them all costs: steps along the chains. Spread evenly it is half a step a term.
      const steps = counts.reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
      expect(steps / terms.length).toBeLessThan(25);
    }
  });
});
