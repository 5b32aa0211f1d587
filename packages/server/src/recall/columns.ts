import { grown } from './grown.ts';
import type { HeldRecord } from './held-record.ts';
import { RANKING, units } from './ranking.ts';
import { words } from './tokens.ts';

/** One memory in a shard. `rowid` is the store's, for fetching; `changeSeq` the subject's feed position. */
export interface Memory {
  readonly id: string;
  readonly rowid: number;
  readonly changeSeq: number;
  readonly record: HeldRecord;
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
    if (slot >= this.traits.length) this.#reserve(slot + 1);
    const { termCount } = record;
    const name = record.speaker?.toLowerCase();
    const named = name !== undefined && name !== '' && !PARTS.has(name);
    this.traits[slot] = record.cues | (record.role === 'assistant' ? ASSISTANT : 0);
    this.firstPerson[slot] = Math.min(record.firstPerson, 255);
    const full = Math.min(termCount, RANKING.fullWeightTerms);
    this.ownLength[slot] = units(full) + (termCount - full) * units(RANKING.lateTermWeight);
    this.lentLength[slot] = Math.min(termCount, RANKING.lentTerms);
    this.speaker[slot] = named ? this.#speakerNumber(name) : -1;
    return slot;
  }

  /** Numbers of the speakers that go by one of these words (as `words` gives them). */
  speakersNamed(queryWords: readonly string[]): number[] {
    return [...new Set(queryWords.flatMap((word) => this.#speakersByWord.get(word) ?? []))];
  }

  #reserve(slots: number): void {
    this.traits = grown(this.traits, slots);
    this.firstPerson = grown(this.firstPerson, slots);
    this.ownLength = grown(this.ownLength, slots);
    this.lentLength = grown(this.lentLength, slots);
    this.speaker = grown(this.speaker, slots);
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
