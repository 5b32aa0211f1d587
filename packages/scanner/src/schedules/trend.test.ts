import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Entry, sparkline, totalOf, trendOf } from './trend.ts';

const entry = (key: string): Entry => ({ key, severity: 'high', title: key, where: 'a.js:1' });
const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
const past = (before: readonly string[]) => ({ time: 't0', entries: before.map(entry), history: [] });

describe('a trend', () => {
  it('tells what is new, fixed and still open, each as often as it is there', () => {
    const { added, fixed, open, since } = trendOf(['a', 'a', 'b'].map(entry), 't1', past(['a', 'c']));
    expect([added.map(({ key }) => key), fixed.map(({ key }) => key), open, since]).toEqual([
      ['a', 'b'],
      ['c'],
      1,
      't0',
    ]);
  });

  it('loses nothing: what was, less what is fixed, and what is new, is what is', () => {
    fc.assert(
      fc.property(keys, keys, (before, now) => {
        const { added, fixed, open } = trendOf(now.map(entry), 't1', past(before));
        expect(open + added.length).toBe(now.length);
        expect(before.length - fixed.length).toBe(open);
        for (const key of ['a', 'b', 'c', 'd']) {
          const count = (list: readonly Entry[]) => list.filter((one) => one.key === key).length;
          expect(count(past(before).entries) - count(fixed) + count(added)).toBe(count(now.map(entry)));
        }
      }),
    );
  });

  it('has everything as new in the first run, and remembers sixty', () => {
    expect(trendOf([entry('a')], 't1', undefined)).toMatchObject({
      since: null,
      open: 0,
      added: [{ key: 'a' }],
    });
    const counts = { critical: 0, high: 1, medium: 0, low: 0 };
    const history = Array.from({ length: 60 }, (_, i) => ({ time: `t${i}`, counts }));
    const next = trendOf([], 'now', { time: 't59', entries: [], history }).history;
    expect([next.length, next[0]!.time, next.at(-1)!.time, totalOf(next.at(-1)!.counts)]).toEqual([
      60,
      't1',
      'now',
      0,
    ]);
    expect(sparkline(next)).toMatch(/^█{59}▁$/);
  });
});
