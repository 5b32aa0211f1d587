import type { LogEnds } from './log-ends.ts';
import type { LogRow, LogSource } from './source.ts';
import { eventEndsFrom, eventsFrom, LONGEST_END } from './store.ts';

/** Somebody who wants events of certain types, in order, soon after they were committed. */
export interface LogFollower {
  wants(type: string): boolean;
  /** Rows in order, which may hold others between those that are wanted. */
  take(rows: readonly LogRow[]): void | Promise<void>;
}

const LOOK_EVERY_MS = 250;
const PAGE = 1000;

/** Reads what was appended to the log and hands it to its followers. Looks at counters first: what nobody wants is not read. */
export class LogTail {
  private readonly source: LogSource;
  private readonly ends: LogEnds;
  private readonly followers: LogFollower[] = [];
  private readonly onError: (error: unknown) => void;
  private next: number;
  private turn: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  /** @param from the first position to hand out */
  constructor(source: LogSource, ends: LogEnds, from: number, onError: (error: unknown) => void) {
    this.source = source;
    this.ends = ends;
    this.next = from;
    this.onError = onError;
  }

  /** Everything before it was handed out. */
  get position(): number {
    return this.next;
  }

  follow(follower: LogFollower): void {
    this.followers.push(follower);
  }

  start(): void {
    this.timer = setInterval(() => void this.catchUp().catch(this.onError), LOOK_EVERY_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Hands out everything that is committed by now. */
  catchUp(): Promise<void> {
    this.turn = this.turn.catch(() => undefined).then(() => this.advance());
    return this.turn;
  }

  private async advance(): Promise<void> {
    for (let size = this.ends.size(); this.next < size; size = this.ends.size()) {
      if (this.ends.endOf((type) => this.isWanted(type)) <= this.next) {
        this.next = size;
        continue;
      }
      const ends = await this.source.reader.all(eventEndsFrom, { from: this.next, limit: PAGE });
      if (ends.length === 0) return;
      const wanted = ends.filter(({ end }) => this.isWanted(typeIn(end)));
      if (wanted.length > 0) await this.handOut(wanted[0]!.seq, wanted.at(-1)!.seq);
      this.next = ends.at(-1)!.seq + 1;
    }
  }

  private isWanted(type: string): boolean {
    return this.followers.some((follower) => follower.wants(type));
  }

  private async handOut(from: number, last: number): Promise<void> {
    const rows = await this.source.reader.all(eventsFrom, { from, limit: last - from + 1 });
    for (const follower of this.followers) await follower.take(rows);
  }
}

const TYPE_AT_END = /"type":"([a-z_.]+)","v":\d+\}$/;

/** The type of an event, which is the last but one member of its canonical JSON: most events need no parsing. */
export function typeIn(skeleton: Uint8Array): string {
  const end = skeleton.subarray(Math.max(0, skeleton.length - LONGEST_END));
  return TYPE_AT_END.exec(Buffer.from(end.buffer, end.byteOffset, end.length).toString('latin1'))?.[1] ?? '';
}
