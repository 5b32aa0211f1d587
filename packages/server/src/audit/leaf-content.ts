import { decodeBase64 } from './base64.ts';
import type { Json } from './canonical-json.ts';
import { canonicalJson } from './canonical-json.ts';
import { commit } from './commitment.ts';
import type { LeafBody, LeafLine } from './export-format.ts';
import type { OrderedLeaf } from './leaf-order.ts';
import { leafHash } from './merkle.ts';
import { HASH_BYTES } from './sha256.ts';
import type { Findings, ProblemList } from './verify-report.ts';

/** Events are stamped before they queue for the log; only more than this is a clock that went back. */
const CLOCK_TOLERANCE_MS = 5_000;

/** Checks each leaf line by itself: event against leaf hash, private part against commitment. */
export class LeafContent {
  readonly #problems: ProblemList;
  #privateMatched = 0;
  #privateAbsent = 0;
  #newest = 0;
  #clockBack: { index: number; count: number } | undefined;

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  get findings(): Pick<Findings, 'privateMatched' | 'privateAbsent' | 'clockBack'> {
    return {
      privateMatched: this.#privateMatched,
      privateAbsent: this.#privateAbsent,
      clockBack: this.#clockBack,
    };
  }

  /**
   * The hashes of the line for the tree. `body` is undefined where it cannot be read; `bytes` is the line
   * where its characters and bytes coincide, which saves encoding the event again.
   */
  check(leaf: LeafLine, body: LeafLine['body'], text: string, bytes: Buffer | undefined): OrderedLeaf {
    const { index } = leaf;
    const stated = () => decodeBase64(leaf.leaf, HASH_BYTES);
    if (body === 'removed') {
      const hash = stated();
      if (hash === undefined) this.#problems.add('leaf-mismatch', 'the leaf hash cannot be read', index);
      return { index, stated: hash };
    }
    if (body === undefined) {
      this.#problems.add('event-unreadable', 'the event cannot be read', index);
      return { index, stated: stated() };
    }
    const eventText = text.slice(body.start, body.end);
    const computed = leafHash(bytes?.subarray(body.start, body.end) ?? Buffer.from(eventText));
    this.#checkPrivate(index, body);
    this.#checkClock(index, body.event.time);
    if (computed.toString('base64') !== leaf.leaf) {
      const message = 'the event is not the one of its leaf hash: one was altered';
      this.#problems.add('leaf-mismatch', message, index);
      return { index, computed, stated: stated() };
    }
    if (!isCanonical(body.event, eventText)) {
      this.#problems.add('event-not-canonical', 'the event is not in its one canonical spelling', index);
    }
    return { index, computed };
  }

  #checkPrivate(index: number, body: LeafBody): void {
    const commitment = body.event.private;
    const given = body.private;
    if (given === undefined) {
      if (commitment !== undefined) this.#privateAbsent++;
    } else if (
      commit(given.salt, Buffer.from(given.text)) !== commitment ||
      !isCanonical(given.value, given.text)
    ) {
      this.#problems.add('private-mismatch', 'the private part is not the one that was logged', index);
    } else {
      this.#privateMatched++;
    }
  }

  #checkClock(index: number, time: Json | undefined): void {
    if (typeof time !== 'number') return;
    if (time + CLOCK_TOLERANCE_MS < this.#newest) {
      this.#clockBack ??= { index, count: 0 };
      this.#clockBack.count++;
    }
    this.#newest = Math.max(this.#newest, time);
  }
}

/** A number beyond what JSON can hold parses to a value that has no canonical form. */
function isCanonical(value: Json, text: string): boolean {
  try {
    return canonicalJson(value) === text;
  } catch {
    return false;
  }
}
