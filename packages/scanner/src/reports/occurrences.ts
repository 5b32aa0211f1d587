import type { LocatedFinding } from '../files/suppressions.ts';

/** Numbers findings that nothing but their line tells apart: the same secret, in the same file, with the same name. */
export class Occurrences {
  readonly #counts = new Map<string, number>();

  /** 1 for the first, in the order in which they are asked about. */
  next({ finding, place }: LocatedFinding): number {
    const key = `${finding.fingerprint}\0${place.path}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count;
  }
}
