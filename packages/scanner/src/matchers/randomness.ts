import { BASE64URL, classesOf, DIGIT, HEX, isAt, isIn, LETTER, LOWER, runEnd, UPPER } from '../characters.ts';

/** Shannon entropy of the string's code units, in bits per unit. 0 for the empty string. */
export function entropy(value: string): number {
  const { length } = value;
  for (let i = 0; i < length; i++) countOf[value.charCodeAt(i)]!++;
  let bits = 0;
  for (let i = 0; i < length; i++) {
    const share = countOf[value.charCodeAt(i)]! / length;
    if (share === 0) continue;
    bits -= share * Math.log2(share);
    countOf[value.charCodeAt(i)] = 0;
  }
  return bits;
}

/** How often each code unit occurs, while `entropy` runs; all zero before and after. */
const countOf = new Uint32Array(65_536);

// Long or exact enough that a random token holds one less than once in a million: `xxxx` in any case does not do.
const caseless = /example|placeholder|redacted/i;
const asked = /dummy|DUMMY|(?:your|Your|YOUR)[-_]/;
const exactCase = /dummy|DUMMY|(?:your|Your|YOUR)[-_]|x{5}|X{5}|0{7}|\.{4}|\*{4}/;

/** Whether a token's body is a stand-in of documentation: a telling word, or hardly any different characters. */
export function isStandIn(body: string): boolean {
  if (caseless.test(body) || exactCase.test(body)) return true;
  return !hasFiveDifferent(body) && new Set(body.toLowerCase()).size <= Math.min(4, body.length / 4);
}

/** Whether five letters of ASCII, case apart, or other code units of it differ: a cheap test that most bodies pass. */
function hasFiveDifferent(body: string): boolean {
  let [seen, seenAbove] = [0, 0];
  let count = 0;
  for (let i = 0; i < body.length && count < 5; i++) {
    const code = body.charCodeAt(i);
    if (code < 48 || code > 122) continue;
    const lower = code >= 65 && code <= 90 ? code + 32 : code;
    const bit = 1 << (lower & 31);
    if (lower < 80 ? (seen & bit) !== 0 : (seenAbove & bit) !== 0) continue;
    if (lower < 80) seen |= bit;
    else seenAbove |= bit;
    count++;
  }
  return count === 5;
}

/** Whether a token's body is crossed out (`xxxxx`), in part or all of it: a token stood or is to stand there. */
export function isMasked(body: string): boolean {
  return (body.includes('xxxxx') || body.includes('XXXXX')) && !caseless.test(body) && !asked.test(body);
}

const fewestCrosses = 10;

/**
 * End of a whole run of crosses at `from`, at most at `limit`, that stands for a token; or -1. Whoever crosses a token
 * out hardly counts how many it takes.
 */
export function crossesEnd(text: string, from: number, limit: number): number {
  const cross = text.charCodeAt(from);
  if (cross !== 120 && cross !== 88) return -1;
  let end = from + 1;
  while (end < limit && text.charCodeAt(end) === cross) end++;
  return end - from >= fewestCrosses && !isAt(text, end, BASE64URL) ? end : -1;
}

/** Whether six or more characters in a row count up by one (`abcdef`, `123456`): typed by a person. */
export function hasSequence(body: string): boolean {
  let length = 1;
  for (let i = 1; i < body.length; i++) {
    length = body.charCodeAt(i) === body.charCodeAt(i - 1) + 1 ? length + 1 : 1;
    if (length >= 6) return true;
  }
  return false;
}

// Words with separators, and numbers with punctuation.
const unlike = /^[A-Za-z]+\d{0,2}(?:[-_./:+ ][A-Za-z]*\d{0,2})+$|^[\d.,:/+_-]+$/;

// Longer than any id or point in time.
const longNumber = /^\d{24,}$/;

/** Digits among letters, more digits than a number has, or letters that no language puts together, in a length that nobody types. */
export function looksRandom(secret: string): boolean {
  if (secret.length < 16) return false;
  if (unlike.test(secret)) return longNumber.test(secret) && entropy(secret) >= 2.6;
  const bits = entropy(secret);
  const classes = classesOf(secret);
  if ((classes & LETTER) === 0) return false;
  if ((classes & DIGIT) !== 0)
    return bits >= (runEnd(secret, 0, HEX, secret.length) === secret.length ? 2.8 : 3.3);
  const isMixed = (classes & UPPER) !== 0 && (classes & LOWER) !== 0;
  if (isMixed) return bits >= 3.6 && changesOfClass(secret) * 3 >= secret.length;
  return bits >= 3 && /[bcdfghjklmnpqrstvwxz]{5}/i.test(secret) && !/[^A-Za-z]/.test(secret);
}

/** How often neighbours are of different classes among digits, lower and upper case. */
export function changesOfClass(value: string): number {
  let count = 0;
  for (let i = 1; i < value.length; i++) {
    const [a, b] = [value.charCodeAt(i - 1), value.charCodeAt(i)];
    if (isIn(a, DIGIT) !== isIn(b, DIGIT) || isIn(a, UPPER) !== isIn(b, UPPER)) count++;
  }
  return count;
}
