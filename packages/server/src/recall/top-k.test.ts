import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TopK } from './top-k.ts';

it('keeps what sorting everything would keep, in the same order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 9 })),
      fc.integer({ min: 0, max: 20 }),
      (scores, limit) => {
        const top = new TopK(limit, (a, b) => a > b);
        scores.forEach((score, item) => {
          top.push(score, item);
        });
        const all = scores.map((score, item) => ({ item, score }));
        all.sort((a, b) => b.score - a.score || b.item - a.item);
        expect(top.sorted()).toEqual(all.slice(0, limit));
      },
    ),
  );
});
