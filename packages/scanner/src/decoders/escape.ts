import { HEX, runEnd } from '../characters.ts';
import { digitAt, hex, noDigit } from './blob-format.ts';
import { isPlainByte } from './text-check.ts';

/** One escape: the code point that it stands for, where it ends, and which kind it is. */
export interface Escape {
  codePoint: number;
  end: number;
  kind: EscapeKind;
}

export type EscapeKind = 'percent-encoding' | 'unicode escapes' | 'hex escapes' | 'HTML entities';

/** Escaped text inside escaped text doubles its backslashes each time. */
export const mostBackslashes = 8;

const PERCENT = 37;
const AMPERSAND = 38;
const BACKSLASH = 92;

/** Whether an escape may begin with the code unit. */
export const isEscapeMark = (code: number) => code === PERCENT || code === BACKSLASH || code === AMPERSAND;

/**
 * Reads the escape at `at` into `into`: `%41`, `%C3%A9` (RFC 3986, UTF-8), `\x41`, `\u0041`, `\u{41}` (ECMA-262, 12.9.4),
 * `&#65;`, `&#x41;` and the entities of ASCII punctuation (HTML, 13.2.5.72 and 13.5). False when there is none, or one of a
 * control character.
 */
export function readEscape(text: string, at: number, into: Escape): boolean {
  const code = text.charCodeAt(at);
  const isRead =
    code === PERCENT
      ? readPercent(text, at, into)
      : code === BACKSLASH
        ? readBackslash(text, at, into)
        : code === AMPERSAND && readEntity(text, at, into);
  return isRead && (into.codePoint > 0x9f || isPlainByte(into.codePoint));
}

function readPercent(text: string, at: number, into: Escape): boolean {
  into.kind = 'percent-encoding';
  const first = percentByte(text, at);
  if (first < 0x80) return first >= 0 && took(into, first, at + 3);
  const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc2 || first > 0xf4) return false;
  let codePoint = first & (0x3f >> more);
  for (let i = 1; i <= more; i++) {
    const byte = percentByte(text, at + 3 * i);
    if (byte >> 6 !== 0b10) return false;
    codePoint = (codePoint << 6) | (byte & 0x3f);
  }
  return codePoint <= 0x10ffff && took(into, codePoint, at + 3 * (more + 1));
}

const percentByte = (text: string, at: number) =>
  text.charCodeAt(at) === PERCENT ? hexValue(text, at + 1, at + 3) : -1;

function readBackslash(text: string, at: number, into: Escape): boolean {
  let letter = at + 1;
  while (letter < at + mostBackslashes && text.charCodeAt(letter) === BACKSLASH) letter++;
  const digits = letter + 1;
  if (text[letter] === 'x') {
    into.kind = 'hex escapes';
    return took(into, hexValue(text, digits, digits + 2), digits + 2);
  }
  if (text[letter] !== 'u') return false;
  into.kind = 'unicode escapes';
  if (text[digits] !== '{') return took(into, hexValue(text, digits, digits + 4), digits + 4);
  const end = runEnd(text, digits + 1, HEX, digits + 7);
  return text[end] === '}' && took(into, hexValue(text, digits + 1, end), end + 1);
}

const entities = new Map(
  Object.entries({ quot: '"', apos: "'", amp: '&', lt: '<', gt: '>', equals: '=', colon: ':' }).concat(
    Object.entries({ sol: '/', plus: '+', commat: '@', period: '.', lowbar: '_', num: '#', dollar: '$' }),
    Object.entries({ percnt: '%', excl: '!', semi: ';', comma: ',', Tab: '\t', NewLine: '\n' }),
  ),
);
const longestEntity = 8;

function readEntity(text: string, at: number, into: Escape): boolean {
  into.kind = 'HTML entities';
  if (text[at + 1] === '#') {
    const isHex = text[at + 2] === 'x' || text[at + 2] === 'X';
    const from = at + (isHex ? 3 : 2);
    const end = runEnd(text, from, HEX, from + 7);
    if (text[end] !== ';') return false;
    return took(into, isHex ? hexValue(text, from, end) : decimalValue(text, from, end), end + 1);
  }
  const end = text.slice(at, at + longestEntity + 2).indexOf(';');
  const character = end === -1 ? undefined : entities.get(text.slice(at + 1, at + end));
  return character !== undefined && took(into, character.charCodeAt(0), at + end + 1);
}

function took(into: Escape, codePoint: number, end: number): boolean {
  into.codePoint = codePoint;
  into.end = end;
  return codePoint >= 0 && codePoint <= 0x10ffff;
}

/** Value of the at most seven hex digits from `from` to `to`; -1 when these are none. */
function hexValue(text: string, from: number, to: number): number {
  let value = to > from ? 0 : -1;
  for (let at = from; at < to; at++) {
    const digit = digitAt(hex, text, at);
    if (digit === noDigit) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function decimalValue(text: string, from: number, to: number): number {
  let value = to > from ? 0 : -1;
  for (let at = from; at < to; at++) {
    const digit = digitAt(hex, text, at);
    if (digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
