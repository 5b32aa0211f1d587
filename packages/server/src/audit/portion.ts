import type { LogRow, LogSource } from './source.ts';
import { eventEndsFrom, eventsFrom } from './store.ts';
import { typeIn } from './tail.ts';

const PAGE = 1000;

export interface Portion {
  /** Events of the types that were asked for, in order. */
  rows: LogRow[];
  /** Where the next portion begins; the same position again at the end of the log. */
  next: number;
}

/** The events of certain types among the next thousand of the log: of the others only the types are read. */
export async function portionFrom(
  { reader }: LogSource,
  from: number,
  wants: (type: string) => boolean,
): Promise<Portion> {
  const ends = await reader.all(eventEndsFrom, { from, limit: PAGE });
  const wanted = ends.filter(({ end }) => wants(typeIn(end))).map(({ seq }) => seq);
  const next = (ends.at(-1)?.seq ?? from - 1) + 1;
  if (wanted.length === 0) return { rows: [], next };
  const [first, last] = [wanted[0]!, wanted.at(-1)!];
  const rows = await reader.all(eventsFrom, { from: first, limit: last - first + 1 });
  return { rows: rows.filter(({ skeleton }) => wants(typeIn(skeleton))), next };
}

/** The event at a position; undefined beyond the end of the log. */
export async function eventAt({ reader }: LogSource, seq: number): Promise<LogRow | undefined> {
  const [row] = await reader.all(eventsFrom, { from: seq, limit: 1 });
  return row?.seq === seq ? row : undefined;
}
