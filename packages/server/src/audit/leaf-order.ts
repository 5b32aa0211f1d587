import type { LeafHashes } from './checked-tree.ts';
import type { ProblemCode } from './verify-report.ts';

/** A leaf line with the index that it states. */
export type OrderedLeaf = LeafHashes & { readonly index: number };

/** What the order decides about. */
export type OrderListener = {
  /** The leaf stands at the next position of the tree. */
  place(leaf: OrderedLeaf): void;
  /** A position has no leaf. */
  missing(): void;
  problem(code: ProblemCode, message: string, index: number, last?: number): void;
};

/**
 * Tells deletions, swaps and repetitions apart in a sequence of leaf lines. A line with another index than
 * the expected one is held until the next line shows what happened.
 */
export class LeafOrder {
  readonly #listener: OrderListener;
  #expected = 0;
  #held: OrderedLeaf | undefined;
  #unreadable = 0;

  constructor(listener: OrderListener) {
    this.#listener = listener;
  }

  /** Index of the next leaf, as far as decided. */
  get expected(): number {
    return this.#expected + this.#unreadable;
  }

  /** Takes a leaf line. */
  offer(leaf: OrderedLeaf): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined && this.#settle(held, leaf.index, leaf)) return;
    this.#closeUnreadable(leaf.index);
    if (leaf.index === this.#expected) this.#place(leaf);
    else this.#held = leaf;
  }

  /** Takes a line that cannot be read, and may or may not have been a leaf. */
  offerUnreadable(): void {
    this.#settleHeld(undefined);
    this.#unreadable++;
  }

  /** Ends a stretch of leaves: at a checkpoint with its size, at the end of the file without. */
  close(size?: number): void {
    this.#settleHeld(size);
    this.#closeUnreadable(size ?? this.#expected + this.#unreadable);
    if (size !== undefined && size > this.#expected) this.#skipTo(size);
  }

  #settleHeld(next: number | undefined): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#settle(held, next);
  }

  /** Decides about a held line by the index after it; true when that next leaf was placed as well. */
  #settle(held: OrderedLeaf, next: number | undefined, nextLeaf?: OrderedLeaf): boolean {
    const expected = this.#expected;
    if (nextLeaf !== undefined && held.index === expected + 1 && next === expected) {
      this.#listener.problem('leaf-swapped', 'these two leaves are swapped', expected, expected + 1);
      this.#place(nextLeaf);
      this.#place(held);
      return true;
    }
    if (next === expected + 1) {
      const message = `the line here says that it is leaf ${held.index}`;
      this.#listener.problem('leaf-out-of-place', message, expected);
      this.#place(held);
    } else if (held.index > expected && next !== expected) {
      this.#skipTo(held.index);
      this.#place(held);
    } else {
      const message = `a line of leaf ${held.index} stands once more before leaf ${expected}`;
      this.#listener.problem('leaf-repeated', message, held.index);
    }
    return false;
  }

  /** Unreadable lines stand for as many leaves as the next readable index says, from none to all of them. */
  #closeUnreadable(next: number): void {
    if (this.#unreadable === 0) return;
    const most = this.#expected + this.#unreadable;
    const reached = next >= this.#expected && next <= most ? next : most;
    if (reached > this.#expected) this.#listener.missing();
    this.#expected = reached;
    this.#unreadable = 0;
  }

  #skipTo(index: number): void {
    const one = index - this.#expected === 1;
    const message = one ? 'this leaf is missing' : 'these leaves are missing';
    this.#listener.problem('leaf-missing', message, this.#expected, index - 1);
    this.#listener.missing();
    this.#expected = index;
  }

  #place(leaf: OrderedLeaf): void {
    this.#listener.place(leaf);
    this.#expected++;
  }
}
