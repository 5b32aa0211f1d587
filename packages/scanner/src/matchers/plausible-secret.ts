import { classesOf, DIGIT, HEX, LETTER, LOWER, runEnd, UPPER } from '../characters.ts';
import type { Noun } from './identifier.ts';
import { nounOf, wordsOf } from './identifier.ts';
import { isPlaceholder } from './placeholder.ts';
import { entropy } from './randomness.ts';

const uuid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;
const reference = /^(?:[A-Za-z_$][\w$]*(?:\??\.|::|->))+[A-Za-z_$][\w$]*$|^[@&*][A-Za-z_]/;
const location = /^(?:\.{0,2}\/|~|[A-Za-z]:\\)|:\/\/|^(?:file|vault|secret|arn|ref|env|op|ssm|sops):/i;
const fileName = /\.(?:pem|key|crt|json|ya?ml|txt|env|php|html?|js|ts|py|properties|xml)$/i;
const wordList = /^[A-Za-z]+\d{0,2}(?:[-_./: ][A-Za-z]*\d{0,2})+$/;
const numeric = /^[\d.,:/+_-]+$/;
// Modular crypt format: the hash of a password, which opens nothing by itself.
const passwordHash = /^\$(?:2[abxy]?|argon2\w*|[156y]|scrypt|pbkdf2[\w-]*)\$/;
const shortNumber = /^0x[\da-f]{1,16}$/i;
const inserted = /[{}]|%[sd]|\$\(/;

/**
 * Whether a value assigned to such a name is likely the secret itself, and no placeholder, template, code
 * reference, location, identifier, UUID, number or word. Bare values (not quoted) may be code or prose, so
 * they have to look random.
 */
export function isPlausibleSecret(value: string, noun: Noun, isQuoted: boolean): boolean {
  if (value.length < (noun === 'password' ? 6 : 8) || /\s/.test(value)) return false;
  if (isPlaceholder(value) || inserted.test(value) || uuid.test(value)) return false;
  if (location.test(value) || fileName.test(value) || reference.test(value)) return false;
  if (passwordHash.test(value) || shortNumber.test(value) || namesASecret(value)) return false;
  return noun === 'password' ? isPlausiblePassword(value, isQuoted) : isPlausibleKey(value);
}

/** `password: 'password-field'`, `token = authToken`, `TOKEN_PATH`: the name of the thing again. */
function namesASecret(value: string): boolean {
  if (!/^[#$]?[A-Za-z_\-.:/]+$/.test(value)) return false;
  const words = wordsOf(value.replace(/[.:/#$]/g, '-'));
  return words.some((_, i) => nounOf(words.slice(0, i + 1)) !== undefined) || words.includes('key');
}

function isPlausiblePassword(value: string, isQuoted: boolean): boolean {
  const classes = classesOf(value);
  if (numeric.test(value)) return isQuoted && /^\d{6,12}$/.test(value);
  const hasLetter = (classes & LETTER) !== 0;
  const hasDigit = (classes & DIGIT) !== 0;
  const hasSymbol = /[^A-Za-z0-9._:/-]/.test(value);
  if (!isQuoted) return hasLetter && (hasDigit || hasSymbol) && !/^[A-Za-z]+[=?]$/.test(value);
  if (wordList.test(value) && !hasDigit) return false;
  return hasLetter;
}

function isPlausibleKey(value: string): boolean {
  if (numeric.test(value) || wordList.test(value)) return false;
  const classes = classesOf(value);
  const bits = entropy(value);
  const isHex = runEnd(value, 0, HEX, value.length) === value.length;
  if (isHex) return value.length >= 16 && bits >= 2.8;
  if ((classes & LETTER) === 0) return false;
  if ((classes & DIGIT) !== 0) return bits >= (value.length >= 20 ? 3.3 : 2.6) && !isVersioned(value);
  // Letters only: long, of mixed case and without the regular humps of camel case.
  const isMixed = (classes & UPPER) !== 0 && (classes & LOWER) !== 0;
  return isMixed && value.length >= 16 && bits >= 3.6 && changesOfCase(value) * 4 >= value.length;
}

/** A name with a number: `section2`, `utf8-decoder`, `v2`. */
const isVersioned = (value: string) => /^[a-z]+\d{1,3}$/i.test(value) || /^v?\d+(?:\.\d+)+/.test(value);

function changesOfCase(value: string): number {
  let changes = 0;
  for (let i = 1; i < value.length; i++) {
    const classes = classesOf(value[i]!) ^ classesOf(value[i - 1]!);
    if ((classes & LETTER) === LETTER) changes++;
  }
  return changes;
}
