import { setImmediate as breathe } from 'node:timers/promises';
import type { Reader } from '../../database/reader.ts';
import { logSize } from '../store.ts';
import { BYTES_A_ROW, Columns, type Dictionaries, Dictionary, SEGMENT } from './columns.ts';
import { positionRanges } from './position-ranges.ts';
import { skeletonFields } from './skeleton-fields.ts';
import { type SkeletonRow, skeletonsFrom } from './store.ts';

interface Segment {
  /** Latest time of its events. */
  latest: number;
  /** Undefined where they are not kept: then they are read from the table when they are needed. */
  columns: Columns | undefined;
}

export interface LogIndexOptions {
  reader: Reader;
  now(): number;
  /** Events of the last so many milliseconds are kept. */
  keptMs: number;
  /** Events that are kept at most, to the next segment. */
  keptEvents: number;
}

/** Gets a segment's columns, and the position of its first row. */
export type Look = (columns: Columns, first: number) => void;

const PAGE = 1024;

/**
 * What the log is searched by, in memory. The first walk reads the whole log once, newest first; later ones only what
 * came since. Of each segment the latest time is remembered, so that old ones are passed over although times need not
 * rise with positions; the columns of those that are old, or too many, are read from the table when they are asked for.
 */
export class LogIndex {
  readonly names: Dictionaries = {
    types: new Dictionary(),
    accounts: new Dictionary(),
    namespaces: new Dictionary(),
  };
  private readonly options: LogIndexOptions;
  private readonly segments: Segment[] = [];
  /** The first position that was not read yet. */
  private end: number | undefined;
  /** Segments before this one were not read yet. */
  private unread = 0;
  private turn: Promise<void> = Promise.resolve();

  constructor(options: LogIndexOptions) {
    this.options = options;
  }

  /**
   * Brings the index up to date, then shows each segment that may have events since a time (epoch milliseconds) to the
   * function that `begin` makes, newest first. `begin` gets the number of events of the log; where it makes no
   * function, nothing is shown. Walks come one after another.
   */
  walk(since: number, begin: (size: number) => Look | undefined): Promise<void> {
    this.turn = this.turn.catch(() => undefined).then(() => this.show(since, begin));
    return this.turn;
  }

  private async show(since: number, begin: (size: number) => Look | undefined): Promise<void> {
    await this.catchUp();
    const look = begin(this.end!);
    if (!look) return;
    for (let number = this.segments.length - 1; number >= 0; number--) {
      const segment = this.segments[number];
      if (segment && segment.latest >= since)
        look(segment.columns ?? (await this.read(number)), number * SEGMENT);
    }
  }

  /** Bytes of the columns in memory. */
  get bytes(): number {
    return this.segments.filter((segment) => segment?.columns).length * SEGMENT * BYTES_A_ROW;
  }

  private async catchUp(): Promise<void> {
    const { reader } = this.options;
    if (this.end === undefined) {
      const [{ last } = { last: -1 }] = await reader.all(logSize, {});
      this.unread = Math.floor((last + 1) / SEGMENT);
      this.end = this.unread * SEGMENT;
    }
    for (;;) {
      const rows: SkeletonRow[] = await reader.all(skeletonsFrom, { from: this.end, limit: PAGE });
      if (rows.length === 0) break;
      for (const { seq, skeleton } of rows) this.append(seq, skeleton);
      this.end = rows.at(-1)!.seq + 1;
      if (rows.length === PAGE) await breathe();
    }
    while (this.unread > 0) {
      const columns = await this.read(this.unread - 1);
      this.segments[--this.unread] = { latest: columns.latest, columns };
      this.dropOld();
    }
    this.dropOld();
  }

  private append(seq: number, skeleton: Uint8Array): void {
    const number = Math.floor(seq / SEGMENT);
    this.segments[number] ??= { latest: -Infinity, columns: new Columns() };
    const fields = skeleton.length === 0 ? undefined : skeletonFields(skeleton);
    if (!fields) return;
    const segment = this.segments[number]!;
    segment.columns!.set(seq % SEGMENT, fields, this.names);
    segment.latest = segment.columns!.latest;
    // Those that are not in memory are read from the table, where they are gone.
    for (const { first, last } of positionRanges(fields.removed))
      for (let at = first; at <= Math.min(last, seq); at++)
        this.segments[Math.floor(at / SEGMENT)]?.columns?.remove(at % SEGMENT);
  }

  private async read(number: number): Promise<Columns> {
    const columns = new Columns();
    const next = (number + 1) * SEGMENT;
    let from = number * SEGMENT;
    while (from < next) {
      const rows = await this.options.reader.all(skeletonsFrom, { from, limit: Math.min(PAGE, next - from) });
      if (rows.length === 0) break;
      for (const { seq, skeleton } of rows) {
        const fields = seq < next && skeleton.length > 0 ? skeletonFields(skeleton) : undefined;
        if (fields) columns.set(seq % SEGMENT, fields, this.names);
      }
      from = rows.at(-1)!.seq + 1;
      await breathe();
    }
    return columns;
  }

  /** The newest segment always stays: it is still written. */
  private dropOld(): void {
    const { now, keptMs, keptEvents } = this.options;
    const oldest = now() - keptMs;
    let room = Math.ceil(keptEvents / SEGMENT);
    for (let number = this.segments.length - 1; number >= this.unread; number--) {
      const segment = this.segments[number];
      if (segment?.columns === undefined) continue;
      const isLast = number === this.segments.length - 1;
      if (isLast || (room > 0 && segment.latest >= oldest)) room--;
      else segment.columns = undefined;
    }
  }
}
