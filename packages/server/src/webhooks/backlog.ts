import { setImmediate } from 'node:timers/promises';
import type { Portion } from '../audit/portion.ts';
import type { LogRow } from '../audit/source.ts';

/** Positions that are held in memory; what waits beyond them stays in the log until there is room. */
const HELD = 10_000;
/** The log is looked through again once fewer wait. */
const REFILLED_BELOW = 5000;

export interface BacklogOptions {
  /** The first position that was not delivered. */
  next: number;
  /** The end of the log at this moment: what comes after is told by `told`. */
  end: number;
  /** Everything before it was handed to `told`. */
  seen(): number;
  portionFrom(from: number): Promise<Portion>;
  isWanted(row: LogRow): boolean;
}

/**
 * Where one reader of the log stands: which events wait for it, as positions. Every position belongs to one of three
 * stretches: before `from` (waiting in the queue, or done with), up to `until` (still to be looked through), and after
 * it (whoever follows the log will tell).
 */
export class Backlog {
  private readonly options: BacklogOptions;
  private readonly queue: number[] = [];
  private from: number;
  private until: number;

  constructor(options: BacklogOptions) {
    this.options = options;
    this.from = options.next;
    this.until = Math.max(options.next, options.end);
  }

  /** An event that is wanted was committed at this position. */
  told(seq: number): void {
    if (seq < this.until) return;
    const caughtUp = this.from >= this.until;
    this.until = seq + 1;
    if (!caughtUp) return;
    if (this.queue.length < HELD) {
      this.queue.push(seq);
      this.from = this.until;
    } else this.from = seq;
  }

  isDue(): boolean {
    return this.queue.length > 0 || this.from < this.until;
  }

  /** Events that wait, as far as they were looked through. */
  get waiting(): number {
    return this.queue.length;
  }

  /** The first position that is not done with. */
  get place(): number {
    if (this.queue.length > 0) return this.queue[0]!;
    return this.from < this.until ? this.from : Math.max(this.until, this.options.seen());
  }

  /** The position of the next event; undefined when nothing waits. Looks through the log where that is needed. */
  async first(): Promise<number | undefined> {
    if (this.queue.length < REFILLED_BELOW) await this.refill();
    return this.queue[0];
  }

  private async refill(): Promise<void> {
    while (this.queue.length < HELD && this.from < this.until) {
      const portion = await this.options.portionFrom(this.from);
      if (portion.next === this.from) return;
      // Read after the wait: what came meanwhile was told, and is not to be counted twice.
      const end = Math.min(portion.next, this.until);
      const rows = portion.rows.filter((row) => row.seq < end && this.options.isWanted(row));
      this.queue.push(...rows.map(({ seq }) => seq));
      this.from = end;
      // A long stretch is passed over without holding up the thread.
      await setImmediate();
    }
  }

  /** The first one was delivered, or is not to be. */
  done(): void {
    this.queue.shift();
  }
}
