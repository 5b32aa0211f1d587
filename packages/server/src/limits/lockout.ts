import { UnitRefused } from '../database/errors.ts';
import type { Step, UnitRows } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { keyedDigest } from '../encryption/digest.ts';
import { LimitError } from './errors.ts';
import { networkOf } from './network.ts';
import { type Reservation, reservation, type Taken } from './reservation.ts';
import { SpreadWatch } from './spread.ts';
import {
  type Counters,
  forgetNetworks,
  lockAtLimit,
  networkKnown,
  noneLocked,
  refusedUntil,
  rememberNetwork,
  sweepCounters,
  sweepNetworks,
  takeOfPair,
  takeUnlessKnown,
} from './store.ts';

export type { Reservation };

export interface Attempt {
  what: 'password' | 'code';
  /**
   * An account's public id, or `name:<comparable name>` for a name that nobody has: treated alike in every way.
   * Public ids hold no colon.
   */
  account: string;
  /** Undefined and what is no address count as one network. */
  ip: string | undefined;
}

export interface LockoutDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  digestKey: Uint8Array;
  /** Epoch milliseconds. */
  now: () => number;
  /** The attempt of this number locks its pair; at least 1. */
  maxFailures: number;
  /** Length of a first lock, and how long until a quiet counter starts again; 1 to 1440. */
  minutes: number;
}

const MINUTE_MS = 60_000;
/** The longest lock, and how long after a lock the next one is a first one again. */
const DAY_MS = 1440 * MINUTE_MS;
const KNOWN_MS = 180 * DAY_MS;
/** Passwords tried on one account from many networks end after this many times `maxFailures`. */
const ACCOUNT_FACTOR = 4;
/** Accounts tried from one network end after this many times `maxFailures`: offices share an address. */
const NETWORK_FACTOR = 20;
const SWEEP_BATCH = 1_000;
const REFUSED = 'too_many_attempts';

/**
 * Ends the guessing of passwords and codes before anything is hashed. Three counters take each attempt durably and
 * at once (the pair of account and network, the account, the network), so that neither bursts nor several processes
 * get more. A network that the account has logged in from passes the last two: who attacks an account does not lock
 * its owner out. A clock that is set back makes locks longer, never shorter.
 */
export class Lockout {
  private readonly deps: LockoutDeps;
  private readonly period: number;
  private readonly watch: SpreadWatch;

  constructor(deps: LockoutDeps) {
    this.deps = deps;
    this.period = deps.minutes * MINUTE_MS;
    this.watch = new SpreadWatch(this.period);
  }

  /**
   * Counts one attempt durably before it is evaluated. The same statements run for every account.
   * @throws LimitError `too_many_attempts`, with when to come back; DatabaseError when it could not be counted.
   */
  async reserve({ what, account, ip }: Attempt): Promise<Reservation> {
    const { now, maxFailures } = this.deps;
    const at = now();
    const network = networkOf(ip);
    const knownDigest = this.knownDigest(account, ip);
    const counters: Counters = {
      at,
      account,
      network: knownDigest,
      pair: this.digest('pair', what, account, network),
      wholeAccount: this.digest('account', what, account),
      wholeNetwork: this.digest('network', network),
    };
    const { pair, wholeAccount, wholeNetwork } = counters;
    const take = { ...counters, quietSince: at - this.period, calmSince: at - DAY_MS };
    // Every refusal but one that another process causes just now is the first step's: it costs no rollback.
    const rows = await this.count(counters, [
      refusing(noneLocked.bind(counters)),
      refusing(takeOfPair.bind({ ...take, key: pair })),
      this.lock(pair, maxFailures),
      refusing(takeUnlessKnown.bind({ ...take, key: wholeAccount })),
      this.lock(wholeAccount, ACCOUNT_FACTOR * maxFailures),
      refusing(takeUnlessKnown.bind({ ...take, key: wholeNetwork })),
      this.lock(wholeNetwork, NETWORK_FACTOR * maxFailures),
    ]);
    const taken = (key: Uint8Array, lock: number): Taken => ({
      key,
      lockedUntil: rows[lock]?.[0]?.until as number | undefined,
    });
    const uncounted = (step: number) => rows[step]?.[0]?.known === 1;
    return reservation(this.deps, {
      pair: taken(pair, 2),
      wholeAccount: uncounted(3) ? undefined : taken(wholeAccount, 4),
      wholeNetwork: uncounted(5) ? undefined : taken(wholeNetwork, 6),
      at,
      period: this.period,
      spread: this.watch.add(network, knownDigest.toString('base64'), at),
      known: (time) => this.known(account, ip, time),
    });
  }

  /** Marks a network as known to an account: at registration, after a password reset by mail. */
  known(account: string, ip: string | undefined, at: number): Step[] {
    // A name that nobody has knows no network, and is never stored.
    if (account.includes(':')) return [];
    return [rememberNetwork.bind({ account, network: this.knownDigest(account, ip), at })];
  }

  /** Whether the account has logged in from there before (for a new-login notice). */
  async isKnown(account: string, ip: string | undefined): Promise<boolean> {
    const visitor = { account, network: this.knownDigest(account, ip) };
    const [row] = await this.deps.writer.read(networkKnown, visitor);
    return row?.known === 1;
  }

  /** Removes counters that no longer matter and known networks unused for 180 days. For a timer. */
  /** What is kept of an account that is gone. */
  forget(account: string): Step {
    return forgetNetworks.bind({ account });
  }

  async sweep(): Promise<void> {
    const { writer, now } = this.deps;
    const at = now();
    const old = { quietSince: at - this.period, calmSince: at - DAY_MS, batch: SWEEP_BATCH };
    // In batches: after an attack there are many, and logins wait for the same writer.
    for (let swept = SWEEP_BATCH; swept === SWEEP_BATCH; ) {
      const { rows } = await writer.commit({ steps: [sweepCounters.bind(old)], leaves: [] });
      swept = rows[0]?.length ?? 0;
    }
    await writer.commit({ steps: [sweepNetworks.bind({ before: at - KNOWN_MS })], leaves: [] });
  }

  private async count(counters: Counters, steps: Step[]): Promise<UnitRows> {
    try {
      return (await this.deps.writer.commit({ steps, leaves: [] })).rows;
    } catch (error) {
      if (!(error instanceof UnitRefused && error.code === REFUSED)) throw error;
      const [row] = await this.deps.writer.read(refusedUntil, counters);
      throw new LimitError(REFUSED, ((row?.until ?? 0) - counters.at) / 1000);
    }
  }

  private lock(key: Uint8Array, limit: number): Step {
    const doublings = Math.ceil(Math.log2(DAY_MS / this.period));
    return lockAtLimit.bind({ key, limit, period: this.period, doublings, longest: DAY_MS });
  }

  /** Another one for each account: the same network cannot be seen to be the same in two accounts. */
  private knownDigest(account: string, ip: string | undefined): Buffer {
    return this.digest('known', account, networkOf(ip));
  }

  private digest(...parts: string[]): Buffer {
    return keyedDigest(this.deps.digestKey, `attempts:${JSON.stringify(parts)}`);
  }
}

function refusing(step: Step): Step {
  return { ...step, otherwise: REFUSED };
}
