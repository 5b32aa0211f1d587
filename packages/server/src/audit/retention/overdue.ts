import { setImmediate } from 'node:timers/promises';
import { CATALOG, type RetentionClass } from '../catalog.ts';
import { covers, type HoldCriteria } from '../holds/criteria.ts';
import { leafHash } from '../merkle.ts';
import type { Skeleton } from '../record.ts';
import { equalBytes } from '../sha256.ts';
import { type LogSource, skeletonOf } from '../source.ts';
import { lastCheckpoint } from '../store.ts';
import { type Range, rangesOf } from './ranges.ts';
import { keptEvents, NOTHING } from './store.ts';

export interface OverdueQuery {
  /** Events of a class that are as old as `cutoff` (epoch ms) or older are over. The search begins at `from`. */
  readonly classes: readonly { name: RetentionClass; cutoff: number; from: number }[];
  readonly holds: readonly HoldCriteria[];
  /** Epoch milliseconds. */
  readonly now: number;
  /** Events to look at, at most. */
  readonly limit: number;
}

/** What was found of one class. */
export interface OverdueClass {
  readonly name: RetentionClass;
  readonly ranges: readonly Range[];
  /** Events that are over, and kept for a hold. */
  readonly held: number;
  /** Events that are over and do not fit their leaf: they stay, so that a verification names them. */
  readonly damaged: number;
  /** Where the next search begins: what lies before is removed, held, damaged or of another class. */
  readonly next: number;
  /** False when the limit ended the search. */
  readonly done: boolean;
}

interface Search {
  readonly name: RetentionClass;
  readonly cutoff: number;
  readonly positions: number[];
  held: number;
  damaged: number;
  next: number;
  done: boolean;
}

const PAGE = 1000;

/**
 * Finds events whose time is over. Each class is searched from where it was left, up to its first event that is still
 * young: that lies where a period ends, so a run looks at little more than what has become old since the last one.
 * Only what a signed checkpoint covers is found: a log must have promised an event before it lets it go.
 */
export async function overdueEvents(
  { reader }: Pick<LogSource, 'reader'>,
  query: OverdueQuery,
): Promise<OverdueClass[]> {
  const [checkpoint] = await reader.all(lastCheckpoint, {});
  const end = checkpoint?.size ?? 0;
  const searches = query.classes.map(({ name, cutoff, from }): Search => {
    return { name, cutoff, positions: [], held: 0, damaged: 0, next: from, done: from >= end };
  });
  for (let left = query.limit; left > 0; ) {
    const open = searches.filter(({ done }) => !done);
    if (open.length === 0) break;
    const from = Math.min(...open.map(({ next }) => next));
    const limit = Math.min(PAGE, left);
    const rows = await reader.all(keptEvents, { from, end, limit, nothing: NOTHING });
    left -= rows.length;
    for (const row of rows) look(row, open, query);
    const next = rows.length < limit ? end : rows.at(-1)!.seq + 1;
    for (const search of open) {
      if (search.done) continue;
      search.next = Math.max(search.next, next);
      search.done = search.next >= end;
    }
    // The reader answers at once: without a pause nothing else of this thread would have its turn.
    await setImmediate();
  }
  return searches.map(({ positions, cutoff: _, ...found }) => ({ ...found, ranges: rangesOf(positions) }));
}

function look(
  row: { seq: number; leaf: Uint8Array; skeleton: Uint8Array },
  open: readonly Search[],
  { now, holds }: OverdueQuery,
): void {
  const event = readable(row);
  // What shows that a private part was erased is kept as long as the log: without it that would look like tampering.
  const name = event && event.type !== 'key.destroyed' ? CATALOG[event.type]?.class : undefined;
  const search = open.find((one) => one.name === name);
  if (!event || !search || search.done || row.seq < search.next) return;
  if (event.time > search.cutoff) {
    // A time to come is a clock that was wrong: it says nothing of the events behind it.
    if (event.time > now) return;
    search.next = row.seq;
    search.done = true;
  } else if (holds.some((hold) => covers(hold, event))) search.held++;
  else if (equalBytes(leafHash(row.skeleton), row.leaf)) search.positions.push(row.seq);
  else search.damaged++;
}

function readable(row: { skeleton: Uint8Array }): Skeleton | undefined {
  try {
    return skeletonOf(row);
  } catch {
    return undefined;
  }
}
