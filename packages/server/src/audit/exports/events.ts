import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { statusOf } from '../../http/problem.ts';
import { type AuditRecord, recordOf } from '../record.ts';
import { type LogRow, type LogSource, privatePartOf, skeletonOf } from '../source.ts';
import { eventsFrom, logSize } from '../store.ts';
import { type EventFormat, eventWriter } from './formats.ts';
import { signedBefore } from './store.ts';

export interface EventsWanted {
  format: EventFormat;
  /** Only events of this time or later, epoch milliseconds. */
  since?: number | undefined;
  /** Only the first so many events of the log; default: all that are there now. */
  size?: number | undefined;
}

export interface EventsWritten {
  /** Events that were written; those that were removed from the log are not among them. */
  events: number;
  /** How many of them break the schema of the format. */
  invalid: number;
}

const PAGE = 500;

/** Writes events in a format of other systems, oldest first, all of one state of the log. */
export async function exportEvents(
  source: LogSource,
  { format, since, size: wanted }: EventsWanted,
  out: Writable,
): Promise<EventsWritten> {
  const writer = await eventWriter(format);
  let events = 0;
  await source.reader.snapshot(async (reader) => {
    const size = wanted ?? (await reader.all(logSize, {}))[0]!.last + 1;
    const [first] = since === undefined ? [] : await reader.all(signedBefore, { at: since });
    if (writer.head) await write(out, writer.head);
    for (let from = first?.size ?? 0; from < size; ) {
      const rows = await reader.all(eventsFrom, { from, limit: PAGE });
      if (rows.length === 0) return;
      let text = '';
      for (const row of rows) {
        const record = row.seq < size && (await recordIn(source, row, since));
        if (!record) continue;
        text += writer.line(record);
        events++;
      }
      if (text) await write(out, text);
      from = rows.at(-1)!.seq + 1;
    }
  });
  return { events, invalid: writer.invalid() };
}

/** Undefined where the event was removed, or is older than asked for. */
async function recordIn(
  source: LogSource,
  row: LogRow,
  since: number | undefined,
): Promise<AuditRecord | undefined> {
  const skeleton = skeletonOf(row);
  if (!skeleton || (since !== undefined && skeleton.time < since)) return undefined;
  const privatePart = await privatePartOf(source, row);
  return recordOf({ index: row.seq, leafHash: row.leaf, skeleton, privatePart, statusOf });
}

async function write(out: Writable, text: string): Promise<void> {
  if (!out.write(text)) await once(out, 'drain');
}
