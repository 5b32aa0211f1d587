import type { Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import type { Spread } from './spread.ts';
import { deleteCounter, giveBack, unlock } from './store.ts';

/** An attempt that was counted and may be evaluated. A failure needs nothing more: it is counted already. */
export interface Reservation {
  /**
   * Steps for the unit of the success, which may be committed once: the pair's row goes, what this attempt reserved
   * elsewhere is given back, the network becomes a known one of this account. `release` does nothing from now on.
   */
  succeeded(at: number): Step[];
  /**
   * The attempt shall not count: nothing was evaluated (the hash queue was full, the server stops), or it was right
   * and more is to be proved. Gives back what it took, once. Never throws.
   */
  release(): Promise<void>;
  /** This attempt used up the last one: unless it succeeds, an account or pair is locked from now on. */
  readonly last: boolean;
  /**
   * Set when one network has just failed for this many accounts, this one included (credential stuffing): once at
   * 10 accounts, again at 20, 40 and so on.
   */
  readonly spread: number | undefined;
}

/** What one attempt took from a counter. */
export interface Taken {
  key: Uint8Array;
  /** End of the lock that this attempt set there. */
  lockedUntil: number | undefined;
}

/** What one attempt took from the counters, at which time. */
export interface Takings {
  pair: Taken;
  /** Undefined, as the next, where the network is known to the account. */
  wholeAccount: Taken | undefined;
  wholeNetwork: Taken | undefined;
  at: number;
  /** Milliseconds during which no counter can have started again, so that what is there includes this attempt. */
  period: number;
  spread: Spread;
  /** The network becomes a known one. */
  known(at: number): Step[];
}

/**
 * A success or a release takes away what its own attempt took and no more: nobody else's failure, no other lock. The
 * one exception is harmless: of a pair that another success cleared meanwhile, a release takes back one failure since.
 */
export function reservation(
  { writer, now }: { writer: Pick<WriterClient, 'commit'>; now: () => number },
  { pair, wholeAccount, wholeNetwork, at, period, spread, known }: Takings,
): Reservation {
  const elsewhere = [wholeAccount, wholeNetwork].filter((taken) => taken !== undefined);
  let settled = false;
  const back = (taken: Taken[], time: number): Step[] => (time < at + period ? taken.flatMap(stepsBack) : []);
  return {
    last: pair.lockedUntil !== undefined || wholeAccount?.lockedUntil !== undefined,
    spread: spread.accounts,
    succeeded(time) {
      settled = true;
      spread.takeBack();
      return [deleteCounter.bind({ key: pair.key }), ...back(elsewhere, time), ...known(time)];
    },
    async release() {
      if (settled) return;
      settled = true;
      spread.takeBack();
      try {
        await writer.commit({ steps: back([pair, ...elsewhere], now()), leaves: [] });
      } catch {
        // It stays counted, which is the safe side.
      }
    },
  };
}

function stepsBack({ key, lockedUntil }: Taken): Step[] {
  const step = giveBack.bind({ key });
  return lockedUntil === undefined ? [step] : [step, unlock.bind({ key, until: lockedUntil })];
}
