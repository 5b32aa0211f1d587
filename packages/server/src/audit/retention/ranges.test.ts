import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthOf, portionsOf, rangesOf, rangeText } from './ranges.ts';

const positions = fc.uniqueArray(fc.nat(300), { maxLength: 200 }).map((some) => some.sort((a, b) => a - b));
const everyOne = (ranges: readonly { first: number; last: number }[]) =>
  ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));

describe('ranges', () => {
  it('are written as one position, or first and last', () => {
    expect(rangesOf([12, 14, 15, 16, 40]).map(rangeText)).toEqual(['12', '14-16', '40']);
    expect(rangesOf([])).toEqual([]);
  });

  it('name exactly the positions, in order, as few as can be', () => {
    fc.assert(
      fc.property(positions, (some) => {
        const ranges = rangesOf(some);
        expect(everyOne(ranges)).toEqual(some);
        for (const [i, { first }] of ranges.entries())
          if (i > 0) expect(first).toBeGreaterThan(ranges[i - 1]!.last + 1);
      }),
    );
  });

  it('in portions name the same positions in the same order, none above its bounds', () => {
    const bounds = fc.record({
      ranges: fc.integer({ min: 1, max: 7 }),
      positions: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(positions, bounds, (some, most) => {
        const portions = portionsOf(rangesOf(some), most);
        expect(everyOne(portions.flat())).toEqual(some);
        for (const portion of portions) {
          expect(portion.length).toBeGreaterThan(0);
          expect(portion.length).toBeLessThanOrEqual(most.ranges);
          const size = portion.reduce((sum, range) => sum + lengthOf(range), 0);
          expect(size).toBeLessThanOrEqual(most.positions);
        }
      }),
    );
  });
});
