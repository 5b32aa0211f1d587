import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../encryption/randomness.ts';
import { LimitError } from './errors.ts';
import type { Reservation } from './lockout.ts';
import { DAY, HOUR, type Lockouts, lockouts, MINUTE, refused, START } from './testing/lockouts.ts';

let on: Lockouts;
beforeEach(async () => {
  on = await lockouts();
});
afterEach(() => on.writer.close());

const HOME = '192.0.2.1';
const EVIL = '198.51.100.1';
const elsewhere = (i: number) => `203.0.${i >> 8}.${i & 255}`;

describe('one account from one network', () => {
  it('is guessed maxFailures times, one after another or in a burst over two processes', async () => {
    expect(await on.guess(12, 'alice', EVIL)).toBe(5);
    const other = on.another();
    const burst = Array.from({ length: 12 }, (_, i) =>
      refused((i % 2 ? on.lockout : other).reserve({ what: 'password', account: 'bob', ip: EVIL })),
    );
    expect((await Promise.all(burst)).filter((seconds) => seconds === undefined)).toHaveLength(5);
  });

  it('is told when to come back, in the same words for every account', async () => {
    await on.guess(5, 'alice', EVIL);
    on.clock.at += 1_500;
    const error = await on.attempt('alice', EVIL).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(LimitError);
    expect(error).toMatchObject({ code: 'too_many_attempts', retryAfterSeconds: 899 });
    await on.guess(5, 'name:nobody', EVIL);
    const unknown = await on.attempt('name:nobody', EVIL).catch((error: Error) => error);
    expect((unknown as Error).message).toBe((error as Error).message);
    on.clock.at = START + 15 * MINUTE - 1;
    expect(await refused(on.attempt('alice', EVIL))).toBe(1);
    on.clock.at += 1;
    expect(await refused(on.attempt('alice', EVIL))).toBeUndefined();
  });

  it('is locked twice as long each time, a day at most, and as at first after a day of quiet', async () => {
    const lengths: number[] = [];
    for (let lock = 0; lock < 9; lock++) {
      expect(await on.guess(6, 'alice', EVIL)).toBe(5);
      const seconds = (await refused(on.attempt('alice', EVIL)))!;
      lengths.push(seconds / 60);
      on.clock.at += seconds * 1_000;
    }
    expect(lengths).toEqual([15, 30, 60, 120, 240, 480, 960, 1440, 1440]);
    on.clock.at += DAY - 1;
    await on.guess(5, 'alice', EVIL);
    expect(await refused(on.attempt('alice', EVIL))).toBe(86_400);
    on.clock.at += 2 * DAY;
    await on.guess(5, 'alice', EVIL);
    expect(await refused(on.attempt('alice', EVIL))).toBe(900);
  });

  it('starts again after a quiet time, which every attempt begins anew', async () => {
    await on.guess(4, 'alice', EVIL);
    on.clock.at += 15 * MINUTE - 1;
    expect(await on.guess(3, 'alice', EVIL)).toBe(1);
    await on.guess(4, 'bob', EVIL);
    on.clock.at += 15 * MINUTE;
    expect(await on.guess(9, 'bob', EVIL)).toBe(5);
  });

  it('is locked from the first attempt on, where that is the limit', async () => {
    const strict = on.another({ maxFailures: 1, minutes: 1440 });
    const attempt = () => strict.reserve({ what: 'code', account: 'alice', ip: EVIL });
    expect((await attempt()).last).toBe(true);
    expect(await refused(attempt())).toBe(86_400);
  });

  it('stays locked over a restart, also the attempts of a process that died', async () => {
    await on.guess(3, 'alice', EVIL);
    const restarted = on.another();
    const attempt = () => restarted.reserve({ what: 'password', account: 'alice', ip: EVIL });
    expect((await attempt()).last).toBe(false);
    expect((await attempt()).last).toBe(true);
    expect(await refused(attempt())).toBe(900);
    expect(await refused(on.another().reserve({ what: 'password', account: 'alice', ip: EVIL }))).toBe(900);
  });

  it('starts again after a lock, also where the quiet time was made longer meanwhile', async () => {
    await on.guess(5, 'alice', EVIL);
    on.clock.at += 15 * MINUTE;
    const patient = on.another({ minutes: 60 });
    const { last } = await patient.reserve({ what: 'password', account: 'alice', ip: EVIL });
    expect(last).toBe(false);
  });

  it('is one for any spelling of the network, and for addresses of one /64', async () => {
    for (const ip of ['2001:db8::1', '2001:DB8:0:0:9::', '2001:db8::1:2', '2001:db8::3', '2001:db8::4'])
      await on.attempt('alice', ip);
    expect(await refused(on.attempt('alice', '2001:db8::5'))).toBe(900);
    expect(await refused(on.attempt('alice', '2001:db8:0:1::5'))).toBeUndefined();
    await on.guess(5, 'bob');
    expect(await refused(on.attempt('bob', 'nonsense'))).toBe(900);
  });

  it('counts codes apart from passwords', async () => {
    await on.guess(5, 'alice', EVIL);
    expect(await on.guess(9, 'alice', EVIL, 'code')).toBe(5);
  });

  it('is neither unlocked early nor an error with the clock set back', async () => {
    await on.guess(5, 'alice', EVIL);
    await on.guess(4, 'bob', EVIL);
    on.clock.at -= 3 * HOUR;
    expect(await refused(on.attempt('alice', EVIL))).toBe(3 * 3_600 + 900);
    expect(await on.guess(3, 'bob', EVIL)).toBe(1);
    on.clock.at = START + 15 * MINUTE - 1;
    expect(await refused(on.attempt('alice', EVIL))).toBe(1);
    expect(await refused(on.attempt('bob', EVIL))).toBe(1);
    on.clock.at += 1;
    expect(await refused(on.attempt('alice', EVIL))).toBeUndefined();
    expect(await on.guess(9, 'bob', EVIL)).toBe(5);
  });
});

describe('one account from many networks', () => {
  it('is guessed 4 × maxFailures times', async () => {
    let evaluated = 0;
    for (let i = 0; i < 100; i++) evaluated += await on.guess(1, 'alice', elsewhere(i));
    expect(evaluated).toBe(20);
  });

  it('lets its owner in from a known network, attack or not, and counts nothing there', async () => {
    await on.succeed('alice', HOME);
    for (let i = 0; i < 30; i++) await on.guess(1, 'alice', elsewhere(i));
    expect(await refused(on.attempt('alice', elsewhere(200)))).toBe(900);
    for (let i = 0; i < 10; i++) {
      expect(await on.guess(4, 'alice', HOME)).toBe(4);
      await on.succeed('alice', HOME);
    }
    on.clock.at += 15 * MINUTE;
    let evaluated = 0;
    for (let i = 0; i < 100; i++) evaluated += await on.guess(1, 'alice', elsewhere(i));
    expect(evaluated).toBe(20);
  });

  it('leaves its counters as they are from a known network, however old they are', async () => {
    await on.succeed('alice', HOME);
    for (let i = 0; i < 20; i++) await on.guess(1, 'alice', elsewhere(i));
    on.clock.at += 3 * DAY;
    const before = on.rows();
    await on.succeed('alice', HOME);
    expect(on.rows()).toEqual(before);
  });

  it('does not pass for known what is known to another account', async () => {
    await on.succeed('mallory', EVIL);
    for (let i = 0; i < 20; i++) await on.guess(1, 'alice', elsewhere(i));
    expect(await refused(on.attempt('alice', EVIL))).toBe(900);
  });

  it('from a known network is still guessed maxFailures times only', async () => {
    await on.succeed('alice', HOME);
    expect(await on.guess(12, 'alice', HOME)).toBe(5);
  });
});

describe('many accounts from one network', () => {
  it('are guessed 20 × maxFailures times together, not counting those that know the network', async () => {
    await on.succeed('neighbour', EVIL);
    for (let i = 0; i < 20; i++) {
      await on.guess(4, 'neighbour', EVIL);
      await on.succeed('neighbour', EVIL);
    }
    let evaluated = 0;
    for (let i = 0; i < 130; i++) evaluated += await on.guess(1, `name:${i}`, EVIL);
    expect(evaluated).toBe(100);
    expect(await refused(on.attempt('alice', EVIL, 'code'))).toBe(900);
    expect(await refused(on.attempt('alice', HOME))).toBeUndefined();
    expect(await refused(on.attempt('neighbour', EVIL))).toBeUndefined();
  });

  it('are not guessed more by whoever succeeds with accounts of his own in between', async () => {
    const moves = fc.array(fc.constantFrom('guess', 'begin', 'finish', 'own'), {
      maxLength: 60,
      size: 'max',
    });
    await fc.assert(
      fc.asyncProperty(moves, async (order) => {
        const lockout = on.another({ digestKey: randomBytes(32), maxFailures: 1 });
        const reserve = (account: string) => lockout.reserve({ what: 'password', account, ip: EVIL });
        const open: Reservation[] = [];
        let guesses = 0;
        const finish = async (own: Reservation | undefined) => {
          if (own) await on.writer.commit({ steps: own.succeeded(START), leaves: [] });
        };
        const all = [...order, ...Array.from({ length: 25 }, () => 'guess')];
        for (const [i, move] of all.entries())
          try {
            if (move === 'guess') {
              await reserve(`name:${i}`);
              guesses++;
            }
            if (move === 'begin') open.push(await reserve(`own${i}`));
            if (move === 'own') await finish(await reserve(`own${i}`));
            if (move === 'finish') await finish(open.pop());
          } catch (error) {
            expect(error).toBeInstanceOf(LimitError);
          }
        expect(guesses).toBeLessThanOrEqual(20);
        expect(guesses).toBeGreaterThanOrEqual(20 - order.filter((move) => move === 'begin').length);
      }),
      { numRuns: 40 },
    );
  });

  it('are told of once at 10 accounts and once at 20, whoever they are', async () => {
    const told: unknown[] = [];
    for (let i = 1; i <= 25; i++) {
      const { spread } = await on.attempt(i % 2 ? `name:${i}` : `account${i}`, EVIL);
      if (spread !== undefined) told.push([i, spread]);
    }
    expect(told).toEqual([
      [10, 10],
      [20, 20],
    ]);
  });

  it('are not told of where they succeed', async () => {
    for (let i = 1; i <= 25; i++) {
      expect((await on.succeed(`account${i}`, EVIL)).spread).toBeUndefined();
      const busy = await on.attempt(`busy${i}`, EVIL);
      expect(busy.spread).toBeUndefined();
      await busy.release();
    }
  });
});

describe('what an attempt tells about accounts', () => {
  it('is nothing: the same statements and the same answers for names that nobody has', async () => {
    const histories = await Promise.all(
      ['alice', 'name:nobody'].map(async (account) => {
        const one = await lockouts();
        const answers: unknown[] = [];
        for (let i = 0; i < 40; i++) {
          one.clock.at += 1_000;
          const outcome = await one.attempt(account, elsewhere(i % 6)).catch((error: unknown) => error);
          const { last, spread } = outcome as Reservation;
          answers.push([last, spread, outcome instanceof LimitError && outcome.retryAfterSeconds]);
        }
        const statements = one.units.map(({ steps }) => steps.map(({ sql }) => sql));
        one.writer.close();
        return { answers, statements };
      }),
    );
    expect(histories[0]).toEqual(histories[1]);
    expect(JSON.stringify(histories[0]?.answers)).toContain('true');
  });

  it('is nothing in the database either: no name, no address, and no network in two accounts', async () => {
    await on.attempt('name:carol@example.com', HOME);
    await on.attempt('carolsid', HOME);
    await on.succeed('carolsid', HOME);
    await on.succeed('bobsid', HOME);
    expect(on.lockout.known('name:carol@example.com', HOME, on.clock.at)).toEqual([]);
    const stored = JSON.stringify([
      on.rows().map(({ key, ...row }) => [Buffer.from(key).toString('latin1'), row]),
      on.writer.db.prepare('select * from known_networks').all(),
    ]);
    for (const readable of ['example', HOME, 'name:', 'password']) expect(stored).not.toContain(readable);
    const networks = on.writer.db.prepare('select network from known_networks').all() as {
      network: Uint8Array;
    }[];
    expect(new Set(networks.map(({ network }) => Buffer.from(network).toString('hex'))).size).toBe(2);
  });
});

it('a refusal changes nothing: its first step refuses, so that it costs the writer no rollback', async () => {
  for (let i = 0; i < 20; i++) await on.attempt('alice', elsewhere(i));
  const before = on.rows();
  expect(await refused(on.attempt('alice', EVIL))).toBe(900);
  expect(on.rows()).toEqual(before);
  const [first] = on.units.at(-1)!.steps;
  await expect(on.writer.commit({ steps: [first!], leaves: [] })).rejects.toMatchObject({
    code: 'too_many_attempts',
  });
  // Without it, as when another process locks just now, the counters refuse by themselves.
  const steps = on.units.at(-1)!.steps.slice(1);
  await expect(on.writer.commit({ steps, leaves: [] })).rejects.toMatchObject({ code: 'too_many_attempts' });
  expect(on.rows()).toEqual(before);
});

it('a refusal by several counters says when the last of them lets go', async () => {
  for (let i = 0; i < 19; i++) await on.attempt('alice', elsewhere(i % 4));
  on.clock.at += 10 * MINUTE;
  await on.guess(4, 'alice', EVIL);
  expect(await refused(on.attempt('alice', EVIL))).toBe(900);
  expect(await refused(on.attempt('alice', elsewhere(0)))).toBe(900);
});

describe('sweeping', () => {
  it('keeps what still counts and what makes the next lock longer', async () => {
    await on.guess(5, 'alice', EVIL);
    await on.guess(4, 'bob', HOME);
    on.clock.at += 15 * MINUTE - 1;
    await on.lockout.sweep();
    expect(await refused(on.attempt('alice', EVIL))).toBe(1);
    expect(await on.guess(2, 'bob', HOME)).toBe(1);
    on.clock.at += 20 * MINUTE;
    await on.lockout.sweep();
    await on.guess(5, 'alice', EVIL);
    expect(await refused(on.attempt('alice', EVIL))).toBe(1_800);
    on.clock.at += 30 * MINUTE + DAY;
    await on.lockout.sweep();
    expect(on.rows()).toEqual([]);
  });

  it('removes as many as there are', async () => {
    const insert = on.writer.db.prepare('insert into auth_attempts values (?, 1, 0, 0, ?)');
    for (let i = 0; i < 2_500; i++) insert.run(randomBytes(32), START - DAY);
    await on.attempt('alice', HOME);
    await on.lockout.sweep();
    expect(on.rows()).toHaveLength(3);
  });

  it('forgets networks that were not used for 180 days', async () => {
    await on.succeed('alice', HOME);
    await on.succeed('bob', HOME);
    await on.writer.commit({ steps: on.lockout.known('alice', HOME, START - DAY), leaves: [] });
    on.clock.at += 180 * DAY;
    await on.lockout.sweep();
    expect(await on.lockout.isKnown('alice', HOME)).toBe(true);
    await on.succeed('alice', HOME);
    on.clock.at += 1;
    await on.lockout.sweep();
    expect(await on.lockout.isKnown('alice', HOME)).toBe(true);
    expect(await on.lockout.isKnown('bob', HOME)).toBe(false);
  });
});
