import { classesOf, DIGIT, LETTER, LOWER, UPPER } from '../characters.ts';
import { entropy } from '../matchers/randomness.ts';
import type { Alphabet } from './row.ts';

/** From this length on, a random body of letters and digits holds both, but for one in some hundreds. */
const tellingLength = 16;

/**
 * Whether a body could have been drawn from its alphabet at random: words in one case, with or without dashes,
 * and numbers in place of hex are identifiers.
 */
export function couldBeRandom(body: string, alphabet: Alphabet): boolean {
  if (body.length < tellingLength || alphabet === 'digits') return true;
  const classes = classesOf(body);
  const isOneCase = (classes & LETTER) !== LETTER;
  switch (alphabet) {
    case 'hex':
    case 'uuid':
      return (classes & DIGIT) !== 0 && (classes & LETTER) !== 0;
    case 'letters':
      return !isOneCase;
    case 'lower-alphanumeric':
    case 'upper-alphanumeric':
      return (classes & DIGIT) !== 0;
    default:
      return (classes & DIGIT) !== 0 || !isOneCase;
  }
}

/** Bits per character that nearly every random body of these lengths exceeds, and words and counters do not. */
function leastEntropy(length: number, alphabet: Alphabet): number {
  if (alphabet === 'digits') return 2;
  if (alphabet === 'hex' || alphabet === 'uuid') return length >= 24 ? 2.9 : 2.3;
  if (length >= 32) return 3.6;
  return length >= 20 ? 3.2 : 2.5;
}

/**
 * As `couldBeRandom`, for bodies without a prefix of their own: enough entropy, digits among the letters, and hex
 * in one case.
 */
export function looksRandom(body: string, alphabet: Alphabet): boolean {
  const classes = classesOf(body);
  if (alphabet === 'hex' && (classes & LETTER) === LETTER && isMixedHex(body)) return false;
  const needsDigit = alphabet !== 'letters' && alphabet !== 'digits' && body.length >= tellingLength;
  if (needsDigit && (classes & DIGIT) === 0) return false;
  if (alphabet !== 'digits' && (classes & (UPPER | LOWER)) === 0) return false;
  return couldBeRandom(body, alphabet) && entropy(body) >= leastEntropy(body.length, alphabet);
}

const isMixedHex = (body: string) => /[a-f]/.test(body) && /[A-F]/.test(body);
