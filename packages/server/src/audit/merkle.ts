import { equalBytes, HASH_BYTES, sha256 } from './sha256.ts';

/** Root of the tree without leaves: SHA-256 of the empty string (RFC 6962 §2.1). */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;
const ENCODING_VERSION = 1;
const ENCODING_HEADER = 9;

let leafScratch = Buffer.alloc(4096);
const nodeScratch = Buffer.alloc(1 + 2 * HASH_BYTES, NODE_PREFIX);

/** SHA-256(0x00 ‖ entry): the hash of a leaf (RFC 6962 §2.1). */
export function leafHash(entry: Uint8Array): Buffer {
  const size = entry.length + 1;
  if (size > leafScratch.length) {
    // A rare giant must not pin its size for the life of the process.
    const once = Buffer.allocUnsafe(size);
    if (size <= 65_536) leafScratch = once;
    return hashPrefixed(once, entry);
  }
  return hashPrefixed(leafScratch, entry);
}

function hashPrefixed(scratch: Buffer, entry: Uint8Array): Buffer {
  scratch[0] = LEAF_PREFIX;
  scratch.set(entry, 1);
  return sha256(scratch.subarray(0, entry.length + 1));
}

/** SHA-256(0x01 ‖ left ‖ right): the hash of an inner node (RFC 6962 §2.1). Both must be 32 bytes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  nodeScratch.set(left, 1);
  nodeScratch.set(right, 1 + HASH_BYTES);
  return sha256(nodeScratch);
}

/**
 * The right edge of an append-only Merkle tree: the roots of its perfect subtrees, largest first. Enough
 * to append and to know the root, in O(log n) memory; it cannot make proofs.
 */
export class Frontier {
  #size = 0;
  #peaks: Uint8Array[] = [];

  /** Number of leaves. */
  get size(): number {
    return this.#size;
  }

  /**
   * Appends a leaf by its hash (32 bytes, copied). Returns the root of the perfect subtree of `of` leaves (a power of
   * two from 2) that it completes. Throws RangeError on any other length.
   */
  append(leaf: Uint8Array, of = 0): Uint8Array | undefined {
    if (leaf.length !== HASH_BYTES) throw new RangeError(`a leaf hash has 32 bytes, not ${leaf.length}`);
    let node: Uint8Array | undefined;
    let subtree: Uint8Array | undefined;
    let leaves = 1;
    // Each trailing 1 bit of the size is a perfect subtree that this leaf completes.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      node = nodeHash(this.#peaks.pop()!, node ?? leaf);
      leaves *= 2;
      if (leaves === of) subtree = node;
    }
    this.#peaks.push(node ?? Buffer.from(leaf));
    this.#size++;
    return subtree;
  }

  /** The Merkle tree hash of the leaves so far (RFC 6962 §2.1), 32 bytes. */
  root(): Uint8Array {
    let root = this.#peaks.at(-1);
    if (root === undefined) return Buffer.from(EMPTY_ROOT);
    for (let i = this.#peaks.length - 2; i >= 0; i--) root = nodeHash(this.#peaks[i]!, root);
    return Buffer.from(root);
  }

  /** Version byte, size as 8 bytes big-endian, then the subtree roots: at most 9 + 53 × 32 bytes. */
  encode(): Uint8Array {
    const bytes = new Uint8Array(ENCODING_HEADER + this.#peaks.length * HASH_BYTES);
    bytes[0] = ENCODING_VERSION;
    new DataView(bytes.buffer).setBigUint64(1, BigInt(this.#size));
    for (const [i, peak] of this.#peaks.entries()) bytes.set(peak, ENCODING_HEADER + i * HASH_BYTES);
    return bytes;
  }

  /** Reads what `encode` wrote. Throws RangeError where the version, size or length does not fit. */
  static decode(bytes: Uint8Array): Frontier {
    if (bytes.length < ENCODING_HEADER || bytes[0] !== ENCODING_VERSION) {
      throw new RangeError('not an encoded Merkle frontier');
    }
    const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(1));
    const peaks = Number.isSafeInteger(size) ? countOnes(size) : -1;
    if (bytes.length !== ENCODING_HEADER + peaks * HASH_BYTES) {
      throw new RangeError('encoded Merkle frontier: size and length disagree');
    }
    const frontier = new Frontier();
    frontier.#size = size;
    for (let at = ENCODING_HEADER; at < bytes.length; at += HASH_BYTES) {
      frontier.#peaks.push(Buffer.from(bytes.subarray(at, at + HASH_BYTES)));
    }
    return frontier;
  }

  /** An independent copy: to try a group of appends and throw them away when the commit fails. */
  clone(): Frontier {
    const copy = new Frontier();
    copy.#size = this.#size;
    copy.#peaks = this.#peaks.slice();
    return copy;
  }
}

function countOnes(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}

/**
 * Whether `proof` shows that the leaf with this hash is number `leafIndex` (from 0) of the tree with
 * `size` leaves and this root (RFC 9162 §2.1.3.2). False on any malformed input; never throws.
 */
export function verifyInclusion(
  leafIndex: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isCount(leafIndex) || !isCount(size) || leafIndex >= size) return false;
  if (leaf.length !== HASH_BYTES || !areHashes(proof)) return false;
  let fn = leafIndex;
  let sn = size - 1;
  let node: Uint8Array = leaf;
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      node = nodeHash(sibling, node);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      node = nodeHash(node, sibling);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equalBytes(node, root);
}

/**
 * Whether `proof` shows that the tree of `size1` leaves and `root1` is a prefix of the tree of `size2`
 * leaves and `root2` (RFC 9162 §2.1.4.2). Equal sizes need equal roots and an empty proof. False on any
 * malformed input and, as in the RFC, for `size1` = 0, which would prove nothing; never throws.
 */
export function verifyConsistency(
  size1: number,
  size2: number,
  proof: readonly Uint8Array[],
  root1: Uint8Array,
  root2: Uint8Array,
): boolean {
  if (!isCount(size1) || !isCount(size2) || size1 === 0 || size1 > size2) return false;
  if (size1 === size2) return proof.length === 0 && equalBytes(root1, root2);
  if (proof.length === 0 || root1.length !== HASH_BYTES || !areHashes(proof)) return false;
  let fn = size1 - 1;
  let sn = size2 - 1;
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  // fn is 0 here exactly when size1 is a power of two: then root1 itself is where the path starts.
  const path = fn === 0 ? [root1, ...proof] : proof;
  let first: Uint8Array = path[0]!;
  let second: Uint8Array = path[0]!;
  for (const node of path.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      first = nodeHash(node, first);
      second = nodeHash(node, second);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      second = nodeHash(second, node);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && equalBytes(first, root1) && equalBytes(second, root2);
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function areHashes(proof: readonly Uint8Array[]): boolean {
  return proof.every((node) => node.length === HASH_BYTES);
}
