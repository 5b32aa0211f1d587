import { inProcessWriter } from '../../database/testing/in-process-writer.ts';
import type { Unit } from '../../database/unit.ts';
import { randomBytes } from '../../encryption/randomness.ts';
import { LimitError } from '../errors.ts';
import { type Attempt, Lockout, type LockoutDeps } from '../lockout.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const START = Date.parse('2026-11-21T12:00:00Z');

/** A lockout on a real database, with a clock to turn. */
export async function lockouts(defaults: Partial<LockoutDeps> = {}) {
  const writer = await inProcessWriter();
  const clock = { at: START };
  const units: Unit[] = [];
  const recorded: LockoutDeps['writer'] = {
    ...writer,
    commit(unit) {
      units.push(unit);
      return writer.commit(unit);
    },
  };
  const digestKey = randomBytes(32);
  const base = { writer: recorded, digestKey, now: () => clock.at, maxFailures: 5, minutes: 15, ...defaults };
  /** Another one on the same database, as another process or after a restart. */
  const another = (changes: Partial<LockoutDeps> = {}) => new Lockout({ ...base, ...changes });
  const lockout = another();

  const attempt = (account: string, ip?: string, what: Attempt['what'] = 'password') =>
    lockout.reserve({ what, account, ip });
  return {
    writer,
    clock,
    units,
    digestKey,
    lockout,
    another,
    attempt,
    /** How many of these many attempts are evaluated, all of them wrong. */
    async guess(times: number, account: string, ip?: string, what?: Attempt['what']) {
      let evaluated = 0;
      for (let i = 0; i < times; i++) if (!(await refused(attempt(account, ip, what)))) evaluated++;
      return evaluated;
    },
    async succeed(account: string, ip?: string, what?: Attempt['what']) {
      const reservation = await attempt(account, ip, what);
      await writer.commit({ steps: reservation.succeeded(clock.at), leaves: [] });
      return reservation;
    },
    rows: () =>
      writer.db.prepare('select * from auth_attempts order by updated_at').all() as {
        key: Uint8Array;
        failures: number;
        locks: number;
        locked_until: number;
        updated_at: number;
      }[],
  };
}
export type Lockouts = Awaited<ReturnType<typeof lockouts>>;

/** Seconds until one may come back; undefined for an attempt that is evaluated. */
export async function refused(attempt: Promise<unknown>): Promise<number | undefined> {
  try {
    await attempt;
    return undefined;
  } catch (error) {
    if (error instanceof LimitError && error.code === 'too_many_attempts') return error.retryAfterSeconds;
    throw error;
  }
}
