import { codeAt, HEX, runEnd } from './characters.ts';
import type { Lead, LeadCondition, Question } from './leads.ts';
import { mostDigits, outside } from './leads.ts';

const mostLetters = 6;
const width = mostDigits + 1;

/** At most 32 owners of one lead, one bit each. */
interface Bucket {
  readonly owners: number[];
  /** The bits of those that allow a code unit, by its place and itself; at `GROUP` by the number of digits there. */
  readonly allowed: Int32Array;
  /** Those to whom the group that follows matters. */
  grouped: number;
  readonly questions: { readonly ask: Question; askers: number }[];
}

const BEFORE = 0;
const FIRST = BEFORE + outside + 1;
const NEXT = FIRST + outside + 1;
const BEHIND = NEXT + outside + 1;
const GROUP = BEHIND + outside + 1;

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

function addOwner(buckets: Bucket[], owner: number, condition: LeadCondition): void {
  let bucket = buckets.at(-1);
  if (bucket === undefined || bucket.owners.length === 32) {
    bucket = { owners: [], allowed: new Int32Array(GROUP + mostDigits + 1), grouped: 0, questions: [] };
    buckets.push(bucket);
  }
  const { before, first, next, group, behind, asks = [] } = condition;
  const bit = 1 << bucket.owners.length;
  bucket.owners.push(owner);
  const { allowed, questions } = bucket;
  allow(allowed, BEFORE, before, bit);
  allow(allowed, FIRST, first, bit);
  allow(allowed, NEXT, next, bit);
  allow(allowed, BEHIND, behind, bit);
  for (let digits = 0; digits <= mostDigits; digits++)
    if (group === undefined || group.includes(digits)) allowed[GROUP + digits]! |= bit;
  if (group !== undefined) bucket.grouped |= bit;
  for (const ask of asks) {
    const known = questions.find((question) => question.ask === ask);
    if (known === undefined) questions.push({ ask, askers: bit });
    else known.askers |= bit;
  }
}

function allow(allowed: Int32Array, place: number, characters: string | undefined, bit: number): void {
  if (characters === undefined) for (let code = 0; code <= outside; code++) allowed[place + code]! |= bit;
  else
    for (let i = 0; i < characters.length; i++)
      allowed[place + Math.min(characters.charCodeAt(i), outside)]! |= bit;
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
  const code = codeAt(text, at);
  return code < 128 ? kinds[code]! : OTHER;
}

/** The code units at which a lead ends or has its digits: where to call `visitLead`. */
export const leadMarks = '0123456789:-';

// The longest escape has five word characters behind its sign, then the letters of the lead begin.
const farthestStart = mostLetters + 5;

type Visit = (owner: number, start: number, leadEnd: number) => void;

/**
 * Visits the owners of the lead that has its first digit at `at`, or that ends before the colon or dash there:
 * numbers have no keyword that a prefilter could look for. To be called from left to right for each code unit of
 * `leadMarks` in the text, but for those before the index that the call before returned. Takes constant time, but
 * for the digits that it reads.
 */
export function visitLead(text: string, at: number, table: LeadTable, visit: Visit): number {
  const start = kindAt(text, at - 1) === OTHER ? at : tokenStart(text, at);
  if (start > at) return start;
  let end = at;
  while (kindAt(text, end) === DIGIT) end++;
  const buckets = start === -1 ? undefined : table[(at - start) * width + Math.min(end - at, mostDigits)];
  if (buckets !== undefined) visitOwners(text, start, end, buckets, visit);
  // What follows in a word behind digits begins no token, nor does the sign that ends it.
  return end === at ? end : wordEnd(text, end) + 1;
}

function visitOwners(
  text: string,
  start: number,
  end: number,
  buckets: readonly Bucket[],
  visit: Visit,
): void {
  const before = BEFORE + entryAt(text, start - 1);
  const first = FIRST + entryAt(text, start);
  const next = NEXT + entryAt(text, end);
  let digitsBehind = -1;
  for (let i = 0; i < buckets.length; i++) {
    const { owners, allowed, grouped, questions } = buckets[i]!;
    let bits = allowed[before]! & allowed[first]! & allowed[next]!;
    if ((bits & grouped) !== 0) {
      if (digitsBehind === -1) digitsBehind = countDigits(text, end + 1);
      const behind = BEHIND + entryAt(text, end + 1 + digitsBehind);
      bits &= ~grouped | (allowed[GROUP + digitsBehind]! & allowed[behind]!);
    }
    for (let j = 0; j < questions.length && bits !== 0; j++) {
      const { ask, askers } = questions[j]!;
      if ((bits & askers) !== 0 && !ask(text, start, end)) bits &= ~askers;
    }
    for (; bits !== 0; bits &= bits - 1) visit(owners[31 - Math.clz32(bits & -bits)]!, start, end);
  }
}

/** End of the letters and digits from `at` on. */
function wordEnd(text: string, at: number): number {
  let end = at;
  let kind = kindAt(text, end);
  while (kind === LETTER || kind === DIGIT) kind = kindAt(text, ++end);
  return end;
}

/** At most `mostDigits`. */
function countDigits(text: string, from: number): number {
  let end = from;
  while (end - from < mostDigits && kindAt(text, end) === DIGIT) end++;
  return end - from;
}

function entryAt(text: string, at: number): number {
  return Math.min(codeAt(text, at), outside);
}

/**
 * Start of the token whose letters end at `at`: -1 when there are too many, or digits among them, and an index
 * behind `at` when an escape ends there that `at` is a part of.
 */
function tokenStart(text: string, at: number): number {
  let start = at;
  let hasDigits = false;
  let kind = kindAt(text, start - 1);
  while (kind === LETTER || kind === DIGIT) {
    start--;
    if (at - start > farthestStart) return -1;
    hasDigits ||= kind === DIGIT;
    kind = kindAt(text, start - 1);
  }
  if (kind === ESCAPE) {
    start = afterEscape(text, start - 1);
    if (start > at) return start;
    hasDigits = hasDigit(text, start, at);
  }
  return at - start <= mostLetters && !hasDigits ? start : -1;
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
