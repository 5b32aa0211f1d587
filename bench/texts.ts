const FILLERS = [
  'the',
  'of',
  'and',
  'to',
  'a',
  'in',
  'that',
  'it',
  'is',
  'was',
  'with',
  'for',
  'as',
  'on',
  'be',
  'at',
];
const FILLER_SHARE = 0.45;

/** Repeatable texts with the word frequencies of prose: the same seed gives the same memories on every machine. */
export class Texts {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0 || 1;
  }

  /** xorshift32: 0 ≤ x < 1. */
  random(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) / 2 ** 32;
  }

  /** A word of a vocabulary of 20,000, the r-th with a probability of about 1/r. */
  word(): string {
    let rank = Math.floor(20_000 ** this.random());
    let word = '';
    do {
      word += 'bdfgklmnprstvz'[rank % 14]! + 'aeiou'[Math.floor(rank / 14) % 5]!;
      rank = Math.floor(rank / 70);
    } while (rank > 0);
    return word;
  }

  /** Near half of the words of English prose are of the kind that a search leaves out. */
  private filler(): string {
    return FILLERS[Math.floor(this.random() * FILLERS.length)]!;
  }

  /** Prose of about `characters`. */
  text(characters: number): string {
    const words: string[] = [];
    for (let length = 0; length < characters; length += words.at(-1)!.length + 1)
      words.push(this.random() < FILLER_SHARE ? this.filler() : this.word());
    return words.join(' ');
  }
}
