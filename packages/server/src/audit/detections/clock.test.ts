import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogClock } from './clock.ts';

const HOUR = 3_600_000;

describe('the clock of the log', () => {
  it('never goes back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -10 * HOUR, max: 10 * HOUR })), (times) => {
        const clock = new LogClock();
        const told = times.map((time) => clock.advance(time));
        expect(told).toEqual([...told].sort((a, b) => a - b));
      }),
    );
  });

  it('does not run faster where events of several threads are out of order', () => {
    const clock = new LogClock();
    for (let i = 0; i < 1000; i++) clock.advance(i % 2 === 0 ? i : i - 20_000);
    expect(clock.advance(1000)).toBe(1000);
  });

  it('goes on at its own pace where the system clock was set back', () => {
    const clock = new LogClock();
    const before = clock.advance(10 * HOUR);
    expect(clock.advance(HOUR)).toBe(before);
    expect(clock.advance(HOUR + 5000) - before).toBe(5000);
    expect(clock.advance(HOUR + 9000) - before).toBe(9000);
  });
});
