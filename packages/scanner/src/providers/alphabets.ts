import {
  ALPHANUMERIC,
  BASE64,
  BASE64URL,
  DASH,
  DIGIT,
  EQUALS,
  HEX,
  isAt,
  isIn,
  LETTER,
  LOWER,
  runEnd,
  UPPER,
} from '../characters.ts';
import type { Alphabet, Length } from './row.ts';

/** Classes of `characters.ts` by alphabet. A UUID is hex and dashes; where they stand, `bodyEnd` knows. */
export const classesByAlphabet: Readonly<Record<Alphabet, number>> = {
  alphanumeric: ALPHANUMERIC,
  'lower-alphanumeric': LOWER | DIGIT,
  'upper-alphanumeric': UPPER | DIGIT,
  hex: HEX,
  base64: BASE64,
  base64url: BASE64URL,
  digits: DIGIT,
  uuid: HEX | DASH,
  letters: LETTER,
};

const uuidLength = 36;
const uuidDashes = new Set([8, 13, 18, 23]);

/** Bounds of a length, both inclusive. */
export function boundsOf(alphabet: Alphabet, length: Length): readonly [number, number] {
  if (alphabet === 'uuid') return [uuidLength, uuidLength];
  return typeof length === 'number' ? [length, length] : length;
}

/**
 * End of the run of the alphabet at `from`, at most one past `from + maximum`. The padding of base64 counts;
 * of a UUID the run is all or nothing.
 */
export function bodyEnd(text: string, from: number, alphabet: Alphabet, maximum: number): number {
  if (alphabet === 'uuid') return isUuid(text, from) ? from + uuidLength : from;
  const end = runEnd(text, from, classesByAlphabet[alphabet], from + maximum + 1);
  return alphabet === 'base64' ? runEnd(text, end, EQUALS, Math.min(end + 2, from + maximum + 1)) : end;
}

/** Whether the run that ends at `end` goes on: then what was matched is the head of something else. */
export function goesOn(text: string, end: number, alphabet: Alphabet): boolean {
  const code = text.charCodeAt(end);
  if (isIn(code, classesByAlphabet[alphabet] | ALPHANUMERIC)) return true;
  return alphabet === 'base64' && isIn(code, EQUALS);
}

function isUuid(text: string, from: number): boolean {
  for (let i = 0; i < uuidLength; i++) {
    if (!isAt(text, from + i, uuidDashes.has(i) ? DASH : HEX)) return false;
  }
  return true;
}
