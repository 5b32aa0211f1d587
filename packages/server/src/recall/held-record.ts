import type { More, RecordFacts, Who } from './record.ts';
import type { TermLists } from './term-lists.ts';

/** What of a record a shard keeps as an object, as it comes from a record or from another shard's. */
interface Source {
  readonly time: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly cues: number;
  readonly firstPerson: number;
  readonly more: More;
  readonly moreSize: number;
}

/** The record of one memory in a shard: its own facts, those shared with other memories, and its terms by number. */
export class HeldRecord implements RecordFacts {
  readonly time: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly cues: number;
  readonly firstPerson: number;
  /** One object for all memories of the same person in the same conversation. */
  readonly who: Who;
  readonly more: More;
  /** Encoded size of `more`, in bytes. */
  readonly moreSize: number;
  readonly #lists: TermLists;
  readonly slot: number;

  constructor(source: Source, who: Who, lists: TermLists, slot: number) {
    this.time = source.time;
    this.createdAt = source.createdAt;
    this.updatedAt = source.updatedAt;
    this.cues = source.cues;
    this.firstPerson = source.firstPerson;
    this.who = who;
    this.more = source.more;
    this.moreSize = source.moreSize;
    this.#lists = lists;
    this.slot = slot;
  }

  get role() {
    return this.who.role;
  }
  get speaker() {
    return this.who.speaker;
  }
  get thread() {
    return this.who.thread;
  }
  get userId() {
    return this.who.userId;
  }
  get agentId() {
    return this.who.agentId;
  }
  get appId() {
    return this.who.appId;
  }
  get runId() {
    return this.who.runId;
  }
  get metadata() {
    return this.more.metadata;
  }
  get expiresOn() {
    return this.more.expiresOn;
  }
  get categories() {
    return this.more.categories;
  }
  get labels() {
    return this.more.labels;
  }

  get termCount(): number {
    return this.#lists.endOf(this.slot) - this.#lists.termsOf(this.slot);
  }

  /** Whether the text has these terms one after the other. */
  holds(phrase: readonly string[]): boolean {
    return this.#lists.holds(this.slot, phrase);
  }

  /** The terms in order, with repeats: made anew at each call, so not for anything that is done often. */
  get terms(): string[] {
    return this.#names(this.#lists.termsOf(this.slot), this.#lists.endOf(this.slot));
  }

  get dates(): string[] {
    return this.#names(this.#lists.datesOf(this.slot), this.#lists.termsOf(this.slot));
  }

  #names(from: number, to: number): string[] {
    return Array.from(this.#lists.ids.subarray(from, to), (id) => this.#lists.dictionary.name(id));
  }
}
