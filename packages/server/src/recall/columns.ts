import { grown } from './postings.ts';
import { RANKING, units } from './ranking.ts';
import type { IndexRecord } from './record.ts';
import { words } from './tokens.ts';

/** One memory in a shard. `rowid` is the store's, for fetching; `changeSeq` the subject's feed position. */
export interface Memory {
  readonly id: string;
  readonly rowid: number;
  readonly changeSeq: number;
  readonly record: IndexRecord;
}

/** A bit of `traits`, above those of `CUE`: the role is `assistant`. */
export const ASSISTANT = 64;

/** Speaker names that are parts in a conversation, not names. */
const PARTS: ReadonlySet<string> = new Set(['user', 'human', 'assistant', 'ai', 'bot', 'system', 'tool']);

/**
 * The memories of a shard by slot, and what ranking reads of each as typed columns: reading thousands of
 * objects for one query would cost more than all of its arithmetic.
 */
export class Columns {
  readonly memories: (Memory | undefined)[] = [];
  /** `CUE` bits and ASSISTANT. */
  traits = new Uint8Array(64);
  firstPerson = new Uint8Array(64);
  /** Weighted length of a memory's own terms, and of the part that neighbours may borrow, in `WEIGHT_UNITS`. */
  ownLength = new Int32Array(64);
  lentLength = new Int32Array(64);
  /** Number of the speaker, or −1 for one without a name. */
  speaker = new Int32Array(64);
  readonly #speakers = new Map<string, number>();
  readonly #speakersByWord = new Map<string, number[]>();

  /** Takes a memory into the next slot, which it returns. */
  add(memory: Memory): number {
    const slot = this.memories.length;
    const { record } = memory;
    this.memories.push(memory);
    this.traits = grown(this.traits, slot + 1);
    this.firstPerson = grown(this.firstPerson, slot + 1);
    this.ownLength = grown(this.ownLength, slot + 1);
    this.lentLength = grown(this.lentLength, slot + 1);
    this.speaker = grown(this.speaker, slot + 1);
    const name = record.speaker?.toLowerCase();
    const named = name !== undefined && name !== '' && !PARTS.has(name);
    this.traits[slot] = record.cues | (record.role === 'assistant' ? ASSISTANT : 0);
    this.firstPerson[slot] = Math.min(record.firstPerson, 255);
    const full = Math.min(record.terms.length, RANKING.fullWeightTerms);
    this.ownLength[slot] = units(full) + (record.terms.length - full) * units(RANKING.lateTermWeight);
    this.lentLength[slot] = Math.min(record.terms.length, RANKING.lentTerms);
    this.speaker[slot] = named ? this.#speakerNumber(name) : -1;
    return slot;
  }

  /** Numbers of the speakers that go by one of these words (as `words` gives them). */
  speakersNamed(queryWords: readonly string[]): number[] {
    return [...new Set(queryWords.flatMap((word) => this.#speakersByWord.get(word) ?? []))];
  }

  #speakerNumber(name: string): number {
    const known = this.#speakers.get(name);
    if (known !== undefined) return known;
    const number = this.#speakers.size;
    this.#speakers.set(name, number);
    for (const word of new Set(words(name))) {
      const others = this.#speakersByWord.get(word);
      if (others) others.push(number);
      else this.#speakersByWord.set(word, [number]);
    }
    return number;
  }
}
