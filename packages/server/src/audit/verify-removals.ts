import type { Json } from './canonical-json.ts';
import { parseCount } from './checkpoint.ts';
import { type Removal, removalOf } from './removal.ts';
import type { Findings, ProblemList } from './verify-report.ts';

/** Positions that share one piece of memory: small, so that a sparse file cannot make much of it. */
const PAGE = 1024;
/** Records that are reported in full, the first ones. */
const REPORTED_RECORDS = 20;

type Fields = Readonly<Record<string, Json>>;

/**
 * Holds the leaves whose event was removed against the events that tell of removals: each such leaf must be named by
 * a later `audit.records.removed`, and that must name no leaf whose event is there. One bit a position, in pages that
 * exist only where something was removed.
 */
export class Removals {
  readonly #problems: ProblemList;
  /** Removed and not named yet. */
  readonly #pending = new Map<number, Uint32Array>();
  #removed = 0;
  #untold = 0;
  #records = 0;
  readonly #first: Removal[] = [];

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  get findings(): Pick<Findings, 'removed' | 'removalRecords' | 'removals' | 'removedUntold'> {
    return {
      removed: this.#removed,
      removalRecords: this.#records,
      removals: this.#first,
      removedUntold: this.#untold,
    };
  }

  /** Takes note of a leaf without its event. */
  removed(index: number): void {
    this.#removed++;
    this.#untold++;
    const number = Math.floor(index / PAGE);
    let page = this.#pending.get(number);
    if (!page) {
      page = new Uint32Array(PAGE / 32);
      this.#pending.set(number, page);
    }
    page[(index % PAGE) >>> 5]! |= 1 << (index & 31);
  }

  /** Takes note of the event at `index`, if it tells of a removal. `privatePart`: as far as it is there. */
  event(index: number, event: Fields, privatePart: Fields | undefined): void {
    if (event.type !== 'audit.records.removed' || event.success !== true) return;
    this.#records++;
    const { ids } = (event.resource ?? {}) as { ids?: unknown };
    const ranges = Array.isArray(ids) ? ids.map(parseRange) : [undefined];
    this.#report(index, event, ranges, privatePart);
    for (const range of ranges) {
      if (range === undefined) {
        this.#problems.add('removal-unreadable', 'this record of a removal cannot be read', index);
        return;
      }
      this.#name(range);
    }
  }

  #report(
    index: number,
    { time }: Fields,
    ranges: readonly (readonly [number, number] | undefined)[],
    privatePart: Fields | undefined,
  ): void {
    const named = ranges.filter((range) => range !== undefined);
    const { removal, doubts } = removalOf({ index, time, ranges: named, privatePart });
    // One that cannot be read is a problem already.
    for (const doubt of named.length === ranges.length ? doubts : [])
      this.#problems.add('removal-implausible', `this record of a removal ${doubt}`, index);
    if (this.#first.length < REPORTED_RECORDS) this.#first.push(removal);
  }

  /** Ends a log that is all there: what nobody named was removed without a record. */
  finish(): void {
    if (this.#untold === 0) return;
    let run: { first: number; last: number } | undefined;
    const close = () => {
      if (!run) return;
      const one = run.first === run.last;
      const message = `${one ? 'this event is' : 'these events are'} missing, and no later record tells of the removal`;
      this.#problems.add('event-missing', message, run.first, run.last);
    };
    for (const [number, page] of [...this.#pending].sort(([a], [b]) => a - b)) {
      for (let i = 0; i < PAGE; i++) {
        if ((page[i >>> 5]! & (1 << (i & 31))) === 0) continue;
        const index = number * PAGE + i;
        if (run?.last === index - 1) run.last = index;
        else {
          close();
          run = { first: index, last: index };
        }
      }
    }
    close();
  }

  #name([first, last]: readonly [number, number]): void {
    for (let index = first; index <= last; index++) {
      if (this.#take(index)) continue;
      // Going on would follow a hostile range to its end.
      const message = 'a record says that this event was removed, but it is there, or was removed before';
      this.#problems.add('event-not-removed', message, index);
      return;
    }
  }

  #take(index: number): boolean {
    const page = this.#pending.get(Math.floor(index / PAGE));
    const [word, bit] = [(index % PAGE) >>> 5, 1 << (index & 31)];
    if (!page || (page[word]! & bit) === 0) return false;
    page[word]! &= ~bit;
    this.#untold--;
    return true;
  }
}

/** `"12"` or `"12-40"`, both ends included. */
function parseRange(id: unknown): readonly [number, number] | undefined {
  if (typeof id !== 'string') return undefined;
  const [from = '', to, more] = id.split('-');
  const first = parseCount(from);
  const last = to === undefined ? first : parseCount(to);
  if (first === undefined || last === undefined || more !== undefined) return undefined;
  if (to !== undefined && last <= first) return undefined;
  return [first, last];
}
