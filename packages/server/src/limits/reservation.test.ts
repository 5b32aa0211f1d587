import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LimitError } from './errors.ts';
import type { Reservation } from './lockout.ts';
import { type Lockouts, lockouts, MINUTE, refused } from './testing/lockouts.ts';

let on: Lockouts;
beforeEach(async () => {
  on = await lockouts();
});
afterEach(() => on.writer.close());

const HOME = '192.0.2.1';
const EVIL = '198.51.100.1';
const elsewhere = (i: number) => `203.0.113.${i}`;

describe('a success', () => {
  it('clears its pair, gives back what it took and unlocks what it had locked', async () => {
    for (let i = 0; i < 4; i++)
      for (let guess = 0; guess < (i === 3 ? 4 : 5); guess++) await on.attempt('alice', elsewhere(i));
    const right = await on.attempt('alice', elsewhere(3));
    expect(right.last).toBe(true);
    expect(await refused(on.attempt('alice', elsewhere(50)))).toBe(900);
    await on.writer.commit({ steps: right.succeeded(on.clock.at), leaves: [] });
    const last = await on.attempt('alice', elsewhere(50));
    expect(last.last).toBe(true);
    // The lock that was taken back does not make this one longer.
    expect(await refused(on.attempt('alice', elsewhere(51)))).toBe(900);
    expect(await on.guess(9, 'alice', elsewhere(3))).toBe(5);
  });

  it('leaves a lock that another attempt has set', async () => {
    const right = await on.attempt('alice', elsewhere(0));
    for (let i = 1; i < 20; i++) await on.attempt('alice', elsewhere(i));
    await on.writer.commit({ steps: right.succeeded(on.clock.at), leaves: [] });
    expect(await refused(on.attempt('alice', elsewhere(99)))).toBe(900);
  });

  it('that comes late takes nothing from a counter that has started again', async () => {
    const late = await on.attempt('alice', elsewhere(0));
    on.clock.at += 15 * MINUTE;
    for (let i = 1; i <= 3; i++) await on.attempt('alice', elsewhere(i));
    await on.writer.commit({ steps: late.succeeded(on.clock.at), leaves: [] });
    let evaluated = 0;
    for (let i = 10; i < 60; i++) evaluated += await on.guess(1, 'alice', elsewhere(i));
    expect(evaluated).toBe(17);
  });

  it('makes its network a known one, for this account alone', async () => {
    expect(await on.lockout.isKnown('alice', HOME)).toBe(false);
    await on.succeed('alice', HOME);
    expect(await on.lockout.isKnown('alice', HOME)).toBe(true);
    expect(await on.lockout.isKnown('alice', EVIL)).toBe(false);
    expect(await on.lockout.isKnown('bob', HOME)).toBe(false);
    await on.writer.commit({ steps: on.lockout.known('bob', undefined, on.clock.at), leaves: [] });
    expect(await on.lockout.isKnown('bob', 'nonsense')).toBe(true);
  });
});

describe('an attempt that was not evaluated', () => {
  it('is given back whole, with its locks, and once only', async () => {
    const pending: Reservation[] = [];
    for (let i = 0; i < 5; i++) pending.push(await on.attempt('alice', EVIL));
    expect(await refused(on.attempt('alice', EVIL))).toBe(900);
    await pending[4]!.release();
    await pending[4]!.release();
    expect(await on.guess(9, 'alice', EVIL)).toBe(1);
    for (const reservation of pending.slice(0, 4)) await reservation.release();
    on.clock.at += 15 * MINUTE;
    expect(await on.guess(9, 'alice', EVIL)).toBe(5);
    expect(await refused(on.attempt('alice', EVIL))).toBe(1_800);
  });

  it('does not unlock what another attempt has locked since a success cleared the pair', async () => {
    const pending: Reservation[] = [];
    for (let i = 0; i < 5; i++) pending.push(await on.attempt('alice', EVIL));
    await on.writer.commit({ steps: pending[0]!.succeeded(on.clock.at), leaves: [] });
    on.clock.at += 1_000;
    await on.guess(5, 'alice', EVIL);
    await pending[4]!.release();
    expect(await refused(on.attempt('alice', EVIL))).toBe(900);
  });

  it('stays as it is once it has succeeded', async () => {
    await on.attempt('name:other', EVIL);
    const right = await on.attempt('alice', EVIL);
    await on.writer.commit({ steps: right.succeeded(on.clock.at), leaves: [] });
    const before = on.rows();
    await right.release();
    expect(on.rows()).toEqual(before);
  });

  it('stays counted, without an error, where the database takes nothing any more', async () => {
    const commit = on.writer.commit;
    let works = true;
    const writer = {
      ...on.writer,
      commit: (unit: never) => (works ? commit(unit) : Promise.reject(new Error())),
    };
    const lockout = on.another({ writer });
    const attempt = () => lockout.reserve({ what: 'password', account: 'alice', ip: EVIL });
    const pending = await attempt();
    works = false;
    await expect(pending.release()).resolves.toBeUndefined();
    await expect(attempt()).rejects.not.toBeInstanceOf(LimitError);
    expect(await on.guess(9, 'alice', EVIL)).toBe(4);
  });
});
