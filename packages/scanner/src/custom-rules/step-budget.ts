/** Steps of pattern searches that each code unit of text brings; one takes some 15 ns. Usual rules need less than one. */
const stepsPerUnit = 64;
/** What is there at the start, and again after a rule was switched off. */
const grant = 1_000_000;

/**
 * What all rules of the user may spend together, so that a scan stays linear in its text whatever rules and texts are.
 * Where it runs out, the rule that spent most is switched off, aloud, and the others go on.
 */
export class StepBudget {
  #left = grant;
  readonly #spent: Float64Array;
  readonly #isOff: Uint8Array;
  #news: number[] = [];

  constructor(rules: number) {
    this.#spent = new Float64Array(rules);
    this.#isOff = new Uint8Array(rules);
  }

  /** Steps that may still be taken. */
  get left(): number {
    return this.#left;
  }

  /** A text of this many code units comes. */
  refill(units: number): void {
    this.#left += units * stepsPerUnit;
  }

  /** As at the start, for what is to be judged alone; rules that are off stay off. */
  renew(): void {
    this.#left = grant;
    this.#spent.fill(0);
  }

  isOff(rule: number): boolean {
    return this.#isOff[rule] === 1;
  }

  spend(rule: number, steps: number): void {
    this.#spent[rule]! += steps;
    this.#left -= steps;
    if (this.#left > 0) return;
    const most = this.#spent.reduce(
      (best, spent, one) =>
        this.#isOff[one] === 0 && (best === -1 || spent > this.#spent[best]!) ? one : best,
      -1,
    );
    this.#isOff[most] = 1;
    this.#news.push(most);
    this.#left = grant;
  }

  /** Rules that were switched off since this was asked last. */
  takeSwitchedOff(): readonly number[] {
    if (this.#news.length === 0) return this.#news;
    const news = this.#news;
    this.#news = [];
    return news;
  }
}
