export interface Scored {
  readonly item: number;
  readonly score: number;
}

/**
 * The k best of many, best first, without sorting them all: a binary heap whose root is the worst kept.
 * `wins` decides between items of equal score.
 */
export class TopK {
  readonly limit: number;
  readonly #wins: (a: number, b: number) => boolean;
  readonly #scores: number[] = [];
  readonly #items: number[] = [];

  constructor(limit: number, wins: (a: number, b: number) => boolean) {
    this.limit = limit;
    this.#wins = wins;
  }

  /** Keeps an item if it belongs to the best so far. */
  push(score: number, item: number): void {
    if (this.#items.length < this.limit) {
      this.#scores.push(score);
      this.#items.push(item);
      this.#rise(this.#items.length - 1);
    } else if (this.limit > 0 && this.#before(score, item, this.#scores[0]!, this.#items[0]!)) {
      this.#scores[0] = score;
      this.#items[0] = item;
      this.#sink();
    }
  }

  /** What was kept, best first. */
  sorted(): Scored[] {
    return this.#items
      .map((item, index) => ({ item, score: this.#scores[index] as number }))
      .sort((a, b) => b.score - a.score || (this.#wins(a.item, b.item) ? -1 : 1));
  }

  #before(scoreA: number, itemA: number, scoreB: number, itemB: number): boolean {
    return scoreA > scoreB || (scoreA === scoreB && this.#wins(itemA, itemB));
  }

  #worse(a: number, b: number): boolean {
    return this.#before(this.#scores[b]!, this.#items[b]!, this.#scores[a]!, this.#items[a]!);
  }

  #swap(a: number, b: number): void {
    [this.#scores[a], this.#scores[b]] = [this.#scores[b]!, this.#scores[a]!];
    [this.#items[a], this.#items[b]] = [this.#items[b]!, this.#items[a]!];
  }

  #rise(at: number): void {
    for (let child = at; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!this.#worse(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  #sink(): void {
    const size = this.#items.length;
    for (let parent = 0; ; ) {
      const left = 2 * parent + 1;
      if (left >= size) return;
      const worst = left + 1 < size && this.#worse(left + 1, left) ? left + 1 : left;
      if (!this.#worse(worst, parent)) return;
      this.#swap(parent, worst);
      parent = worst;
    }
  }
}
