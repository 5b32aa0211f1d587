import { HEX, runEnd } from './characters.ts';

/**
 * How a token begins: so many letters, then so many digits, counted to the end of both runs. `DE44…` begins
 * with 2 letters, `078-05-1120` with 0 letters and 3 digits. Zero digits means letters before a colon or a dash.
 */
export type Lead = readonly [letters: number, digits: number, only?: LeadCondition];

/**
 * What else has to hold of the code units at and around a lead, so that a rule is not asked about each number of a
 * text: sets of ASCII code units. What is left out may be anything, also the border of the text.
 */
export interface LeadCondition {
  /** Directly before the token. */
  readonly before?: string;
  /** The first of the token. */
  readonly first?: string;
  /** Directly behind letters and digits. */
  readonly next?: string;
  /** How many digits follow behind the one code unit of `next`: dates and times are the commonest groups of digits. */
  readonly group?: readonly number[];
}

/** For conditions. */
export const upperLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const letters = `${upperLetters}${upperLetters.toLowerCase()}`;
export const hexLetters = 'ABCDEFabcdef';
export const nonZero = '123456789';

/** Leads that share a condition. */
export function only(condition: LeadCondition, ...leads: readonly (readonly [number, number])[]): Lead[] {
  return leads.map(([letterCount, digits]) => [letterCount, digits, condition]);
}

/** More digits than this count as this many. */
export const mostDigits = 20;
const mostLetters = 6;
const width = mostDigits + 1;

/** At most 32 owners of one lead, one bit each. A code unit's entry has the bits of those that allow it there. */
interface Bucket {
  readonly owners: number[];
  readonly before: Int32Array;
  readonly first: Int32Array;
  readonly next: Int32Array;
  /** By the number of digits in the group that follows. */
  readonly group: Int32Array;
  /** Those to whom that number matters. */
  grouped: number;
}

/** Buckets by lead; undefined when no rule has any lead. */
export type LeadTable = readonly (readonly Bucket[] | undefined)[];

/** `leads[owner]` lists the leads of one owner. Throws RangeError for a lead that never occurs. */
export function buildLeadTable(leads: readonly (readonly Lead[])[]): LeadTable | undefined {
  if (leads.every((list) => list.length === 0)) return undefined;
  const table: Bucket[][] = [];
  leads.forEach((list, owner) => {
    for (const [letterCount, digits, only = {}] of list) {
      const isPossible =
        letterCount >= 0 && letterCount <= mostLetters && digits >= 0 && digits <= mostDigits;
      if (!isPossible || letterCount + digits === 0)
        throw new RangeError(`no token begins with ${letterCount}, ${digits}`);
      const index = letterCount * width + digits;
      table[index] ??= [];
      addOwner(table[index], owner, only);
    }
  });
  return table;
}

/** Entry for everything that is not ASCII, and for the borders of the text. */
const outside = 128;

function addOwner(buckets: Bucket[], owner: number, { before, first, next, group }: LeadCondition): void {
  let bucket = buckets.at(-1);
  if (bucket === undefined || bucket.owners.length === 32) {
    const entries = () => new Int32Array(outside + 1);
    bucket = {
      ...{ owners: [], before: entries(), first: entries(), next: entries() },
      ...{ group: new Int32Array(mostDigits + 1), grouped: 0 },
    };
    buckets.push(bucket);
  }
  const bit = 1 << bucket.owners.length;
  bucket.owners.push(owner);
  allow(bucket.before, before, bit);
  allow(bucket.first, first, bit);
  allow(bucket.next, next, bit);
  for (let digits = 0; digits <= mostDigits; digits++)
    if (group === undefined || group.includes(digits)) bucket.group[digits]! |= bit;
  if (group !== undefined) bucket.grouped |= bit;
}

function allow(entries: Int32Array, characters: string | undefined, bit: number): void {
  if (characters === undefined) for (let code = 0; code <= outside; code++) entries[code]! |= bit;
  else for (let i = 0; i < characters.length; i++) entries[characters.charCodeAt(i)]! |= bit;
}

const OTHER = 0;
const DIGIT = 1;
const LETTER = 2;
const ESCAPE = 3;
const kinds = new Uint8Array(128);
for (let code = 48; code <= 57; code++) kinds[code] = DIGIT;
for (let code = 65; code <= 90; code++) kinds[code] = kinds[code + 32] = LETTER;
// An underscore joins a number to a name.
kinds[95] = LETTER;
kinds[92] = kinds[37] = ESCAPE;
function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? kinds[code]! : OTHER;
}

/** The code units at which a lead ends or has its digits: where to call `visitLead`. */
export const leadMarks = '0123456789:-';

// The longest escape has five word characters behind its sign, then the letters of the lead begin.
const farthestStart = mostLetters + 5;

/**
 * Visits the owners of the lead that has its first digit at `at`, or that ends before the colon or dash there:
 * numbers have no keyword that a prefilter could look for. To be called from left to right for each code unit of
 * `leadMarks` in the text, but for those before the index that the call before returned. Takes constant time, but
 * for the digits that it reads.
 */
export function visitLead(
  text: string,
  at: number,
  table: LeadTable,
  visit: (owner: number, start: number, leadEnd: number) => void,
): number {
  const start = kindAt(text, at - 1) === OTHER ? at : tokenStart(text, at);
  if (start > at) return start;
  let end = at;
  while (kindAt(text, end) === DIGIT) end++;
  if (start === -1) return end;
  const buckets = table[(at - start) * width + Math.min(end - at, mostDigits)];
  if (buckets === undefined) return end;
  let digitsBehind = -1;
  for (let i = 0; i < buckets.length; i++) {
    const { owners, before, first, next, group, grouped } = buckets[i]!;
    let bits = before[entryAt(text, start - 1)]! & first[entryAt(text, start)]! & next[entryAt(text, end)]!;
    if ((bits & grouped) !== 0) {
      if (digitsBehind === -1) digitsBehind = countDigits(text, end + 1);
      bits &= group[digitsBehind]!;
    }
    for (; bits !== 0; bits &= bits - 1) visit(owners[31 - Math.clz32(bits & -bits)]!, start, end);
  }
  return end;
}

/** At most `mostDigits`. */
function countDigits(text: string, from: number): number {
  let end = from;
  while (end - from < mostDigits && kindAt(text, end) === DIGIT) end++;
  return end - from;
}

function entryAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0 && code < outside ? code : outside;
}

/**
 * Start of the token whose letters end at `at`: -1 when there are too many, or digits among them, and an index
 * behind `at` when an escape ends there that `at` is a part of.
 */
function tokenStart(text: string, at: number): number {
  let start = at;
  let kind = kindAt(text, start - 1);
  while (kind === LETTER || kind === DIGIT) {
    start--;
    if (at - start > farthestStart) return -1;
    kind = kindAt(text, start - 1);
  }
  if (kind === ESCAPE) start = afterEscape(text, start - 1);
  if (start > at) return start;
  return at - start <= mostLetters && !hasDigit(text, start, at) ? start : -1;
}

function hasDigit(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (kindAt(text, at) === DIGIT) return true;
  return false;
}

/** End of `\n`, `\x3d`, `\u003d` or `%3D`: their letters are no part of the token that follows. */
function afterEscape(text: string, at: number): number {
  if (text[at] === '%') return isHex(text, at + 1, at + 3) ? at + 3 : at + 1;
  const letter = text[at + 1];
  if (letter === 'n' || letter === 'r' || letter === 't') return at + 2;
  if (letter === 'x' && isHex(text, at + 2, at + 4)) return at + 4;
  return letter === 'u' && isHex(text, at + 2, at + 6) ? at + 6 : at + 1;
}

function isHex(text: string, from: number, to: number): boolean {
  return runEnd(text, from, HEX, to) === to;
}
