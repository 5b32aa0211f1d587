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
/** English has about so many words that say nothing; they take the first ranks of Zipf's law. */
const FILLER_RANKS = 120;
const VOCABULARY = 20_000;

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

  /** A word of a vocabulary of 20,000: the r-th after the fillers comes with a probability of 1/(r + 120) (Zipf). */
  word(): string {
    let rank = Math.floor(FILLER_RANKS * (1 + VOCABULARY / FILLER_RANKS) ** this.random()) - FILLER_RANKS;
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
