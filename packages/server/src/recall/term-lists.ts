import type { Dictionary } from './dictionary.ts';
import { grown } from './grown.ts';
import type { EncodedRecord } from './record.ts';

/**
 * The terms of each memory in order, by number and slot: for phrases, and for starting over without the records.
 * One array for all memories, because an array of its own would cost more than the terms of a short one.
 */
export class TermLists {
  readonly dictionary: Dictionary;
  /** Numbers of the date terms of a slot, then those of its other terms. */
  ids = new Int32Array(256);
  #dates = new Int32Array(64);
  #terms = new Int32Array(64);
  #slots = 0;
  #used = 0;

  constructor(dictionary: Dictionary) {
    this.dictionary = dictionary;
  }

  /** Where in `ids` the date terms of a slot begin; they end where the other terms do begin. */
  datesOf(slot: number): number {
    return this.#dates[slot]!;
  }

  termsOf(slot: number): number {
    return this.#terms[slot]!;
  }

  endOf(slot: number): number {
    return slot + 1 < this.#slots ? this.#dates[slot + 1]! : this.#used;
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return (this.ids.length + this.#dates.length + this.#terms.length) * 4;
  }

  /** Reads the terms of a record into the next slot. */
  read({ bytes, dates, terms }: EncodedRecord): void {
    const { dictionary } = this;
    this.ids = grown(this.ids, this.#used + ((bytes.length - dates) >> 1) + 2);
    const dateCount = dictionary.read(bytes, dates, terms, this.ids, this.#used);
    const termCount = dictionary.read(bytes, terms, bytes.length, this.ids, this.#used + dateCount);
    this.#append(dateCount, termCount);
  }

  /** Copies a slot of other lists into the next slot. `numbers` keeps the new numbers of their terms, plus 1. */
  copy(other: TermLists, slot: number, numbers: Int32Array): void {
    const [dates, terms, end] = [other.datesOf(slot), other.termsOf(slot), other.endOf(slot)];
    this.ids = grown(this.ids, this.#used + end - dates);
    for (let at = dates; at < end; at++) {
      const old = other.ids[at]!;
      if (numbers[old] === 0) numbers[old] = this.dictionary.adopt(other.dictionary, old) + 1;
      this.ids[this.#used + at - dates] = numbers[old]! - 1;
    }
    this.#append(terms - dates, end - terms);
  }

  /** Whether the terms of a slot hold these, one after the other. */
  holds(slot: number, phrase: readonly string[]): boolean {
    const wanted: number[] = [];
    for (const term of phrase) {
      const id = this.dictionary.find(term);
      if (id === undefined) return false;
      wanted.push(id);
    }
    const last = this.endOf(slot) - wanted.length;
    for (let at = this.termsOf(slot); at <= last; at++) {
      let same = 0;
      while (same < wanted.length && this.ids[at + same] === wanted[same]) same++;
      if (same === wanted.length) return true;
    }
    return false;
  }

  #append(dateCount: number, termCount: number): void {
    const slot = this.#slots++;
    this.#dates = grown(this.#dates, slot + 1);
    this.#terms = grown(this.#terms, slot + 1);
    this.#dates[slot] = this.#used;
    this.#terms[slot] = this.#used + dateCount;
    this.#used += dateCount + termCount;
  }
}
