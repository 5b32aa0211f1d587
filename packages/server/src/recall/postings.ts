/** A typed array that grows by doubling; the caller keeps count of what is used. */
export function grown<T extends Int32Array | Uint16Array | Uint8Array | Float32Array>(
  array: T,
  needed: number,
): T {
  if (needed <= array.length) return array;
  const larger = new (array.constructor as new (length: number) => T)(Math.max(needed, array.length * 2, 64));
  larger.set(array as never);
  return larger;
}

const LARGEST_OWN = 0xfff;
const LARGEST_NEAR = 0xf;

/** Where a term occurs: entries `start` to `end` (exclusive) of two parallel arrays. */
export interface PostingRun {
  readonly slots: Int32Array;
  readonly weights: Uint16Array;
  readonly start: number;
  readonly end: number;
}

/**
 * Term dictionary and inverted index of one shard. Each term owns a run of two parallel arrays (slot; weight)
 * that moves to the end of the arena with twice the room when it is full. A weight packs what the occurrences
 * in a memory count for itself (12 bits, `WEIGHT_UNITS`) and how many of them its neighbours may borrow (4 bits).
 * Removed memories stay in the runs until the shard is rebuilt.
 */
export class Postings {
  readonly #ids = new Map<string, number>();
  readonly #names: string[] = [];
  #starts = new Int32Array(64);
  #lengths = new Int32Array(64);
  #capacities = new Int32Array(64);
  #slots = new Int32Array(256);
  #weights = new Uint16Array(256);
  #used = 0;
  #characters = 0;

  /** The number of a term, or undefined when no memory has it. */
  find(term: string): number | undefined {
    return this.#ids.get(term);
  }

  /** The number of a term, given now when it is new. */
  intern(term: string): number {
    const known = this.#ids.get(term);
    if (known !== undefined) return known;
    const id = this.#names.length;
    this.#ids.set(term, id);
    this.#names.push(term);
    this.#characters += term.length;
    this.#starts = grown(this.#starts, id + 1);
    this.#lengths = grown(this.#lengths, id + 1);
    this.#capacities = grown(this.#capacities, id + 1);
    return id;
  }

  /** The dictionary's own string of a term: records share it instead of each keeping a copy. */
  name(id: number): string {
    return this.#names[id] as string;
  }

  /**
   * Counts one occurrence of a term in the memory at a slot. All occurrences of a memory must be added before
   * those of the next one: only then is an earlier posting of the same memory the last of its run.
   */
  add(id: number, slot: number, own: number, near: 0 | 1): void {
    const length = this.#lengths[id] as number;
    const last = (this.#starts[id] as number) + length - 1;
    if (length > 0 && this.#slots[last] === slot) {
      const packed = this.#weights[last] as number;
      const sum = Math.min((packed >> 4) + own, LARGEST_OWN);
      this.#weights[last] = (sum << 4) | Math.min((packed & LARGEST_NEAR) + near, LARGEST_NEAR);
      return;
    }
    if (length === this.#capacities[id]) this.#move(id, length);
    const at = (this.#starts[id] as number) + length;
    this.#slots[at] = slot;
    this.#weights[at] = (own << 4) | near;
    this.#lengths[id] = length + 1;
  }

  /** The run of a term: indices into `slots` and `weights`, valid until the next `add`. */
  run(id: number): PostingRun {
    const start = this.#starts[id] as number;
    return { slots: this.#slots, weights: this.#weights, start, end: start + (this.#lengths[id] as number) };
  }

  /** Estimate of the memory held, in bytes; a dictionary entry costs about 90 beside its characters. */
  get bytes(): number {
    return this.#slots.length * 6 + this.#starts.length * 12 + this.#names.length * 90 + this.#characters;
  }

  #move(id: number, length: number): void {
    const capacity = length === 0 ? 1 : length * 2;
    const from = this.#starts[id] as number;
    const to = this.#used;
    this.#used += capacity;
    this.#slots = grown(this.#slots, this.#used);
    this.#weights = grown(this.#weights, this.#used);
    this.#slots.copyWithin(to, from, from + length);
    this.#weights.copyWithin(to, from, from + length);
    this.#starts[id] = to;
    this.#capacities[id] = capacity;
  }
}
