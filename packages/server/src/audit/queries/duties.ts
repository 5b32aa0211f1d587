import { statusOf } from '../../http/problem.ts';
import { type AuditRecord, recordOf } from '../record.ts';
import { type LogRow, type LogSource, privatePartOf, skeletonOf } from '../source.ts';
import { LogIndex } from './log-index.ts';
import {
  count,
  type EventCounts,
  type EventFilter,
  type EventRange,
  MOST_HOURS,
  select,
} from './selection.ts';
import { eventAt } from './store.ts';

export interface EventsFound {
  records: AuditRecord[];
  total: number;
  /** Position below which the next page begins; undefined after the last one. */
  next: number | undefined;
  /** Events of the log that were looked at. */
  size: number;
}

/** Sealed bytes in one page, which ends early there: an event of a long answer has hundreds of kilobytes. */
const ANSWER_BYTES = 8 * 1024 * 1024;
/** 115 MB of columns. */
const KEPT_EVENTS = 5_000_000;

/** Queries of the log, in the evidence thread. */
export function queryDuties({ source, now }: { source: LogSource; now(): number }) {
  const index = new LogIndex({
    reader: source.reader,
    now,
    keptMs: MOST_HOURS * 3_600_000,
    keptEvents: KEPT_EVENTS,
  });
  return {
    async findEvents({ filter, range }: { filter: EventFilter; range: EventRange }): Promise<EventsFound> {
      const { page, total, more, size } = await select(index, filter, range);
      const records: AuditRecord[] = [];
      let bytes = 0;
      let last: number | undefined;
      for (const position of page) {
        const [row] = await source.reader.all(eventAt, { seq: position });
        bytes += row ? row.skeleton.length + (row.private_sealed?.length ?? 0) : 0;
        if (bytes > ANSWER_BYTES && records.length > 0) return { records, total, next: last, size };
        last = position;
        const record = row && (await recordOfRow(source, row));
        if (record) records.push(record);
      }
      return { records, total, next: more ? last : undefined, size };
    },
    /** `since`: epoch milliseconds. */
    countEvents({ since }: { since: number }): Promise<EventCounts> {
      return count(index, since);
    },
  };
}

export type QueryDuties = ReturnType<typeof queryDuties>;

/** Undefined where the event was removed since the index was read. */
async function recordOfRow(source: LogSource, row: LogRow): Promise<AuditRecord | undefined> {
  const skeleton = skeletonOf(row);
  if (!skeleton) return undefined;
  const privatePart = await privatePartOf(source, row);
  return recordOf({ index: row.seq, leafHash: row.leaf, skeleton, privatePart, statusOf });
}
