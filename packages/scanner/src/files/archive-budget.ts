import type { SkipReason } from './place.ts';

/** What an archive may cost. Archives come from the tree that is scanned, and may be made to exhaust the reader. */
export interface ArchiveLimits {
  /** Archives inside each other. */
  readonly depth: number;
  /** Members, of the outermost archive and all inside it. */
  readonly members: number;
  /** Bytes of one archive as it is stored. */
  readonly storedBytes: number;
  /** Bytes that the outermost archive and all inside it expand to. */
  readonly expandedBytes: number;
  /** Expanded bytes per stored byte; does not hold below a megabyte, where text may compress as well. */
  readonly ratio: number;
}

export const defaultArchiveLimits: ArchiveLimits = {
  depth: 3,
  members: 10_000,
  storedBytes: 64_000_000,
  expandedBytes: 128_000_000,
  ratio: 200,
};

const freeOfRatio = 1_000_000;

/** Counts what an outermost archive has cost so far, with everything inside it. */
export class ArchiveBudget {
  readonly limits: ArchiveLimits;
  #members: number;
  #bytes: number;

  constructor(limits: ArchiveLimits, storedBytes: number) {
    this.limits = limits;
    this.#members = limits.members;
    this.#bytes = Math.min(limits.expandedBytes, Math.max(freeOfRatio, storedBytes * limits.ratio));
  }

  /** Bytes that may still be expanded. */
  get bytesLeft(): number {
    return this.#bytes;
  }

  /** Takes a member into account. @returns why it must not be opened */
  admit(): SkipReason | undefined {
    if (this.#members <= 0) return 'archive-too-many';
    this.#members--;
    return undefined;
  }

  spend(bytes: number): void {
    this.#bytes = Math.max(0, this.#bytes - bytes);
  }
}
