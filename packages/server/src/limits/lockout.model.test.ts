import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keyedDigest } from '../encryption/digest.ts';
import type { Lockout, Reservation } from './lockout.ts';
import { DAY, type Lockouts, lockouts, MINUTE, refused, START } from './testing/lockouts.ts';

let on: Lockouts;
beforeAll(async () => {
  on = await lockouts();
});
afterAll(() => on.writer.close());

const ACCOUNTS = ['alice', 'bob', 'name:nobody'];
const NETWORKS = ['192.0.2.1', '198.51.100.1', 'unknown'];
type What = 'password' | 'code';
interface Who {
  what: What;
  account: string;
  network: string;
}

class Counter {
  failures = 0;
  locks = 0;
  lockedUntil = 0;
  last: number;
  constructor(at: number) {
    this.last = at;
  }
}

interface Pending extends Who {
  at: number;
  /** Counters that were taken from, each with the lock set there; the pair's first. */
  taken: { key: string; lock: number | undefined }[];
}

/** The rules in plain words of one process. */
class Model {
  at = START;
  counters = new Map<string, Counter>();
  known = new Map<string, number>();
  pending: Pending[] = [];
  readonly max: number;
  readonly period: number;

  constructor(max: number, minutes: number) {
    this.max = max;
    this.period = minutes * MINUTE;
  }

  keys({ what, account, network }: Who): [string, number][] {
    return [
      [JSON.stringify(['pair', what, account, network]), this.max],
      [JSON.stringify(['account', what, account]), 4 * this.max],
      [JSON.stringify(['network', network]), 20 * this.max],
    ];
  }

  /** Seconds to wait, or what was taken. */
  reserve(who: Who): number | Pending {
    const all = this.keys(who);
    const counted = this.known.has(`${who.account} ${who.network}`) ? all.slice(0, 1) : all;
    const ends = counted.map(([key]) => this.counters.get(key)?.lockedUntil ?? 0);
    const end = Math.max(...ends);
    if (end > this.at) return Math.ceil((end - this.at) / 1_000);
    for (const [key] of all) if (!this.counters.has(key)) this.counters.set(key, new Counter(this.at));
    return { ...who, at: this.at, taken: counted.map(([key, limit]) => this.take(key, limit)) };
  }

  private take(key: string, limit: number) {
    const counter = this.counters.get(key)!;
    if (Math.max(counter.last, counter.lockedUntil) <= this.at - DAY) counter.locks = 0;
    if (counter.lockedUntil > 0 || counter.last <= this.at - this.period) counter.failures = 0;
    counter.failures++;
    counter.lockedUntil = 0;
    counter.last = Math.max(counter.last, this.at);
    if (counter.failures < limit) return { key, lock: undefined };
    counter.lockedUntil = counter.last + Math.min(DAY, this.period * 2 ** counter.locks++);
    return { key, lock: counter.lockedUntil };
  }

  giveBack({ at, taken }: Pick<Pending, 'at' | 'taken'>) {
    if (this.at - at >= this.period) return;
    for (const { key, lock } of taken) {
      const counter = this.counters.get(key);
      if (!counter) continue;
      counter.failures = Math.max(0, counter.failures - 1);
      if (lock === undefined || counter.lockedUntil !== lock) continue;
      counter.lockedUntil = 0;
      counter.locks--;
    }
  }

  succeed(pending: Pending) {
    const [pair, ...elsewhere] = pending.taken;
    this.counters.delete(pair!.key);
    this.giveBack({ at: pending.at, taken: elsewhere });
    if (pending.account.startsWith('name:')) return;
    const key = `${pending.account} ${pending.network}`;
    this.known.set(key, Math.max(this.at, this.known.get(key) ?? 0));
  }

  sweep() {
    for (const [key, { locks, lockedUntil, last }] of this.counters)
      if (locks === 0 ? last <= this.at - this.period : Math.max(last, lockedUntil) <= this.at - DAY)
        this.counters.delete(key);
    for (const [key, last] of this.known) if (last < this.at - 180 * DAY) this.known.delete(key);
  }
}

interface Real {
  lockouts: Lockout[];
  restart(index: number): void;
  pending: Reservation[];
}

/** The counters as they are stored, by the model's keys; what counts nothing is left out. */
function expectSame(model: Model) {
  const rows = new Map(on.rows().map((row) => [Buffer.from(row.key).toString('hex'), row]));
  const stored: Record<string, number[]> = {};
  const wanted: Record<string, number[]> = {};
  for (const account of ACCOUNTS)
    for (const network of NETWORKS)
      for (const what of ['password', 'code'] as const)
        for (const [key] of model.keys({ what, account, network })) {
          const row = rows.get(keyedDigest(on.digestKey, `attempts:${key}`).toString('hex'));
          const counter = model.counters.get(key);
          stored[key] = [row?.failures ?? 0, row?.locks ?? 0, row?.locked_until ?? 0];
          wanted[key] = [counter?.failures ?? 0, counter?.locks ?? 0, counter?.lockedUntil ?? 0];
        }
  expect(stored).toEqual(wanted);
}

type Step = fc.AsyncCommand<Model, Real>;
function command(
  name: string,
  run: (model: Model, real: Real) => Promise<void>,
  check: (model: Readonly<Model>) => boolean = () => true,
): Step {
  return {
    check,
    async run(model, real) {
      on.clock.at = model.at;
      await run(model, real);
      expectSame(model);
    },
    toString: () => name,
  };
}

const who = fc.record({
  what: fc.constantFrom<What>('password', 'code'),
  account: fc.constantFrom(...ACCOUNTS),
  network: fc.constantFrom(...NETWORKS),
});
const attempts = fc.tuple(who, fc.nat(1), fc.constantFrom(1, 1, 3, 12)).map(([who, process, times]) =>
  command(`${times} × ${JSON.stringify(who)} at ${process}`, async (model, real) => {
    const attempt = { ...who, ip: who.network === 'unknown' ? undefined : who.network };
    const burst = Array.from({ length: times }, (_, i) =>
      real.lockouts[(process + i) % 2]!.reserve(attempt).then((made) => {
        real.pending.push(made);
        return made;
      }),
    );
    for (const one of burst) {
      const wanted = model.reserve(who);
      if (typeof wanted === 'number') expect(await refused(one)).toBe(wanted);
      else {
        model.pending.push(wanted);
        const account = wanted.taken.slice(0, 2);
        expect((await one).last).toBe(account.some(({ lock }) => lock !== undefined));
      }
    }
    await Promise.allSettled(burst);
  }),
);
const settle = (name: string, end: (model: Model, wanted: Pending, made: Reservation) => Promise<void>) =>
  fc.nat().map((pick) =>
    command(
      `${name} ${pick}`,
      async (model, real) => {
        const at = pick % model.pending.length;
        await end(model, model.pending.splice(at, 1)[0]!, real.pending.splice(at, 1)[0]!);
      },
      ({ pending }) => pending.length > 0,
    ),
  );
const successes = settle('success', async (model, wanted, made) => {
  model.succeed(wanted);
  await on.writer.commit({ steps: made.succeeded(model.at), leaves: [] });
});
const releases = settle('release', async (model, wanted, made) => {
  model.giveBack(wanted);
  await made.release();
});
const pauses = fc
  .oneof(fc.nat(20 * MINUTE), fc.constantFrom(MINUTE, 15 * MINUTE, DAY, 200 * DAY, -MINUTE, -20 * MINUTE))
  .map((pause) =>
    command(`pause ${pause}`, async (model) => {
      model.at += pause;
    }),
  );
const known = who.map(({ account, network }) =>
  command(`is ${network} known to ${account}?`, async (model, real) => {
    const ip = network === 'unknown' ? undefined : network;
    const is = await real.lockouts[0]!.isKnown(account, ip);
    expect(is).toBe(model.known.has(`${account} ${network}`));
  }),
);
const sweeps = fc.constant(
  command('sweep', async (model, real) => {
    model.sweep();
    await real.lockouts[0]!.sweep();
  }),
);
const restarts = fc.nat(1).map((index) => command('restart', async (_, real) => real.restart(index)));

it('any history over two processes and restarts is the one of the plain model', {
  timeout: 120_000,
}, async () => {
  const limits = fc.tuple(fc.constantFrom(1, 2, 3), fc.constantFrom(1, 15, 1440));
  const all = [attempts, attempts, attempts, successes, releases, pauses, known, sweeps, restarts];
  const histories = fc.commands(all, { maxCommands: 60, size: 'max' });
  await fc.assert(
    fc.asyncProperty(limits, histories, async ([max, minutes], history) => {
      on.writer.db.exec('delete from auth_attempts; delete from known_networks');
      const made = () => on.another({ maxFailures: max, minutes });
      const real: Real = {
        lockouts: [made(), made()],
        restart(index) {
          this.lockouts[index] = made();
        },
        pending: [],
      };
      await fc.asyncModelRun(() => ({ model: new Model(max, minutes), real }), history);
    }),
    { numRuns: 150 },
  );
});
