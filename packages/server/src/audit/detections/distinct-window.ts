interface Seen {
  at: number;
  seq: number;
}

export interface WindowCount {
  /** Different items of this key within the window; no more than `mostPerKey`. */
  count: number;
  /** Position of the oldest event that is counted. */
  first: number;
}

export interface WindowOptions {
  windowMs: number;
  /** Items of one key beyond which the oldest are forgotten; more than any threshold. */
  mostPerKey: number;
  /** Items held over all keys; beyond, keys that were quiet the longest are forgotten. */
  capacity?: number;
}

/**
 * How many different items each key had within a sliding window, exactly: an item counts from the moment that it was
 * last seen until the window has passed. Memory is bounded.
 */
export class DistinctWindow {
  private readonly keys = new Map<string, Map<string | number, Seen>>();
  private readonly options: Required<WindowOptions>;
  private held = 0;

  constructor(options: WindowOptions) {
    this.options = { capacity: 100_000, ...options };
  }

  /** Items held, over all keys. */
  get size(): number {
    return this.held;
  }

  /** `at` never goes back between calls. */
  add(key: string, items: readonly (string | number)[], { at, seq }: Seen): WindowCount {
    const seen = this.keys.get(key) ?? new Map<string | number, Seen>();
    // Set anew, so that both maps are in the order of use.
    this.keys.delete(key);
    this.keys.set(key, seen);
    for (const item of items) {
      if (seen.delete(item)) this.held--;
      seen.set(item, { at, seq });
      this.held++;
    }
    this.prune(seen, at);
    this.makeRoom(key);
    return { count: seen.size, first: seen.values().next().value?.seq ?? seq };
  }

  private prune(seen: Map<string | number, Seen>, at: number): void {
    const { windowMs, mostPerKey } = this.options;
    for (const [item, last] of seen) {
      if (at - last.at < windowMs && seen.size <= mostPerKey) return;
      seen.delete(item);
      this.held--;
    }
  }

  private makeRoom(current: string): void {
    for (const [key, seen] of this.keys) {
      if (this.held <= this.options.capacity || key === current) return;
      this.keys.delete(key);
      this.held -= seen.size;
    }
  }
}
