import type { LogRow, LogSource } from './source.ts';
import { eventsFrom } from './store.ts';

/** Somebody who wants every event, in order, soon after it was committed. */
export interface LogFollower {
  take(rows: readonly LogRow[]): void | Promise<void>;
}

const LOOK_EVERY_MS = 250;
const PAGE = 1000;

/** Reads what was appended to the log and hands it to its followers. Looks at a counter first, so idling costs nothing. */
export class LogTail {
  private readonly source: LogSource;
  private readonly size: () => number;
  private readonly followers: LogFollower[] = [];
  private readonly onError: (error: unknown) => void;
  private next: number;
  private turn: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  /** @param size leaves that are committed now @param from the first position to hand out */
  constructor(source: LogSource, size: () => number, from: number, onError: (error: unknown) => void) {
    this.source = source;
    this.size = size;
    this.next = from;
    this.onError = onError;
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
    while (this.next < this.size()) {
      const rows = await this.source.reader.all(eventsFrom, { from: this.next, limit: PAGE });
      if (rows.length === 0) return;
      for (const follower of this.followers) await follower.take(rows);
      this.next = rows.at(-1)!.seq + 1;
    }
  }
}
