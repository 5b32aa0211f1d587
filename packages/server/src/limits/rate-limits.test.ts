import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RATE_LIMITS, RateLimits } from './rate-limits.ts';

const START = Date.parse('2026-11-21T12:00:00Z');

function clocked(options: { count?: number; seconds?: number; keys?: number; enabled?: boolean } = {}) {
  const { count = 3, seconds = 60, keys = 100, enabled = true } = options;
  const clock = { at: START };
  const limits = new RateLimits({
    enabled,
    now: () => clock.at,
    limits: { login: { count, seconds }, refresh: { count, seconds } },
    keys,
  });
  return { clock, limits, take: (key = 'a') => limits.take('login', key) };
}

describe('a rate limit', () => {
  it.each(Object.entries(RATE_LIMITS))('%s lets its count through at once and no more', (name, { count }) => {
    const limits = new RateLimits({ enabled: true, now: () => START });
    for (let i = 0; i < count; i++)
      expect(limits.take(name as keyof typeof RATE_LIMITS, 'a').allowed).toBe(true);
    expect(limits.take(name as keyof typeof RATE_LIMITS, 'a').allowed).toBe(false);
  });

  it('is one for each key and each kind', () => {
    const { take, limits } = clocked({ count: 1 });
    expect(take('a').allowed).toBe(true);
    expect(take('a').allowed).toBe(false);
    expect(take('b').allowed).toBe(true);
    expect(limits.take('refresh', 'a').allowed).toBe(true);
  });

  it('says when to come back, and not a second later than needed', () => {
    const { clock, take, limits } = clocked();
    for (let i = 0; i < 3; i++) take();
    expect(take()).toMatchObject({ allowed: false, retryAfterSeconds: 20, first: true });
    expect(() => limits.check('login', 'a')).toThrow(
      expect.objectContaining({ name: 'LimitError', code: 'rate_limited', retryAfterSeconds: 20 }),
    );
    clock.at += 19_999;
    expect(take()).toMatchObject({ allowed: false, retryAfterSeconds: 1 });
    clock.at += 1;
    expect(() => limits.check('login', 'a')).not.toThrow();
  });

  it('tells what is left of it, and when all of it is free again', () => {
    const { clock, take, limits } = clocked();
    const left = (remaining: number, after: number) => ({
      standing: { limit: 3, seconds: 60, remaining, resetAt: START + after },
    });
    expect(take()).toEqual({ allowed: true, ...left(2, 20_000) });
    expect(take()).toEqual({ allowed: true, ...left(1, 40_000) });
    expect(limits.check('login', 'a')).toEqual(left(0, 60_000).standing);
    expect(take()).toMatchObject(left(0, 60_000));
    clock.at += 20_000;
    expect(take()).toMatchObject({ allowed: true, ...left(0, 80_000) });
    clock.at += 59_999;
    expect(take()).toMatchObject({ allowed: true, ...left(1, 100_000) });
  });

  it('tells of a period of refusals once, however long it lasts', () => {
    const { clock, take } = clocked();
    const told = () => {
      const taken = take();
      return !taken.allowed && taken.first;
    };
    let times = 0;
    for (let second = 0; second < 600; second++, clock.at += 1_000) if (told()) times++;
    expect(times).toBe(1);
    clock.at += 60_000;
    expect([told(), told(), told(), told(), told()]).toEqual([false, false, false, true, false]);
  });

  it('allows everything and remembers nothing while disabled', () => {
    const { take, limits } = clocked({ enabled: false });
    for (let i = 0; i < 1_000; i++) expect(take(`${i % 7}`)).toEqual({ allowed: true });
    expect(limits.size).toBe(0);
  });

  it('with the clock set back, neither gives more nor keeps anybody out for longer than a period', () => {
    const { clock, take } = clocked();
    for (let i = 0; i < 3; i++) take();
    clock.at -= 365 * 86_400_000;
    expect(take()).toMatchObject({ allowed: false, retryAfterSeconds: 20 });
    clock.at += 20_000;
    expect(take().allowed).toBe(true);
    expect(take().allowed).toBe(false);
  });
});

describe('whatever is asked for, and when', () => {
  const count = fc.integer({ min: 1, max: 12 });
  const seconds = fc.integer({ min: 1, max: 90 });
  const pauses = fc.array(fc.oneof(fc.nat(50), fc.nat(5_000), fc.nat(100_000)), {
    maxLength: 120,
    size: 'max',
  });

  it('at most count × (1 + window / period) pass in any window', () => {
    fc.assert(
      fc.property(count, seconds, pauses, (count, seconds, pauses) => {
        const { clock, take } = clocked({ count, seconds });
        const passed: number[] = [];
        for (const pause of pauses) {
          clock.at += pause;
          if (take().allowed) passed.push(clock.at);
        }
        for (let from = 0; from < passed.length; from++)
          for (let to = from; to < passed.length; to++)
            expect(to - from + 1).toBeLessThanOrEqual(
              count + ((passed[to]! - passed[from]!) * count) / (seconds * 1000),
            );
      }),
    );
  });

  it('asking whether it is used up takes nothing, and says what taking would', () => {
    fc.assert(
      fc.property(count, seconds, pauses, (count, seconds, pauses) => {
        const { clock, take, limits } = clocked({ count, seconds });
        for (const pause of pauses) {
          clock.at += pause;
          const asked = limits.exhausted('login', 'a');
          expect(limits.exhausted('login', 'a')).toBe(asked);
          const taken = take();
          expect(asked).toBe(taken.allowed ? undefined : taken.retryAfterSeconds);
        }
      }),
    );
    const { limits, take } = clocked({ count: 1, enabled: false });
    take();
    expect(limits.exhausted('login', 'a')).toBeUndefined();
  });

  it('exactly as many pass as were told to remain, and all of them once it is free again', () => {
    fc.assert(
      fc.property(count, seconds, pauses, (count, seconds, pauses) => {
        const { clock, take } = clocked({ count, seconds });
        const passing = () => {
          let passed = 0;
          while (take().allowed) passed++;
          return passed;
        };
        for (const pause of pauses.slice(0, 20)) {
          clock.at += pause;
          const { standing } = take();
          expect(passing()).toBe(standing!.remaining);
        }
        clock.at = take().standing!.resetAt;
        expect(passing()).toBe(count);
      }),
    );
  });

  it('who waits as long as told is let in, and who comes a second sooner is not', () => {
    fc.assert(
      fc.property(count, seconds, pauses, (count, seconds, pauses) => {
        const { clock, take } = clocked({ count, seconds });
        for (const pause of pauses) {
          clock.at += pause;
          const taken = take();
          if (taken.allowed) continue;
          clock.at += (taken.retryAfterSeconds - 1) * 1_000;
          if (taken.retryAfterSeconds > 1) expect(take().allowed).toBe(false);
          clock.at += 1_000;
          expect(take().allowed).toBe(true);
        }
      }),
    );
  });
});

describe('the memory of it', () => {
  it('never holds more keys than it may, nor long ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.string()), (keys, used) => {
        const { take, limits } = clocked({ keys });
        for (const key of used) take(key);
        expect(limits.size).toBe(Math.min(keys, new Set(used).size));
      }),
    );
    const { take, limits } = clocked({ count: 1 });
    const long = 'x'.repeat(1_000_000);
    expect([take(long).allowed, take(`${long}y`).allowed, take(long).allowed]).toEqual([true, true, false]);
    const { buckets } = limits as unknown as { buckets: Map<string, unknown> };
    expect(Math.max(...[...buckets.keys()].map((key) => key.length))).toBeLessThan(100);
  });

  it('keeps a key that is used while fewer than `keys` others are, also one that is only refused', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 10 }),
        fc.array(fc.nat(30), { maxLength: 60, size: 'max' }),
        (keys, others) => {
          const { take } = clocked({ keys, count: 1 });
          expect(take('hot').allowed).toBe(true);
          let since = new Set<number>();
          for (const other of others) {
            if (since.size === keys - 1 && !since.has(other)) {
              expect(take('hot').allowed).toBe(false);
              since = new Set();
            }
            take(`${other}`);
            since.add(other);
          }
          expect(take('hot').allowed).toBe(false);
        },
      ),
    );
  });
});

it('counts the networks of one IPv6 site together, four times as many as one network', () => {
  const limits = new RateLimits({
    enabled: true,
    now: () => 0,
    limits: { login: { count: 3, seconds: 60 } },
  });
  const from = (network: number) => limits.takeFor('login', `2001:db8:1:${network.toString(16)}::1`).allowed;
  const passed = Array.from({ length: 60 }, (_, network) => from(network)).filter(Boolean);
  expect(passed).toHaveLength(12);
  expect(limits.takeFor('login', '2001:db8:2::1').allowed).toBe(true);
  expect(limits.takeFor('login', '2001:db8:3::1').standing).toMatchObject({ limit: 3, remaining: 2 });
  const same = Array.from({ length: 10 }, () => limits.takeFor('login', '192.0.2.7').allowed);
  expect(same.filter(Boolean)).toHaveLength(3);
});

it('forgets nobody else because one site has many networks', () => {
  const options = { enabled: true, now: () => 0, keys: 100, limits: { login: { count: 1, seconds: 60 } } };
  const limits = new RateLimits(options);
  expect(limits.takeFor('login', '192.0.2.7').allowed).toBe(true);
  for (let network = 0; network < 1000; network++)
    limits.takeFor('login', `2001:db8:1:${network.toString(16)}::1`);
  expect(limits.takeFor('login', '192.0.2.7').allowed).toBe(false);
  expect(limits.size).toBeLessThan(10);
  expect(limits.exhaustedFor('login', '2001:db8:1:ffff::9')).toBeGreaterThan(0);
});
