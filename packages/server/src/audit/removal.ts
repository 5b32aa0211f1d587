import type { Json } from './canonical-json.ts';
import { RETENTION_CLASSES, type RetentionClass } from './catalog.ts';

/** What an event `audit.records.removed` says. Nothing but the log vouches for it: what was removed cannot be seen. */
export type Removal = {
  /** Position of the record. */
  readonly index: number;
  /** When it was made, ISO 8601; undefined where that is no time. */
  readonly time: string | undefined;
  /** Events that it names. */
  readonly count: number;
  /** The first ranges of their positions: `"12"`, or `"12-40"`, both ends included. */
  readonly positions: readonly string[];
  /** How many ranges there are in all. */
  readonly ranges: number;
  /** From the private part, undefined where that is not there: what the events were about. */
  readonly class: RetentionClass | undefined;
  /** The time, ISO 8601, up to which events of that class were removed. */
  readonly cutoff: string | undefined;
};

type Source = {
  readonly index: number;
  readonly time: Json | undefined;
  readonly ranges: readonly (readonly [number, number])[];
  readonly privatePart: Readonly<Record<string, Json>> | undefined;
};

const SHOWN_RANGES = 10;
/** The shortest period that events can have. */
const DAY_MS = 86_400_000;

/** Reads a record of removals; `doubts` are the reasons why no retention of this service can have made it. */
export function removalOf({ index, time, ranges, privatePart }: Source): {
  removal: Removal;
  doubts: string[];
} {
  const count = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const cutoff = timeOf(privatePart?.cutoff);
  const of = RETENTION_CLASSES.find((name) => name === privatePart?.class);
  const positions = ranges
    .slice(0, SHOWN_RANGES)
    .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
  const removal = {
    index,
    time: isoOf(time),
    count,
    positions,
    ranges: ranges.length,
    class: of,
    cutoff: isoOf(cutoff),
  };
  if (privatePart === undefined) return { removal, doubts: [] };
  const doubts: string[] = [];
  if (of === undefined) doubts.push('says of no class of events that it was over');
  if (of === 'evidence') doubts.push('says that it was of the class evidence, which is never removed');
  if (privatePart.count !== count)
    doubts.push(`names ${count} events, and says in its private part that there were other ones`);
  if (cutoff === undefined || typeof time !== 'number') doubts.push('does not say how old the events were');
  else if (cutoff > time) doubts.push('says that events of after it were over');
  else if (cutoff > time - DAY_MS)
    doubts.push('says that events less than a day old were over: no period is that short');
  return { removal, doubts };
}

/** A record in words. */
export function removalText({ index, time, count, positions, ranges, class: of, cutoff }: Removal): string {
  const which = positions.join(', ') + (ranges > positions.length ? `, … (${ranges} ranges)` : '');
  const why =
    of === undefined || cutoff === undefined
      ? '; its private part, which says why, is not here'
      : ` of class ${of}, from ${cutoff} or before`;
  return `Event ${index}, of ${time ?? 'no time'}, says that it removed ${count} events (${which})${why}.`;
}

function timeOf(text: Json | undefined): number | undefined {
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return isoOf(time) === text ? time : undefined;
}

function isoOf(time: Json | undefined): string | undefined {
  const date = new Date(typeof time === 'number' ? time : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
