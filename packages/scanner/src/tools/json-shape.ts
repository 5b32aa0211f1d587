/*
 * Strict reading of other programs' JSON. A report that is not as its tool writes it is refused whole: half of one would
 * look like a clean tree.
 */

/** What is wrong with a report, by the place in it and never by its content. */
export class UnreadableReport extends Error {}

/** The most findings that one report may have, and the most entries of a list inside of one. */
export const mostFindings = 50_000;
const mostEntries = 500_000;
const longestText = 200_000;

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether an object has all of these fields itself. */
export function hasFields(value: unknown, ...names: readonly string[]): value is Fields {
  return isFields(value) && names.every((name) => Object.hasOwn(value, name));
}

export function fieldsOf(value: unknown, where: string): Fields {
  if (!isFields(value)) throw new UnreadableReport(`${where} is no object`);
  return value;
}

export function entriesOf(value: unknown, where: string, most = mostEntries): readonly unknown[] {
  if (!Array.isArray(value)) throw new UnreadableReport(`${where} is no list`);
  if (value.length > most) throw new UnreadableReport(`${where} has more than ${most} entries`);
  return value;
}

/** A list that may be left out, or be null, as Go writes an empty one. */
export function entriesIfAny(value: unknown, where: string, most = mostEntries): readonly unknown[] {
  return value === undefined || value === null ? [] : entriesOf(value, where, most);
}

export function textOf(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new UnreadableReport(`${where} is no text`);
  if (value.length > longestText) throw new UnreadableReport(`${where} is too long`);
  return value;
}

export function textIfAny(value: unknown, where: string): string | undefined {
  return value === undefined || value === null ? undefined : textOf(value, where);
}

/** A whole number from `least` on, as lines and columns are; undefined where there is none. */
export function countIfAny(value: unknown, where: string, least = 0): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > 0x7fff_ffff)
    throw new UnreadableReport(`${where} is no number from ${least} on`);
  return value;
}

export function numberIfAny(value: unknown, where: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && /^\d{1,3}(?:\.\d{1,5})?$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number))
    throw new UnreadableReport(`${where} is no number`);
  return number;
}

/** A field that may be reached through objects which may be missing; undefined where one is. */
export function within(value: unknown, ...names: readonly string[]): unknown {
  let at = value;
  for (const name of names) {
    if (!isFields(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}

/** One text, or a list of them, as tools write weaknesses; nothing where there is none. */
export function textsIfAny(value: unknown, where: string): readonly string[] {
  if (typeof value === 'string') return [textOf(value, where)];
  return entriesIfAny(value, where, 1000).map((one, i) => textOf(one, `${where}[${i}]`));
}
