import type { Columns } from './columns.ts';
import { grown } from './grown.ts';
import type { HeldRecord } from './held-record.ts';
import { RANKING, units } from './ranking.ts';

/** The turns of one conversation that a view shows. */
interface Session {
  readonly thread: string;
  readonly number: number;
  slots: number[];
  /** The order, links or lengths no longer fit the slots. */
  stale: boolean;
  /** Number of the first speaker who goes by a name, or −1. */
  firstSpeaker: number;
}

/**
 * What one caller may see of a shard, and everything that depends on it: which memories count, who is whose
 * neighbour, lengths with neighbours, averages. A memory outside the view has no influence inside it at all.
 * Changes are taken one by one; a conversation that they touched is put in order before the next ranking.
 */
export class View {
  readonly #columns: Columns;
  readonly #admits: (id: string, record: HeldRecord) => boolean;
  readonly #sessions = new Map<string, Session>();
  readonly #byNumber: Session[] = [];
  readonly #stale = new Set<Session>();
  readonly #speakerTurns: number[] = [];
  #ownLengths = 0;
  #lengths = 0;

  visible = new Uint8Array(64);
  /** Number of the conversation, or −1. */
  session = new Int32Array(64);
  /** Slots of the turn before and after, or −1. */
  previous = new Int32Array(64);
  next = new Int32Array(64);
  /** Weighted length in `WEIGHT_UNITS`, between peers with what neighbours lend. */
  length = new Int32Array(64);
  /** By conversation: 1 where people who go by names talk, rather than a user and an assistant. */
  peers = new Uint8Array(16);
  /** By conversation: the own lengths of its turns together. */
  sessionLength = new Int32Array(16);
  /** How many memories are visible. */
  size = 0;

  constructor(columns: Columns, admits: (id: string, record: HeldRecord) => boolean) {
    this.#columns = columns;
    this.#admits = admits;
    this.#reserve(columns.memories.length);
  }

  get averageLength(): number {
    return this.size === 0 ? 1 : this.#lengths / this.size || 1;
  }

  /** How many conversations have a visible turn; one that ended keeps its number until the view goes. */
  get sessions(): number {
    return this.#sessions.size;
  }

  get sessionNumbers(): number {
    return this.#byNumber.length;
  }

  get averageSessionLength(): number {
    return this.#ownLengths / this.#sessions.size || 1;
  }

  get bytes(): number {
    return this.visible.length * 17 + this.#byNumber.length * 150;
  }

  /** Whether anyone by that speaker number says something in this view. */
  hears(speaker: number): boolean {
    return (this.#speakerTurns[speaker] ?? 0) > 0;
  }

  /** Takes in the memory at a new slot, if it is admitted. */
  add(slot: number): void {
    if (slot >= this.visible.length) this.#reserve(slot + 1);
    const memory = this.#columns.memories[slot];
    if (!memory || !this.#admits(memory.id, memory.record)) return;
    const own = this.#columns.ownLength[slot] as number;
    this.visible[slot] = 1;
    this.session[slot] = -1;
    this.previous[slot] = -1;
    this.next[slot] = -1;
    this.length[slot] = own;
    this.size++;
    this.#lengths += own;
    this.#countSpeaker(slot, 1);
    const { thread, runId, userId } = memory.record;
    const name = thread ?? runId;
    if (name === undefined) return;
    // A shard may hold a whole namespace, where users choose the names of their threads on their own.
    const session = this.#open(`${name}\n${userId ?? ''}`);
    const last = session.slots.at(-1);
    session.slots.push(slot);
    this.sessionLength[session.number]! += own;
    this.#ownLengths += own;
    this.session[slot] = session.number;
    if (session.stale || (last !== undefined && this.#inOrder(last, slot) > 0)) this.#soil(session);
    else this.#append(session, slot, last ?? -1);
  }

  /** Forgets the memory at a slot; the columns must still hold it. */
  remove(slot: number): void {
    if (this.visible[slot] !== 1) return;
    this.visible[slot] = 0;
    this.size--;
    this.#lengths -= this.length[slot] as number;
    this.#countSpeaker(slot, -1);
    const session = this.#byNumber[this.session[slot] as number];
    if (!session) return;
    const own = this.#columns.ownLength[slot] as number;
    this.sessionLength[session.number]! -= own;
    this.#ownLengths -= own;
    this.#soil(session);
  }

  /** Puts every conversation that changed since the last call in order. */
  settle(): void {
    for (const session of this.#stale) this.#arrange(session);
    this.#stale.clear();
  }

  #reserve(slots: number): void {
    this.visible = grown(this.visible, slots);
    this.session = grown(this.session, slots);
    this.previous = grown(this.previous, slots);
    this.next = grown(this.next, slots);
    this.length = grown(this.length, slots);
  }

  #open(thread: string): Session {
    const known = this.#sessions.get(thread);
    if (known) return known;
    const number = this.#byNumber.length;
    const session = { thread, number, slots: [], stale: false, firstSpeaker: -1 };
    this.peers = grown(this.peers, number + 1);
    this.sessionLength = grown(this.sessionLength, number + 1);
    this.#sessions.set(thread, session);
    this.#byNumber.push(session);
    return session;
  }

  #soil(session: Session): void {
    session.stale = true;
    this.#stale.add(session);
  }

  #countSpeaker(slot: number, change: number): void {
    const speaker = this.#columns.speaker[slot] as number;
    if (speaker >= 0) this.#speakerTurns[speaker] = (this.#speakerTurns[speaker] ?? 0) + change;
  }

  /** The usual case, a turn that follows the last one: only the turns that it lends to change. */
  #append(session: Session, slot: number, last: number): void {
    this.#link(last, slot);
    if (this.#meetPeers(session, slot)) {
      this.#soil(session);
      return;
    }
    for (let at = slot, distance = 0; at >= 0 && distance <= RANKING.neighbourWeights.length; distance++) {
      this.#measure(at, session.number);
      at = this.previous[at] as number;
    }
  }

  #arrange(session: Session): void {
    session.slots = session.slots.filter((slot) => this.visible[slot] === 1).sort(this.#inOrder);
    this.peers[session.number] = 0;
    session.firstSpeaker = -1;
    let before = -1;
    for (const slot of session.slots) {
      this.#link(before, slot);
      this.#meetPeers(session, slot);
      before = slot;
    }
    for (const slot of session.slots) this.#measure(slot, session.number);
    session.stale = false;
    if (session.slots.length === 0) this.#sessions.delete(session.thread);
  }

  #link(before: number, slot: number): void {
    this.previous[slot] = before;
    this.next[slot] = -1;
    if (before >= 0) this.next[before] = slot;
  }

  /** Notes who speaks; true when that makes the conversation one between peers. */
  #meetPeers(session: Session, slot: number): boolean {
    const speaker = this.#columns.speaker[slot] as number;
    if (speaker < 0 || this.peers[session.number] === 1) return false;
    if (session.firstSpeaker < 0) session.firstSpeaker = speaker;
    if (speaker === session.firstSpeaker) return false;
    this.peers[session.number] = 1;
    return true;
  }

  #measure(slot: number, session: number): void {
    const own = this.#columns.ownLength[slot] as number;
    const length = this.peers[session] === 1 ? own + this.#borrowedLength(slot) : own;
    this.#lengths += length - (this.length[slot] as number);
    this.length[slot] = length;
  }

  #borrowedLength(slot: number): number {
    const { lentLength } = this.#columns;
    let length = 0;
    let before = slot;
    let after = slot;
    for (const weight of RANKING.neighbourWeights) {
      if (before >= 0) before = this.previous[before] as number;
      if (after >= 0) after = this.next[after] as number;
      if (after >= 0) length += units(weight) * (lentLength[after] as number);
      if (before >= 0) length += units(weight) * (lentLength[before] as number);
    }
    return length;
  }

  readonly #inOrder = (a: number, b: number): number => {
    const first = this.#columns.memories[a];
    const second = this.#columns.memories[b];
    if (!first || !second) return a - b;
    return first.record.time - second.record.time || first.rowid - second.rowid;
  };
}
