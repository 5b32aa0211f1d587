/** A part of the list that one thread works on: from, inclusive, to, exclusive. */
export interface Claim {
  readonly from: number;
  readonly to: number;
}

/** Files that a thread claims at once: enough that asking costs nothing, few enough that others can share the rest. */
const largestClaim = 32;

/**
 * Deals out a list to threads, each as fast as it works: claims grow small towards the end, so that all end together
 * whatever the sizes of the files are, and nobody has to know these beforehand.
 */
export class Claims {
  readonly memory: SharedArrayBuffer;
  readonly #next: Int32Array;
  readonly #length: number;
  readonly #threads: number;

  constructor(length: number, threads: number, memory = new SharedArrayBuffer(4)) {
    this.memory = memory;
    this.#next = new Int32Array(memory);
    this.#length = length;
    this.#threads = threads;
  }

  /** How much of the list has been dealt out. */
  get dealt(): number {
    return Math.min(Atomics.load(this.#next, 0), this.#length);
  }

  /** The next part, or undefined when all has been dealt out. */
  take(): Claim | undefined {
    for (;;) {
      const from = Atomics.load(this.#next, 0);
      if (from >= this.#length) return undefined;
      const fair = Math.ceil((this.#length - from) / (this.#threads * 16));
      const to = from + Math.min(fair, largestClaim);
      if (Atomics.compareExchange(this.#next, 0, from, to) === from) return { from, to };
    }
  }
}
