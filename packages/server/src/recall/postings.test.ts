import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Dictionary } from './dictionary.ts';
import { Postings } from './postings.ts';

it('gives back every occurrence, whatever the order of terms', () => {
  const documents = fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 12 }), { maxLength: 60 });
  fc.assert(
    fc.property(documents, (made) => {
      const postings = new Postings(new Dictionary());
      const expected = new Map<string, Map<number, number>>();
      made.forEach((document, slot) => {
        for (const number of document) {
          const term = `t${number}`;
          postings.add(postings.dictionary.intern(term), slot, 20, 1);
          const counts = expected.get(term) ?? new Map<number, number>();
          counts.set(slot, (counts.get(slot) ?? 0) + 1);
          expected.set(term, counts);
        }
      });
      for (const [term, counts] of expected) {
        const { slots, weights, start, end } = postings.run(postings.dictionary.find(term) as number);
        expect([...slots.subarray(start, end)]).toEqual([...counts.keys()]);
        expect([...weights.subarray(start, end)]).toEqual(
          [...counts.values()].map((n) => ((n * 20) << 4) | n),
        );
      }
    }),
  );
});

it('caps a weight instead of overflowing into its neighbour', () => {
  const postings = new Postings(new Dictionary());
  const id = postings.dictionary.intern('x');
  for (let n = 0; n < 10_000; n++) postings.add(id, 0, 20, 1);
  const { weights, start } = postings.run(id);
  expect(weights[start]).toBe(0xffff);
});
