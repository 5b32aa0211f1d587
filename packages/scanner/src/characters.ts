/** Character classes as bits of one table look-up, so that a matcher tests a code unit without a regex. */
export const DIGIT = 1;
export const UPPER = 2;
export const LOWER = 4;
export const UNDERSCORE = 8;
export const DASH = 16;
export const PLUS_SLASH = 32;
export const HEX = 64;
export const BASE32 = 128;
export const DOT = 256;
export const EQUALS = 512;
export const SPACE = 1024;
export const QUOTE = 2048;
/** Signs that join a word to the one before. */
export const JOINT = 4096;

export const LETTER = UPPER | LOWER;
export const ALPHANUMERIC = DIGIT | LETTER;
export const WORD = ALPHANUMERIC | UNDERSCORE;
export const BASE64URL = ALPHANUMERIC | UNDERSCORE | DASH;
export const BASE64 = ALPHANUMERIC | PLUS_SLASH;

const table = new Uint16Array(128);
const mark = (characters: string, bit: number) => {
  for (const character of characters) table[character.charCodeAt(0)]! |= bit;
};
mark('0123456789', DIGIT | HEX);
mark('ABCDEFGHIJKLMNOPQRSTUVWXYZ', UPPER);
mark('abcdefghijklmnopqrstuvwxyz', LOWER);
mark('abcdefABCDEF', HEX);
mark('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', BASE32);
mark('_', UNDERSCORE);
mark('-', DASH);
mark('+/', PLUS_SLASH);
mark('.', DOT);
mark('=', EQUALS);
mark(' \t\n\r\f\v', SPACE);
mark('"\'`', QUOTE);
mark('-/.+@#$', JOINT);

/** Whether the code unit belongs to one of the classes; NaN (outside the text) and non-ASCII belong to none. */
export function isIn(code: number, classes: number): boolean {
  return code < 128 && (table[code]! & classes) !== 0;
}

/** What `codeAt` has outside the text: no code unit, and of no class. */
export const BORDER = 0x10000;

/**
 * The code unit at the index, also where that is outside the text. Once V8 has seen `charCodeAt` read outside, each read
 * from the same place in the code costs three times as much: what looks around itself reads with this.
 */
export function codeAt(text: string, at: number): number {
  return at >>> 0 < text.length ? text.charCodeAt(at) : BORDER;
}

/** Whether the code unit at the index belongs to one of the classes. */
export function isAt(text: string, at: number, classes: number): boolean {
  return isIn(codeAt(text, at), classes);
}

/** First index from `from` whose code unit is outside the classes, at most `limit` or the end of the text. */
export function runEnd(text: string, from: number, classes: number, limit: number): number {
  const end = Math.min(limit, text.length);
  let at = from;
  while (at < end && isIn(text.charCodeAt(at), classes)) at++;
  return at;
}

/** Start of the run of the classes that ends just before `to`, at least `limit` or 0. */
export function runStart(text: string, to: number, classes: number, limit: number): number {
  const start = Math.max(limit, 0);
  let at = to;
  while (at > start && isIn(text.charCodeAt(at - 1), classes)) at--;
  return at;
}

/** Union of the classes of the string's characters; non-ASCII adds none. */
export function classesOf(value: string): number {
  let classes = 0;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < 128) classes |= table[code]!;
  }
  return classes;
}

const BACKSLASH = 92;
const PERCENT = 37;
const isHex = (text: string, from: number, to: number) => from >= 0 && runEnd(text, from, HEX, to) === to;

/** Whether an escape of source text (`\n`, `\x3d`, `\u003d`) or of a URL (`%3D`) ends with `last`, just before `end`. */
function endsEscape(text: string, end: number, last: number): boolean {
  const isLetterEscape = last === 110 || last === 114 || last === 116;
  if (isLetterEscape && codeAt(text, end - 2) === BACKSLASH) return true;
  if (!isIn(last, HEX)) return false;
  const beforeByte = codeAt(text, end - 3);
  if (beforeByte === PERCENT && isHex(text, end - 2, end)) return true;
  const isByte = beforeByte === 120 && codeAt(text, end - 4) === BACKSLASH;
  if (isByte && isHex(text, end - 2, end)) return true;
  const isUnit = codeAt(text, end - 5) === 117 && codeAt(text, end - 6) === BACKSLASH;
  return isUnit && isHex(text, end - 4, end);
}

/** Whether a word of prose or of a name starts at `start`: behind no letter, or at a hump of camel case. */
export function startsWord(text: string, start: number): boolean {
  if (startsToken(text, start, LETTER)) return true;
  return isAt(text, start, UPPER) && isAt(text, start - 1, LOWER);
}

/**
 * Whether a token may start at `start`: not in the middle of a word. An escape before it is no word, so that
 * a key after a literal `\n` is still seen.
 */
export function startsToken(text: string, start: number, word: number = ALPHANUMERIC): boolean {
  const before = codeAt(text, start - 1);
  return !isIn(before, word) || endsEscape(text, start, before);
}
