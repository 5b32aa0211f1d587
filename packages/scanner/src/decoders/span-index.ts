interface Span {
  readonly start: number;
  readonly end: number;
}

/** Spans to ask about others, in logarithmic time each: thousands of both may come from one hostile text. */
export class SpanIndex {
  readonly #sorted: readonly Span[];
  /** The farthest end of the spans up to each. */
  readonly #reach: readonly number[];

  constructor(spans: readonly Span[]) {
    this.#sorted = [...spans].sort((a, b) => a.start - b.start || a.end - b.end);
    let reach = 0;
    this.#reach = this.#sorted.map(({ end }) => (reach = Math.max(reach, end)));
  }

  overlaps({ start, end }: Span): boolean {
    const before = this.#countBefore(end);
    return before > 0 && this.#reach[before - 1]! > start;
  }

  /** Whether the first span that begins inside ends inside too. */
  hasInside({ start, end }: Span): boolean {
    const first = this.#sorted[this.#countBefore(start)];
    return first !== undefined && first.end <= end;
  }

  /** How many spans start before the offset. */
  #countBefore(offset: number): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle]!.start < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
