import { Frontier } from './merkle.ts';
import { equalBytes } from './sha256.ts';

/** The two hashes of a line: the one it states and the one of its event; one is absent where unreadable. */
export type LeafHashes = {
  readonly stated?: Uint8Array | undefined;
  readonly computed?: Uint8Array | undefined;
};

/**
 * The tree that a verifier rebuilds. Where a line's stated hash and its event disagree, one of them was
 * altered and only the next checkpoint can tell which, so both trees are followed until then: an altered
 * event then costs nothing more than its own leaf.
 */
export class CheckedTree {
  #tree = new Frontier();
  #other: Frontier | undefined;
  #broken = false;
  readonly #watchedSize: number | undefined;
  #watchedRoots: Uint8Array[] = [];

  /** `watchedSize`: size at which the roots are remembered for `matchedAtWatchedSize`. */
  constructor(watchedSize?: number) {
    this.#watchedSize = watchedSize;
    this.#watch();
  }

  /** True once a leaf is unknown: no root after it can be computed. */
  get broken(): boolean {
    return this.#broken;
  }

  append({ stated, computed }: LeafHashes): void {
    if (this.#broken) return;
    const leaf = stated ?? computed;
    if (leaf === undefined) {
      this.break();
      return;
    }
    if (stated !== undefined && computed !== undefined && stated !== computed)
      this.#other ??= this.#tree.clone();
    this.#tree.append(leaf);
    this.#other?.append(computed ?? leaf);
    this.#watch();
  }

  break(): void {
    this.#broken = true;
  }

  /** Whether the tree has this root now; decides which of two trees is followed from here. */
  matches(root: Uint8Array): boolean {
    if (this.#broken) return false;
    if (this.#other !== undefined && equalBytes(this.#other.root(), root)) this.#tree = this.#other;
    else if (!equalBytes(this.#tree.root(), root)) return false;
    this.#other = undefined;
    return true;
  }

  /** Whether the tree had this root at the watched size; undefined where that size was never computed. */
  matchedAtWatchedSize(root: Uint8Array): boolean | undefined {
    if (this.#watchedRoots.length === 0) return undefined;
    return this.#watchedRoots.some((seen) => equalBytes(seen, root));
  }

  /** The root of all leaves, or undefined when broken. */
  root(): Uint8Array | undefined {
    return this.#broken ? undefined : this.#tree.root();
  }

  #watch(): void {
    if (this.#tree.size !== this.#watchedSize) return;
    this.#watchedRoots = [this.#tree, this.#other].flatMap((tree) => tree?.root() ?? []);
  }
}
