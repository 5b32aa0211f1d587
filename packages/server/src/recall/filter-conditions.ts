import type { Json } from '../json.ts';
import type { RecordFacts } from './record.ts';
import { terms } from './tokens.ts';

/** What a field's values are, which decides how they compare. */
export type FieldKind = 'text' | 'time' | 'list' | 'words' | 'json';

/** What of a memory a filter reads. */
export interface Filtered extends RecordFacts {
  readonly termCount: number;
  /** Whether the text has these terms one after the other. */
  holds(phrase: readonly string[]): boolean;
}

/** Reads a field of a memory; undefined where it has none. */
export type Read = (record: Filtered, id: string | undefined) => Json | undefined;

export type Test = (record: Filtered, id: string | undefined) => boolean;

export const OPERATORS = [
  'eq',
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'nin',
  'contains',
  'icontains',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** A filter that cannot be evaluated as the caller meant it. The message is for the caller. */
export class FilterError extends Error {
  readonly code = 'invalid_filter';
  override readonly name = 'FilterError';
}

/** Enough for a page of memory ids, and a bound on what one condition may cost. */
const LONGEST_LIST = 1_000;
const LONGEST_PHRASE = 32;

/**
 * What a condition costs for each memory that it looks at, in units of a comparison. A filter has a budget of them,
 * because one thread filters for everybody: lists of plain values are looked up, all else is compared one by one.
 */
export function costOf(kind: FieldKind, operator: Operator, operand: unknown): number {
  if (Array.isArray(operand)) {
    const single = operand.filter(
      (value) => kind === 'words' || kind === 'time' || typeof value === 'object',
    );
    const objects = operand.some((value) => typeof value === 'object');
    return 1 + single.length + (objects ? OBJECT_COST : 0);
  }
  if (typeof operand === 'object' && operand !== null) return OBJECT_COST;
  return operator === 'contains' || operator === 'icontains' || kind === 'words' ? SCAN_COST : 1;
}

/** The memory's own value is written out as JSON, up to 16 KiB of it. */
const OBJECT_COST = 25;
/** The memory's own value is read from its beginning to its end. */
const SCAN_COST = 5;

export const isOperator = (key: string): key is Operator => (OPERATORS as readonly string[]).includes(key);
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Compiles one condition. `ne` and `nin` are the exact opposites of `eq` and `in`, so a missing field matches
 * them, as in mem0; every other operator needs the field. Throws `FilterError`.
 */
export function condition(
  name: string,
  kind: FieldKind,
  read: Read,
  operator: Operator,
  operand: unknown,
): Test {
  switch (operator) {
    case 'ne':
      return not(condition(name, kind, read, 'eq', operand));
    case 'nin':
      return not(condition(name, kind, read, 'in', operand));
    case 'in': {
      if (!Array.isArray(operand)) throw new FilterError(`filter "${name}": in and nin take a list`);
      if (operand.length > LONGEST_LIST)
        throw new FilterError(`filter "${name}": a list may have at most ${LONGEST_LIST} values`);
      return oneOf(name, kind, read, operand);
    }
    case 'eq':
      if (operand === '*') return present(kind, read);
      if (operand === null) return not(present(kind, read));
      return some(read, equalTo(name, kind, operand));
    case 'contains':
    case 'icontains':
      return containing(name, kind, read, operator === 'icontains', operand);
    default:
      return some(read, ordered(name, kind, operator, operand));
  }
}

const not =
  (test: Test): Test =>
  (record, id) =>
    !test(record, id);

/** A list matches when one of its elements does, as a field with several values. */
function some(read: Read, test: (value: Json) => boolean): Test {
  return (record, id) => {
    const value = read(record, id);
    if (value === undefined || value === null) return false;
    return Array.isArray(value) ? value.some((element) => element !== null && test(element)) : test(value);
  };
}

function present(kind: FieldKind, read: Read): Test {
  return (record, id) => {
    if (kind === 'words') return record.termCount > 0;
    const value = read(record, id);
    return value !== undefined && value !== null;
  };
}

function oneOf(name: string, kind: FieldKind, read: Read, operand: readonly unknown[]): Test {
  if (kind === 'text') {
    const wanted = new Set(operand.map((value) => asText(name, value)));
    return some(read, (value) => wanted.has(value as string));
  }
  if (kind === 'words' || kind === 'time') {
    const tests = operand.map((value) =>
      kind === 'words' ? phrase(name, value) : some(read, equalTo(name, kind, value)),
    );
    return (record, id) => tests.some((test) => test(record, id));
  }
  const plain = new Set(operand.filter((value) => typeof value !== 'object'));
  const objects = new Set(
    operand.filter((value) => typeof value === 'object').map((value) => JSON.stringify(value)),
  );
  return some(read, (value) =>
    typeof value === 'object' ? objects.size > 0 && objects.has(JSON.stringify(value)) : plain.has(value),
  );
}

function equalTo(name: string, kind: FieldKind, operand: unknown): (value: Json) => boolean {
  if (kind === 'time') {
    const [start, end] = asPeriod(name, operand);
    return (value) => (value as number) >= start && (value as number) <= end;
  }
  if (kind === 'text') {
    const wanted = asText(name, operand);
    return (value) => value === wanted;
  }
  if (typeof operand !== 'object') return (value) => value === operand;
  const wanted = JSON.stringify(operand);
  return (value) => JSON.stringify(value) === wanted;
}

function ordered(
  name: string,
  kind: FieldKind,
  operator: Operator,
  operand: unknown,
): (value: Json) => boolean {
  if (kind === 'words')
    throw new FilterError(`filter "${name}" takes contains, icontains, eq, ne, in or nin`);
  if (kind === 'time') {
    const [start, end] = asPeriod(name, operand);
    if (operator === 'gt') return (value) => (value as number) > end;
    if (operator === 'gte') return (value) => (value as number) >= start;
    if (operator === 'lt') return (value) => (value as number) < start;
    return (value) => (value as number) <= end;
  }
  if (typeof operand !== 'number' && typeof operand !== 'string')
    throw new FilterError(`filter "${name}": ${operator} takes a number or a string`);
  const comparable = (value: Json): value is number | string => typeof value === typeof operand;
  if (operator === 'gt') return (value) => comparable(value) && value > operand;
  if (operator === 'gte') return (value) => comparable(value) && value >= operand;
  if (operator === 'lt') return (value) => comparable(value) && value < operand;
  return (value) => comparable(value) && value <= operand;
}

function containing(name: string, kind: FieldKind, read: Read, ignoreCase: boolean, operand: unknown): Test {
  if (kind === 'words') return phrase(name, operand);
  if (kind === 'time')
    throw new FilterError(`filter "${name}" is a time: compare it with gt, gte, lt, lte, eq or ne`);
  if (typeof operand !== 'string') return some(read, equalTo(name, 'json', operand));
  const wanted = ignoreCase ? operand.toLowerCase() : operand;
  return some(
    read,
    (value) => typeof value === 'string' && (ignoreCase ? value.toLowerCase() : value).includes(wanted),
  );
}

/**
 * The words of a phrase, one after the other, by their stems: the index keeps no text, so `contains` and
 * `icontains` are the same here, and part of a word does not match.
 */
function phrase(name: string, operand: unknown): Test {
  const wanted = terms(asText(name, operand));
  if (wanted.length === 0)
    throw new FilterError(`filter "${name}" needs at least one word that carries meaning`);
  if (wanted.length > LONGEST_PHRASE)
    throw new FilterError(`filter "${name}": a phrase may have at most ${LONGEST_PHRASE} words`);
  return (record) => record.holds(wanted);
}

function asText(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new FilterError(`filter "${name}" compares with a string`);
}

const DATE = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;
const DAY = 86_400_000;
/** Below this a number is in seconds, as mem0 sends timestamps; above, milliseconds (1973 or later). */
const SECONDS_BELOW = 1e11;

/** A time operand as first and last millisecond: a date without a time stands for its whole UTC day. */
function asPeriod(name: string, value: unknown): readonly [start: number, end: number] {
  if (typeof value === 'number' && Number.isFinite(value)) {
    const moment = Math.abs(value) < SECONDS_BELOW ? value * 1000 : value;
    return [moment, moment];
  }
  if (typeof value === 'string') {
    const day = DATE.test(value);
    const zone = MOMENT.exec(value);
    const moment = day
      ? Date.parse(`${value}T00:00:00Z`)
      : zone
        ? Date.parse(zone[1] ? value : `${value}Z`)
        : NaN;
    // Date.parse rolls 31 February over into March.
    const real = !Number.isNaN(moment) && (!day || new Date(moment).toISOString().startsWith(value));
    if (real) return day ? [moment, moment + DAY - 1] : [moment, moment];
  }
  throw new FilterError(`filter "${name}" takes an ISO 8601 date or time, or epoch seconds`);
}
