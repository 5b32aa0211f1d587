import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DistinctWindow } from './distinct-window.ts';

const W = 100;

describe('a sliding window of different items', () => {
  it('counts exactly what a list of everything would, whatever comes in whatever order of keys', () => {
    const step = fc.record({
      gap: fc.integer({ min: 0, max: 40 }),
      key: fc.constantFrom('a', 'b'),
      items: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const window = new DistinctWindow({ windowMs: W, mostPerKey: 1000 });
        const all: { at: number; key: string; item: number; seq: number }[] = [];
        let at = 0;
        steps.forEach(({ gap, key, items }, seq) => {
          at += gap;
          for (const item of items) all.push({ at, key, item, seq });
          const within = all.filter((one) => one.key === key && at - one.at < W);
          const last = new Map(within.map(({ item, seq }) => [item, seq]));
          const { count, first } = window.add(key, items, { at, seq });
          expect(count).toBe(last.size);
          if (last.size > 0) expect(first).toBe(Math.min(...last.values()));
        });
      }),
    );
  });

  it('stays within its bounds under a flood of keys and of items', () => {
    const window = new DistinctWindow({ windowMs: W, mostPerKey: 10, capacity: 50 });
    for (let i = 0; i < 1000; i++) {
      window.add(`key ${i}`, [i, i + 1], { at: 0, seq: i });
      expect(window.size).toBeLessThanOrEqual(50);
    }
    for (let i = 0; i < 1000; i++)
      expect(window.add('one', [i], { at: 0, seq: i }).count).toBeLessThanOrEqual(10);
    expect(window.add('one', [], { at: 0, seq: 1000 })).toEqual({ count: 10, first: 990 });
  });

  it('forgets the key that was quiet the longest, not the one that is busy', () => {
    const window = new DistinctWindow({ windowMs: W, mostPerKey: 10, capacity: 5 });
    for (let i = 0; i < 20; i++) {
      window.add('busy', [i % 3], { at: 0, seq: i });
      window.add(`noise ${i}`, [i], { at: 0, seq: i });
    }
    expect(window.add('busy', [], { at: 0, seq: 99 }).count).toBe(3);
  });
});
