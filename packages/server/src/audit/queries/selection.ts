import { isSecurityEvent } from '../catalog.ts';
import { isEventType, type Severity } from '../events.ts';
import { type Columns, type Dictionary, flagTest, isSuccess, SEGMENT, severityOf } from './columns.ts';
import type { LogIndex } from './log-index.ts';

/** A query looks back this far at most. */
export const MOST_HOURS = 720;

/** Which events are asked for; what is absent does not matter. */
export interface EventFilter {
  type?: string;
  severity?: Severity;
  success?: boolean;
  /** Public id of the account behind the actor. */
  user?: string;
  /** Public id of an account: events by it or about it. */
  about?: string;
  namespace?: string;
  /** Only attacks, refusals and damage. */
  security?: boolean;
}

/** Which of the events that a filter lets through; times are epoch milliseconds, positions count from 0. */
export interface EventRange {
  since: number;
  /** Only events with a greater position. */
  after?: number;
  /** Only the first so many events of the log are counted; default: all. */
  size?: number;
  /** The page begins below this position. */
  before?: number;
  offset: number;
  limit: number;
}

export interface Selection {
  /** Positions of the page, newest first. */
  page: number[];
  /** All that match, whatever the page. */
  total: number;
  /** Whether there are more below the page. */
  more: boolean;
  /** Events of the log that were looked at. */
  size: number;
}

/**
 * Selects events, newest first by position: the order in which they happened, whatever the clock said. Counting every
 * match costs a few milliseconds a million events.
 */
export async function select(index: LogIndex, filter: EventFilter, range: EventRange): Promise<Selection> {
  const { since, after = -1, offset, limit } = range;
  const result: Selection = { page: [], total: 0, more: false, size: 0 };
  await index.walk(since, (logSize) => {
    const size = Math.min(range.size ?? logSize, logSize);
    const before = Math.min(range.before ?? size, size);
    const matches = matcher(index, filter, since);
    let skip = offset;
    result.size = size;
    return (
      matches &&
      ((columns, first) => {
        const from = Math.max(after + 1 - first, 0);
        for (let row = Math.min(size - first, SEGMENT) - 1; row >= from; row--) {
          if (!matches(columns, row)) continue;
          result.total++;
          if (first + row >= before) continue;
          if (skip > 0) skip--;
          else if (result.page.length < limit) result.page.push(first + row);
          else result.more = true;
        }
      })
    );
  });
  return result;
}

/** Undefined where a name is asked for that no event has. */
function matcher(
  { names }: LogIndex,
  filter: EventFilter,
  since: number,
): ((columns: Columns, row: number) => boolean) | undefined {
  const { mask, value } = flagTest(filter.severity, filter.success);
  const [user, about] = [filter.user, filter.about].map((id) => codeOf(names.accounts, id));
  const namespace = codeOf(names.namespaces, filter.namespace);
  if (user === null || about === null || namespace === null) return undefined;
  const types = typesOf(names.types, filter);
  return (columns, row) =>
    (columns.flags[row]! & mask) === value &&
    columns.time[row]! >= since &&
    (types === undefined || types[columns.type[row]!] === 1) &&
    (user === undefined || columns.user[row] === user) &&
    (namespace === undefined || columns.namespace[row] === namespace) &&
    (about === undefined || columns.concerns(row, about));
}

/** Undefined where nothing is asked for, null where no event can match. */
function codeOf(names: Dictionary, text: string | undefined): number | undefined | null {
  return text === undefined ? undefined : (names.code(text) ?? null);
}

/** Which codes of event types are asked for; undefined for all. */
function typesOf(types: Dictionary, { type, security }: EventFilter): Uint8Array | undefined {
  if (type === undefined && !security) return undefined;
  const wanted = new Uint8Array(types.size);
  for (let code = 1; code < types.size; code++) {
    const name = types.text(code)!;
    const fits = type === undefined || name === type;
    if (fits && (!security || (isEventType(name) && isSecurityEvent(name)))) wanted[code] = 1;
  }
  return wanted;
}

export interface EventCounts {
  total: number;
  failed: number;
  byType: Record<string, number>;
  bySeverity: Record<Severity, number>;
  /** Different accounts behind the actors. */
  users: number;
}

/** Counts the events since a time (epoch milliseconds). */
export async function count(index: LogIndex, since: number): Promise<EventCounts> {
  const { types, accounts } = index.names;
  const present = flagTest(undefined, undefined);
  const bySeverity = { debug: 0, info: 0, warning: 0, error: 0, critical: 0 };
  const result = { total: 0, failed: 0, users: 0 };
  let perType = new Float64Array(0);
  await index.walk(since, () => {
    perType = new Float64Array(types.size);
    const seen = new Uint8Array(accounts.size);
    return ({ flags, time, type, user }) => {
      for (let row = 0; row < SEGMENT; row++) {
        if ((flags[row]! & present.mask) !== present.value || time[row]! < since) continue;
        result.total++;
        if (!isSuccess(flags[row]!)) result.failed++;
        bySeverity[severityOf(flags[row]!)]++;
        perType[type[row]!]!++;
        const account = user[row]!;
        if (account !== 0 && seen[account] === 0) {
          seen[account] = 1;
          result.users++;
        }
      }
    };
  });
  const byType = [...perType].flatMap((n, code) => (n === 0 ? [] : [[types.text(code)!, n] as const]));
  return { ...result, byType: Object.fromEntries(byType), bySeverity };
}
