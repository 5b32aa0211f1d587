import { setImmediate } from 'node:timers/promises';
import type { Unit } from '../../database/unit.ts';
import { statusOf } from '../../http/problem.ts';
import { type AuditRecord, recordOf } from '../record.ts';
import type { Sink } from '../sink-runner.ts';
import { type LogRow, type LogSource, privatePartOf, skeletonOf } from '../source.ts';
import { eventsFrom } from '../store.ts';
import { type Formatter, placeOf } from './payload.ts';
import { saveStreamCursor, streamCursor } from './store.ts';
import type { Outgoing, StreamTarget } from './target.ts';

export interface StreamOptions {
  /** For people. */
  name: string;
  /** In the database: an opaque name. */
  cursorName: string;
  target: StreamTarget;
  formatter(): Promise<Formatter>;
  source: LogSource;
  /** Where a stream begins that is new. */
  begin: number;
  /** Leaves that are committed. */
  size(): number;
  commit(unit: Unit): Promise<unknown>;
}

const MOST_EVENTS = 500;
const MOST_BYTES = 1024 * 1024;
/** A crash sends again what was delivered since the place was last noted: a commit for each event would cost more. */
const SAVE_EVERY_MS = 1000;

interface Batch {
  events: Outgoing[];
  /** Position after the last event. */
  next: number;
}

/**
 * One stream of events, in the order of the log, each at least once. Its place in the log is kept in the database and
 * moves on when the other end took a batch. A stream that is new begins with what happens from now on.
 */
export function streamSink(options: StreamOptions): Sink {
  const { name, cursorName, target, source, begin, size } = options;
  let next: number | undefined;
  let saved: number | undefined;
  let savedAt = 0;
  let formatter: Formatter | undefined;

  const save = async (reached: number) => {
    savedAt = performance.now();
    // A full disk keeps the place from being noted; the stream goes on.
    await options
      .commit({ steps: [saveStreamCursor.bind({ name: cursorName, next: reached })], leaves: [] })
      .then(() => {
        saved = reached;
      })
      .catch(() => undefined);
  };
  const load = async () => {
    const [row] = await source.reader.all(streamCursor, { name: cursorName });
    const place = Math.min(row?.next_seq ?? begin, size());
    // Noted at once, so that a new stream misses nothing when its other end is away at first.
    if (!row && saved === undefined) await save(place);
    const lost = await target.lostFrom?.();
    next = Math.max(0, Math.min(place, lost === 'unknown' ? place - MOST_EVENTS : (lost ?? place)));
  };
  const deliver = async () => {
    if (next === undefined) await load();
    const from = next!;
    if (from >= size()) return false;
    formatter ??= await options.formatter();
    let batch = await batchFrom(source, from, formatter);
    while (batch.events.length === 0 && batch.next > next!) {
      next = batch.next;
      // Years of removed events are passed over without holding up the thread.
      await setImmediate();
      batch = await batchFrom(source, next, formatter);
    }
    if (batch.events.length === 0) return false;
    await target.send(batch.events);
    next = batch.next;
    return true;
  };
  const isUnsaved = () => next !== undefined && saved !== next;
  const mustSave = () => isUnsaved() && performance.now() - savedAt >= SAVE_EVERY_MS;
  return {
    what: 'stream',
    name,
    isDue: () => next === undefined || next < size() || mustSave(),
    async deliver() {
      const delivered = await deliver();
      if (mustSave()) await save(next!);
      return delivered;
    },
    behind: () => Math.max(0, size() - (next ?? begin)),
    async close() {
      if (isUnsaved()) await save(next!);
      await target.close();
    },
  };
}

/** The next events, at least one unless all that follow were removed, not many more bytes than a batch may have. */
async function batchFrom(source: LogSource, from: number, formatter: Formatter): Promise<Batch> {
  const rows = await source.reader.all(eventsFrom, { from, limit: MOST_EVENTS });
  const batch: Batch = { events: [], next: from };
  let bytes = 0;
  for (const row of rows) {
    const record = await recordOfRow(source, row);
    if (record) {
      const payload = written(record, formatter);
      bytes += Buffer.byteLength(payload) + 1;
      if (bytes > MOST_BYTES && batch.events.length > 0) break;
      batch.events.push({ record, payload });
    }
    batch.next = row.seq + 1;
  }
  return batch;
}

/** Undefined for an event that was removed, and for a row that was changed from outside: verifying the log names it. */
async function recordOfRow(source: LogSource, row: LogRow): Promise<AuditRecord | undefined> {
  try {
    const skeleton = skeletonOf(row);
    if (!skeleton) return undefined;
    const privatePart = await privatePartOf(source, row);
    return recordOf({ index: row.seq, leafHash: row.leaf, skeleton, privatePart, statusOf });
  } catch {
    return undefined;
  }
}

/** An event that a format cannot hold must not stop those after it: its place in the log goes out instead. */
function written(record: AuditRecord, formatter: Formatter): string {
  try {
    return formatter(record);
  } catch {
    return placeOf(record);
  }
}
