import { EVENT_TYPES } from './events.ts';

/** Where the log ends: all of it, and the events of some types. Positions are one past the last event. */
export interface LogEnds {
  size(): number;
  /** No event from there on is of a type that is wanted. */
  endOf(wants: (type: string) => boolean): number;
}

const INDEX = new Map<string, number>(EVENT_TYPES.map((type, i) => [type, i + 1]));

/**
 * The ends of the log in memory that threads share: the writer tells them after each commit, and who follows the log
 * for rare events need not read the common ones.
 */
export class SharedLogEnds implements LogEnds {
  readonly memory: SharedArrayBuffer;
  private readonly ends: BigInt64Array;

  constructor(memory = new SharedArrayBuffer(8 * (1 + EVENT_TYPES.length))) {
    this.memory = memory;
    this.ends = new BigInt64Array(memory);
  }

  size(): number {
    return Number(Atomics.load(this.ends, 0));
  }

  endOf(wants: (type: string) => boolean): number {
    let end = 0;
    for (const [type, at] of INDEX) if (wants(type)) end = Math.max(end, Number(Atomics.load(this.ends, at)));
    return end;
  }

  /** @param types the end of each type that was appended; undefined: anything may have been, as with a type that is none */
  publish(size: number, types?: ReadonlyMap<string, number>): void {
    const known = types && [...types.keys()].every((type) => INDEX.has(type)) ? types : undefined;
    for (const type of known?.keys() ?? EVENT_TYPES)
      Atomics.store(this.ends, INDEX.get(type)!, BigInt(known?.get(type) ?? size));
    // Last: whoever sees the log this long sees of what it is made.
    Atomics.store(this.ends, 0, BigInt(size));
  }
}
