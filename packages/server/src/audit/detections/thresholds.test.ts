import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../entry.ts';
import type { Skeleton } from '../record.ts';
import { Attempts } from './attempts.ts';
import { bruteForce } from './brute-force.ts';
import {
  failure,
  key,
  MINUTE,
  memories,
  NOW,
  person,
  type WatchedLog,
  watchedLog,
} from './testing/watched-log.ts';
import { type DetectionName, THRESHOLDS, WINDOW_MS } from './thresholds.ts';

let log: WatchedLog;
beforeEach(async () => {
  log = await watchedLog();
});
afterEach(() => log.close());

const token = (time: number, ip: string, code = 'unknown'): AuditEvent => ({
  type: 'auth.token.invalid',
  time,
  actor: { kind: 'anonymous' },
  success: false,
  code,
  private: { ip },
});

/** The i-th event of each pattern. */
const PATTERNS: Partial<Record<DetectionName, (i: number, time: number) => AuditEvent>> = {
  brute_force: (i, time) => failure(time, { account: 'victim', name: 'admin', ip: `10.${i}.1.1` }),
  credential_stuffing: (i, time) => failure(time, { name: `user-${i}`, ip: `192.0.2.${i}` }),
  token_guessing: (i, time) => token(time, `2001:db8:7:${i.toString(16)}::1`),
  mass_read: (i, time) => memories('memory.searched', time, [`m-${i}`, `m-${i}`]),
  mass_reveal: (i, time) => memories('memory.revealed', time, [`m-${i}`], person()),
  mass_delete: (i, time) => memories('memory.deleted', time, [`m-${i}`]),
};
const cases = Object.entries(PATTERNS) as [DetectionName, (i: number, time: number) => AuditEvent][];

describe.each(cases)('%s', (name, event) => {
  const { count, severity } = THRESHOLDS[name];
  const spread = (total: number, over: number) =>
    Array.from({ length: total }, (_, i) => event(i, NOW + Math.floor((i * over) / total)));

  it('is not found one short of its threshold, and is found at it, with what it is about', async () => {
    await log.see(...spread(count - 1, WINDOW_MS - 1));
    expect(log.names()).not.toContain(name);
    await log.see(event(count - 1, NOW + WINDOW_MS - 1));
    const [found] = log.findings().filter(({ detection }) => detection === name);
    expect(found).toMatchObject({ severity, first: 0, last: count - 1 });
    expect(found!.summary).toContain(String(count));
  });

  it('is not found when the same is spread over more than the window', async () => {
    await log.see(
      ...Array.from({ length: 3 * count }, (_, i) =>
        event(i, NOW + Math.ceil((i * WINDOW_MS) / (count - 1))),
      ),
    );
    expect(log.names()).not.toContain(name);
  });

  it('is told of once a window, then with the new count', async () => {
    await log.see(...spread(count + 50, WINDOW_MS / 2));
    expect(log.names().filter((one) => one === name)).toHaveLength(1);
    const later = NOW + WINDOW_MS * 1.6;
    await log.see(...Array.from({ length: count + 7 }, (_, i) => event(i, later + i)));
    const told = log.findings().filter(({ detection }) => detection === name);
    expect(told).toHaveLength(2);
    expect(told[1]!.first).toBeGreaterThan(told[0]!.last);
  });

  it('is found all the same when the clock is set back in the middle', async () => {
    const half = Math.floor(count / 2);
    await log.see(
      ...Array.from({ length: count }, (_, i) => event(i, i < half ? NOW + i : NOW - 5 * 3_600_000 + i)),
    );
    expect(log.names()).toContain(name);
  });

  it('shows no address and no name in what is not erasable', async () => {
    await log.see(...spread(count, WINDOW_MS / 2));
    for (const { summary, resource } of log.findings())
      expect(JSON.stringify([summary, resource])).not.toMatch(/192\.0\.2|10\.\d|2001:db8|user-\d|admin|curl/);
  });
});

describe('brute force', () => {
  it('is found exactly when ten failures of one account lie within ten minutes', () => {
    const step = fc.record({
      account: fc.constantFrom('a', 'b'),
      gap: fc.integer({ min: 0, max: 3 * MINUTE }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
        const detection = bruteForce(new Attempts());
        const times: Record<string, number[]> = { a: [], b: [] };
        let at = NOW;
        steps.forEach(({ account, gap }, seq) => {
          at += gap;
          times[account]!.push(at);
          const { private: privatePart, ...skeleton } = failure(at, { account });
          const seen = { ...skeleton, severity: 'warning', v: 1 } as unknown as Skeleton;
          const found = detection.see({ seq, at, skeleton: seen, privatePart, sealedBy: undefined });
          const within = times[account]!.filter((time) => at - time < WINDOW_MS).length;
          expect(found !== undefined, `${within} of ${account}`).toBe(within >= 10);
        });
      }),
    );
  });

  it('counts attempts that the lockout refused unseen to the account that the name is known to be', async () => {
    await log.see(
      ...Array.from({ length: 5 }, (_, i) => failure(NOW + i, { account: 'victim', name: 'Admin' })),
    );
    await log.see(
      ...Array.from({ length: 5 }, (_, i) =>
        failure(NOW + 10 + i, { name: 'admin', code: 'too_many_attempts' }),
      ),
    );
    expect(log.findings()).toMatchObject([
      { detection: 'brute_force', resource: { type: 'account', ids: ['victim'] } },
    ]);
  });

  it('does not count that the server was too busy to look', async () => {
    await log.see(
      ...Array.from({ length: 50 }, (_, i) => failure(NOW + i, { account: 'v', code: 'hashing_busy' })),
    );
    expect(log.told).toEqual([]);
  });
});

describe('token guessing', () => {
  it('does not count requests that show nothing', async () => {
    await log.see(...Array.from({ length: 300 }, (_, i) => token(NOW + i, '192.0.2.1', 'missing')));
    expect(log.told).toEqual([]);
  });
});

describe('mass read', () => {
  it('counts memories, not requests: the same ones again and again are none', async () => {
    const ids = Array.from({ length: 100 }, (_, i) => `m-${i}`);
    await log.see(...Array.from({ length: 200 }, (_, i) => memories('memory.searched', NOW + i, ids)));
    expect(log.told).toEqual([]);
  });

  it('counts memories that a change without any change has shown', async () => {
    const one = (i: number) => memories('memory.updated', NOW + i, [`m-${i}`]);
    await log.see(...Array.from({ length: 2000 }, (_, i) => one(i)));
    expect(log.names()).toEqual(['mass_read']);
  });

  it('counts each actor for itself', async () => {
    const half = (who: string, from: number) =>
      memories(
        'memory.listed',
        NOW,
        Array.from({ length: 1500 }, (_, i) => `m-${from + i}`),
        key(who),
      );
    await log.see(half('key-1', 0), half('key-2', 1500));
    expect(log.told).toEqual([]);
    await log.see(half('key-2', 0));
    expect(log.findings()).toMatchObject([{ resource: { type: 'api_key', ids: ['key-2'] } }]);
  });
});
