import { randomFillSync } from 'node:crypto';
import { grown } from './grown.ts';

/** Stands between the terms of a line; no term holds it. */
const SEPARATOR = 0x20;
const NONE = -1;
const FIRST_BUCKETS = 64;

/** How many bytes of a term have a key of their own; `tokens.ts` makes none that is longer. */
const KEYED_BYTES = 256;
/** Secret and different in each process: see `hashOf`. */
const processKeys = randomFillSync(new Int32Array(KEYED_BYTES));

/**
 * Hash of the bytes from `from` to `to`: each byte times the key of its place, summed up. Whoever does not know the
 * keys cannot choose terms that collide: of any two terms only one in 2²⁵ keys gives the same upper 25 bits
 * (multilinear hashing; Lemire and Kaser, "Strongly universal string hashing is fast", 2014). The lower
 * bits promise nothing, so buckets are taken from the upper ones.
 */
export function hashOf(bytes: Uint8Array, from: number, to: number, keys: Int32Array): number {
  let hash = 0;
  for (let at = from; at < to; at++)
    hash = (hash + Math.imul(keys[(at - from) & (KEYED_BYTES - 1)]!, bytes[at]!)) | 0;
  return hash;
}

/**
 * The terms of a shard and their numbers, in the order of first sight. Works on UTF-8 bytes, because nearly all
 * terms of a record that is read are known already: making a string of each only to look it up would be most
 * of the work.
 */
export class Dictionary {
  readonly #keys: Int32Array;
  /** By the upper bits of the hash: the newest of the terms that share them. */
  #heads = new Int32Array(FIRST_BUCKETS).fill(NONE);
  #shift = 32 - Math.log2(FIRST_BUCKETS);
  /** By term: the next of its bucket, its hash, the end of its bytes. */
  #next = new Int32Array(64);
  #hashes = new Int32Array(64);
  #ends = new Int32Array(64);
  #bytes = new Uint8Array(256);
  #size = 0;

  constructor(keys: Int32Array = processKeys) {
    this.#keys = keys;
  }

  /** How many terms it holds. */
  get size(): number {
    return this.#size;
  }

  /** Memory held, in bytes. */
  get bytes(): number {
    return this.#heads.length * 4 + this.#ends.length * 12 + this.#bytes.length;
  }

  /** The number of a term, or undefined when it was never read. */
  find(term: string): number | undefined {
    const bytes = Buffer.from(term);
    const hash = hashOf(bytes, 0, bytes.length, this.#keys);
    const id = this.#lookUp(bytes, 0, bytes.length, hash);
    return id === NONE ? undefined : id;
  }

  /** The number of a term, given now when it is new. */
  intern(term: string): number {
    const bytes = Buffer.from(term);
    return this.#idOf(bytes, 0, bytes.length, hashOf(bytes, 0, bytes.length, this.#keys));
  }

  /** The number of another dictionary's term in this one, given now when it is new. */
  adopt(other: Dictionary, id: number): number {
    const from = other.#start(id);
    const to = other.#ends[id]!;
    return this.#idOf(other.#bytes, from, to, hashOf(other.#bytes, from, to, this.#keys));
  }

  name(id: number): string {
    return Buffer.from(this.#bytes.buffer, this.#start(id), this.#ends[id]! - this.#start(id)).toString();
  }

  /**
   * Puts the numbers of the terms of a line (bytes `from` to `to`) into `ids` from `first` on, and returns how many.
   * `ids` must have room for one term to every two bytes.
   */
  read(line: Uint8Array, from: number, to: number, ids: Int32Array, first: number): number {
    const keys = this.#keys;
    let count = first;
    for (let at = from; at < to; at++) {
      const start = at;
      let hash = 0;
      // `hashOf`, fused with the search for the end of the term: this loop sees every byte of a shard.
      for (; at < to; at++) {
        const byte = line[at]!;
        if (byte === SEPARATOR) break;
        hash = (hash + Math.imul(keys[(at - start) & (KEYED_BYTES - 1)]!, byte)) | 0;
      }
      if (at > start) ids[count++] = this.#idOf(line, start, at, hash);
    }
    return count - first;
  }

  #start(id: number): number {
    return id === 0 ? 0 : this.#ends[id - 1]!;
  }

  #idOf(line: Uint8Array, from: number, to: number, hash: number): number {
    const known = this.#lookUp(line, from, to, hash);
    return known === NONE ? this.#insert(line, from, to, hash) : known;
  }

  #lookUp(line: Uint8Array, from: number, to: number, hash: number): number {
    let id = this.#heads[hash >>> this.#shift]!;
    while (id !== NONE && !(this.#hashes[id] === hash && this.#equals(id, line, from, to)))
      id = this.#next[id]!;
    return id;
  }

  #equals(id: number, line: Uint8Array, from: number, to: number): boolean {
    const bytes = this.#bytes;
    const start = this.#start(id);
    if (this.#ends[id]! - start !== to - from) return false;
    for (let at = from, own = start; at < to; at++, own++) if (line[at] !== bytes[own]) return false;
    return true;
  }

  #insert(line: Uint8Array, from: number, to: number, hash: number): number {
    const id = this.#size++;
    this.#next = grown(this.#next, id + 1);
    this.#hashes = grown(this.#hashes, id + 1);
    const start = this.#start(id);
    this.#ends = grown(this.#ends, id + 1);
    this.#bytes = grown(this.#bytes, start + to - from);
    this.#bytes.set(line.subarray(from, to), start);
    this.#ends[id] = start + to - from;
    this.#hashes[id] = hash;
    if (id === this.#heads.length) this.#widen();
    this.#chain(id);
    return id;
  }

  #chain(id: number): void {
    const bucket = this.#hashes[id]! >>> this.#shift;
    this.#next[id] = this.#heads[bucket]!;
    this.#heads[bucket] = id;
  }

  /** Twice the buckets, so that there are never more terms than those. */
  #widen(): void {
    this.#shift--;
    const terms = this.#heads.length;
    this.#heads = new Int32Array(terms * 2).fill(NONE);
    for (let id = 0; id < terms; id++) this.#chain(id);
  }
}
