import { Columns, type Memory } from './columns.ts';
import { Dictionary } from './dictionary.ts';
import { type Filter, matches } from './filters.ts';
import { HeldRecord } from './held-record.ts';
import { Postings } from './postings.ts';
import { parseQuery, type Query } from './query.ts';
import { namedSpeaker, rank } from './rank.ts';
import { RANKING, units, WEIGHT_UNITS } from './ranking.ts';
import { type EncodedRecord, parseWho, type RecordFacts, type Who } from './record.ts';
import { TermLists } from './term-lists.ts';
import { TopK } from './top-k.ts';
import { View } from './view.ts';

/** One change of the subject's feed. A null record removes the memory. */
export interface Change {
  readonly id: string;
  readonly rowid: number;
  readonly changeSeq: number;
  readonly record: EncodedRecord | null;
}

export interface Hit {
  readonly id: string;
  readonly rowid: number;
  /** 0 to 1, relative to the best hit of the same search. */
  readonly score: number;
}

export interface Visibility {
  /** The current time, epoch ms: decides what has expired. */
  readonly now: number;
  /** What the caller may see. The rest has no influence at all, not even on the score of a neighbour. */
  readonly reach?: Filter;
  /** What the caller wants to see. */
  readonly filter?: Filter;
  /** Also memories whose `expiresOn` day has passed. */
  readonly showExpired?: boolean;
}

export interface SearchOptions extends Visibility {
  readonly topK: number;
  /** Leaves out hits that score less; scores are relative, see `Hit`. */
  readonly threshold?: number;
}

export interface ListOptions extends Visibility {
  readonly offset: number;
  readonly limit: number;
  readonly order?: 'newest' | 'oldest';
}

export interface Listing {
  /** How many memories match, whatever the page. */
  readonly total: number;
  readonly ids: { readonly id: string; readonly rowid: number }[];
}

type Eligible = (slot: number) => boolean;

const DAY = 86_400_000;
/** A shard is rebuilt when more than this share of its slots belongs to removed memories. */
const DEAD_SHARE = 0.25;
/** Views kept: callers of one subject rarely differ in more ways. */
const KEPT_VIEWS = 8;
/** What one memory costs beside its terms, metadata and columns, in bytes: objects, map entries. Measured. */
const MEMORY_OVERHEAD = 350;
const WHO_OVERHEAD = 300;

/**
 * Everything of one data subject that search needs, in plain memory: a term dictionary, postings, facts. Not
 * thread-safe, never reads a clock, holds no text.
 */
export class Shard {
  #columns = new Columns();
  #lists = new TermLists(new Dictionary());
  #postings = new Postings(this.#lists.dictionary);
  #slotOf = new Map<string, number>();
  /** By its JSON. */
  #who = new Map<string, Who>();
  #views = new Map<string, View>();
  /** Encoded sizes of what memories do not share, and of what they do. */
  #heldMore = 0;
  #heldWho = 0;
  /** Live memories that expire some day. */
  #expiring = 0;
  #headSeq = 0;

  /** The highest `changeSeq` applied; 0 when none. */
  get headSeq(): number {
    return this.#headSeq;
  }

  /** Live memories, expired ones included. */
  get size(): number {
    return this.#slotOf.size;
  }

  /** Estimate of the memory held, in bytes. */
  get bytes(): number {
    let views = 0;
    for (const view of this.#views.values()) views += view.bytes;
    const slots = this.#columns.memories.length;
    return (
      this.#postings.bytes +
      this.#lists.bytes +
      this.#lists.dictionary.bytes +
      views +
      slots * 20 +
      this.#heldMore * 4 +
      this.#heldWho * 2 +
      this.#who.size * WHO_OVERHEAD +
      this.#slotOf.size * MEMORY_OVERHEAD
    );
  }

  /** The memory by its id. */
  get(id: string): Memory | undefined {
    const slot = this.#slotOf.get(id);
    return slot === undefined ? undefined : this.#columns.memories[slot];
  }

  /**
   * Adds, replaces or removes one memory. Changes come in the order of the feed; one that is older than what the
   * shard holds of that memory is ignored, so that a batch may be repeated.
   * Throws `RecordError`, and then has changed nothing.
   */
  apply(change: Change): void {
    const { record } = change;
    const who = record && this.#whoOf(record.who);
    this.#headSeq = Math.max(this.#headSeq, change.changeSeq);
    const held = this.#slotOf.get(change.id);
    if (held !== undefined) {
      if ((this.#columns.memories[held] as Memory).changeSeq > change.changeSeq) return;
      this.#remove(held, change.id);
    }
    if (record && who) {
      const { id, rowid, changeSeq } = change;
      const slot = this.#columns.memories.length;
      this.#lists.read(record);
      this.#insert({ id, rowid, changeSeq, record: new HeldRecord(record, who, this.#lists, slot) });
    }
    const slots = this.#columns.memories.length;
    if (slots > 64 && slots - this.#slotOf.size > slots * DEAD_SHARE) this.#rebuild();
  }

  /**
   * The best matches, best first; of equals the later one. A query without terms (empty, or stop words only)
   * names nothing to compare, as "what do you know?" does: it gets the newest memories. One whose terms match
   * nothing gets nothing, unless it names a speaker: then that speaker's newest. Those have score 0.
   */
  search(query: string, options: SearchOptions): { hits: Hit[] } {
    const { topK, filter, threshold = 0 } = options;
    const parsed = parseQuery(query);
    const { memories } = this.#columns;
    const eligible =
      filter &&
      ((slot: number) => {
        const { record, id } = memories[slot] as Memory;
        return matches(filter, record, id);
      });
    const view = this.#view(options);
    const sorted = rank(parsed, this.#postings, this.#columns, view, new TopK(topK, this.#later), eligible);
    if (sorted.length === 0)
      return { hits: threshold > 0 ? [] : this.#unmatched(parsed, view, eligible, topK) };
    const top = sorted[0]?.score ?? 1;
    const hits = sorted.map(({ item, score }) => {
      const { id, rowid } = memories[item] as Memory;
      return { id, rowid, score: Math.max(0, score / top) };
    });
    return { hits: hits.filter((hit) => hit.score >= threshold) };
  }

  /** Everything that matches, in no order. */
  matching(options: Visibility): Memory[] {
    const today = utcDay(options.now);
    const found: Memory[] = [];
    for (const slot of this.#slotOf.values()) {
      const memory = this.#columns.memories[slot] as Memory;
      const { record, id } = memory;
      if (!options.showExpired && hasExpired(record, today)) continue;
      if (options.reach && !matches(options.reach, record, id)) continue;
      if (options.filter && !matches(options.filter, record, id)) continue;
      found.push(memory);
    }
    return found;
  }

  /** A page of what matches, by creation, then id. */
  list(options: ListOptions): Listing {
    const found = this.matching(options);
    const sign = options.order === 'oldest' ? 1 : -1;
    found.sort((a, b) => sign * (a.record.createdAt - b.record.createdAt || (a.id < b.id ? -1 : 1)));
    const page = found.slice(options.offset, options.offset + options.limit);
    return { total: found.length, ids: page.map(({ id, rowid }) => ({ id, rowid })) };
  }

  #unmatched(query: Query, view: View, eligible: Eligible | undefined, topK: number): Hit[] {
    const speaker = namedSpeaker(query, this.#columns, view);
    if (query.terms.size > 0 && speaker < 0) return [];
    const { memories, speaker: speakers } = this.#columns;
    const newest = new TopK(topK, this.#later);
    for (let slot = 0; slot < memories.length; slot++) {
      if (view.visible[slot] === 0 || eligible?.(slot) === false) continue;
      if (speaker < 0 || speakers[slot] === speaker)
        newest.push((memories[slot] as Memory).record.createdAt, slot);
    }
    return newest.sorted().map(({ item }) => {
      const { id, rowid } = memories[item] as Memory;
      return { id, rowid, score: 0 };
    });
  }

  /** Which of two slots tells of the later moment; ids decide at last, so that the order is always the same. */
  readonly #later = (a: number, b: number): boolean => {
    const first = this.#columns.memories[a] as Memory;
    const second = this.#columns.memories[b] as Memory;
    const ahead = first.record.time - second.record.time || first.record.createdAt - second.record.createdAt;
    return ahead === 0 ? first.id > second.id : ahead > 0;
  };

  #whoOf(json: string): Who {
    const known = this.#who.get(json);
    if (known) return known;
    const who = parseWho(json);
    this.#who.set(json, who);
    this.#heldWho += json.length;
    return who;
  }

  /** Takes in a memory whose terms are the last of the lists. */
  #insert(memory: Memory): void {
    const slot = this.#columns.add(memory);
    const late = units(RANKING.lateTermWeight);
    const dated = units(RANKING.dateWeight);
    const { fullWeightTerms, lentTerms } = RANKING;
    const { ids } = this.#lists;
    const [dates, terms, end] = [
      this.#lists.datesOf(slot),
      this.#lists.termsOf(slot),
      this.#lists.endOf(slot),
    ];
    for (let at = dates; at < terms; at++) this.#postings.add(ids[at]!, slot, dated, 0);
    for (let at = terms, position = 0; at < end; at++, position++)
      this.#postings.add(
        ids[at]!,
        slot,
        position < fullWeightTerms ? WEIGHT_UNITS : late,
        position < lentTerms ? 1 : 0,
      );
    this.#slotOf.set(memory.id, slot);
    this.#count(memory.record, 1);
    for (const view of this.#views.values()) view.add(slot);
  }

  #remove(slot: number, id: string): void {
    const memory = this.#columns.memories[slot] as Memory;
    this.#count(memory.record, -1);
    for (const view of this.#views.values()) view.remove(slot);
    this.#columns.memories[slot] = undefined;
    this.#slotOf.delete(id);
  }

  #count(record: HeldRecord, sign: 1 | -1): void {
    this.#heldMore += sign * record.moreSize;
    if (record.expiresOn !== undefined) this.#expiring += sign;
  }

  /** Starts over with the live memories, so that removed ones leave no term and no room behind. */
  #rebuild(): void {
    const live = this.#columns.memories.filter((memory) => memory !== undefined);
    const old = this.#lists;
    const numbers = new Int32Array(old.dictionary.size);
    const used = new Set(live.map(({ record }) => record.who));
    this.#columns = new Columns();
    this.#lists = new TermLists(new Dictionary());
    this.#postings = new Postings(this.#lists.dictionary);
    this.#slotOf = new Map();
    this.#views = new Map();
    this.#heldMore = 0;
    this.#expiring = 0;
    for (const [slot, { record, ...memory }] of live.entries()) {
      this.#lists.copy(old, record.slot, numbers);
      this.#insert({ ...memory, record: new HeldRecord(record, record.who, this.#lists, slot) });
    }
    for (const [json, who] of this.#who)
      if (!used.has(who)) {
        this.#who.delete(json);
        this.#heldWho -= json.length;
      }
  }

  /** The view of a caller, kept for the next search: views of another day, or of a rarer reach, go first. */
  #view({ reach, showExpired, now }: Visibility): View {
    const today = showExpired || this.#expiring === 0 ? undefined : utcDay(now);
    const key = `${today ?? 'all'} ${reach?.key ?? ''}`;
    const known = this.#views.get(key);
    if (known) {
      this.#views.delete(key);
      this.#views.set(key, known);
      return known;
    }
    const view = new View(
      this.#columns,
      (id, record) =>
        (today === undefined || !hasExpired(record, today)) && (!reach || matches(reach, record, id)),
    );
    for (let slot = 0; slot < this.#columns.memories.length; slot++) view.add(slot);
    const oldest = this.#views.keys().next().value;
    if (this.#views.size >= KEPT_VIEWS && oldest !== undefined) this.#views.delete(oldest);
    this.#views.set(key, view);
    return view;
  }
}

const utcDay = (now: number) => new Date(Math.floor(now / DAY) * DAY).toISOString().slice(0, 10);
const hasExpired = (record: RecordFacts, today: string) =>
  record.expiresOn !== undefined && record.expiresOn < today;
