import type { Dictionary } from './dictionary.ts';
import { grown } from './grown.ts';

const LARGEST_OWN = 0xfff;
const LARGEST_NEAR = 0xf;
const NONE = -1;

/** Where a term occurs: entries `start` to `end` (exclusive) of two parallel arrays. */
export interface PostingRun {
  readonly slots: Int32Array;
  readonly weights: Uint16Array;
  readonly start: number;
  readonly end: number;
}

/**
 * Inverted index of one shard. Each term owns a run of two parallel arrays (slot; weight) with room for a
 * power of two: a run whose length is one is full, and moves to twice the room. The room that it leaves goes to
 * the next run that grows to that size. A weight packs what the occurrences in a memory count for itself (12
 * bits, `WEIGHT_UNITS`) and how many of them its neighbours may borrow (4 bits). Removed memories stay in the
 * runs until the shard is rebuilt.
 */
export class Postings {
  /** Numbers the terms. */
  readonly dictionary: Dictionary;
  #starts = new Int32Array(64);
  #lengths = new Int32Array(64);
  #slots = new Int32Array(256);
  #weights = new Uint16Array(256);
  #used = 0;
  /** By the logarithm of its size: the last room that was left; its first slot names the one left before. */
  readonly #left = new Int32Array(32).fill(NONE);

  constructor(dictionary: Dictionary) {
    this.dictionary = dictionary;
  }

  /**
   * Counts one occurrence of a term in the memory at a slot. All occurrences of a memory must be added before
   * those of the next one: only then is an earlier posting of the same memory the last of its run.
   */
  add(id: number, slot: number, own: number, near: 0 | 1): void {
    if (id >= this.#lengths.length) this.#widen(id + 1);
    const length = this.#lengths[id]!;
    const last = this.#starts[id]! + length - 1;
    if (length > 0 && this.#slots[last] === slot) {
      const packed = this.#weights[last]!;
      const sum = Math.min((packed >> 4) + own, LARGEST_OWN);
      this.#weights[last] = (sum << 4) | Math.min((packed & LARGEST_NEAR) + near, LARGEST_NEAR);
      return;
    }
    if ((length & (length - 1)) === 0) this.#move(id, length);
    const at = this.#starts[id]! + length;
    this.#slots[at] = slot;
    this.#weights[at] = (own << 4) | near;
    this.#lengths[id] = length + 1;
  }

  /** The run of a term: indices into `slots` and `weights`, valid until the next `add`. */
  run(id: number): PostingRun {
    const start = this.#starts[id] ?? 0;
    return { slots: this.#slots, weights: this.#weights, start, end: start + (this.#lengths[id] ?? 0) };
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.#slots.length * 6 + this.#starts.length * 8;
  }

  #widen(terms: number): void {
    this.#starts = grown(this.#starts, terms);
    this.#lengths = grown(this.#lengths, terms);
  }

  #move(id: number, length: number): void {
    const from = this.#starts[id]!;
    const to = this.#take(length === 0 ? 1 : length * 2);
    this.#starts[id] = to;
    if (length === 0) return;
    this.#slots.copyWithin(to, from, from + length);
    this.#weights.copyWithin(to, from, from + length);
    const size = 31 - Math.clz32(length);
    this.#slots[from] = this.#left[size]!;
    this.#left[size] = from;
  }

  #take(room: number): number {
    const size = 31 - Math.clz32(room);
    const left = this.#left[size]!;
    if (left !== NONE) {
      this.#left[size] = this.#slots[left]!;
      return left;
    }
    const at = this.#used;
    this.#used += room;
    this.#slots = grown(this.#slots, this.#used);
    this.#weights = grown(this.#weights, this.#used);
    return at;
  }
}
