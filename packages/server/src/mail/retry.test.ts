import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecipientLimit } from './recipient-limit.ts';
import { GIVE_UP_AFTER, nextAttempt } from './retry.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const time = fc.integer({ min: 0, max: 4_000_000_000_000 });

it('the next try is at least a minute off, at most four hours, never after the day, and undefined once it is over', () => {
  const failures = fc.integer({ min: 1, max: 5000 });
  fc.assert(
    fc.property(time, fc.integer({ min: 0, max: 2 * GIVE_UP_AFTER }), failures, (createdAt, age, count) => {
      const now = createdAt + age;
      const next = nextAttempt({ createdAt, failures: count, now });
      expect(next === undefined).toBe(age >= GIVE_UP_AFTER);
      if (next === undefined) return;
      const end = createdAt + GIVE_UP_AFTER;
      expect(next).toBeGreaterThanOrEqual(Math.min(now + MINUTE, end));
      expect(next).toBeLessThanOrEqual(Math.min(now + 4 * HOUR, end));
    }),
  );
});

it('no window of an hour has more than ten mails to one mailbox, and the eleventh goes once the hour is over', () => {
  const step = fc.integer({ min: 0, max: 20 * MINUTE });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const limit = new RecipientLimit(Buffer.alloc(32));
      const admitted: number[] = [];
      let now = 0;
      for (const pause of steps) {
        now += pause;
        const recent = admitted.filter((at) => at > now - HOUR).length;
        const ok = limit.admit({ to: 'a@example.com' }, now);
        expect(ok).toBe(recent < 10);
        if (ok) admitted.push(now);
      }
    }),
  );
});

it('the memory of recipients is bounded, and forgets the longest unused first', () => {
  const limit = new RecipientLimit(Buffer.alloc(32), 3);
  const full = (to: string, now: number) => !limit.admit({ to }, now);
  for (let i = 0; i < 10; i++) limit.admit({ to: 'a@example.com' }, 0);
  for (const other of ['b', 'c']) limit.admit({ to: `${other}@example.com` }, 1);
  expect(full('a@example.com', 2)).toBe(true);
  limit.admit({ to: 'd@example.com' }, 3);
  expect(full('a@example.com', 4)).toBe(true);
  for (const other of ['e', 'f', 'g']) limit.admit({ to: `${other}@example.com` }, 5);
  expect(full('a@example.com', 6)).toBe(false);
});
