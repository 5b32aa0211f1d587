import { statusOf } from '../../http/problem.ts';
import { type AuditRecord, recordOf } from '../record.ts';
import { type LogSource, privatePartOf, skeletonOf } from '../source.ts';
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
      const records = [];
      for (const position of page) {
        const record = await recordAt(source, position);
        if (record) records.push(record);
      }
      return { records, total, next: more ? page.at(-1) : undefined, size };
    },
    /** `since`: epoch milliseconds. */
    countEvents({ since }: { since: number }): Promise<EventCounts> {
      return count(index, since);
    },
  };
}

export type QueryDuties = ReturnType<typeof queryDuties>;

/** Undefined where the event was removed since the index was read. */
async function recordAt(source: LogSource, seq: number): Promise<AuditRecord | undefined> {
  const [row] = await source.reader.all(eventAt, { seq });
  const skeleton = row && skeletonOf(row);
  if (!row || !skeleton) return undefined;
  const privatePart = await privatePartOf(source, row);
  return recordOf({ index: seq, leafHash: row.leaf, skeleton, privatePart, statusOf });
}
