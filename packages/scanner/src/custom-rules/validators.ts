import { BASE64, BASE64URL, classesOf, DIGIT, HEX, LETTER, runEnd } from '../characters.ts';
import { hasBase62Checksum, hasLuhnChecksum } from '../checksum.ts';
import { InvalidConfiguration, oneOf, record } from '../files/settings-shape.ts';
import { isPlaceholder, isWeakWord } from '../matchers/placeholder.ts';
import { entropy, hasSequence, looksRandom } from '../matchers/randomness.ts';
import { hasMod97 } from '../personal-data/check-digits.ts';
import type { Verdict } from '../rule.ts';
import { jwt } from '../rules/jwt.ts';

type Judge = (value: string) => Verdict;

const either =
  (is: (value: string) => boolean, yes: Verdict): Judge =>
  (value) =>
    is(value) ? yes : 'refuted';
const allOf = (value: string, classes: number) => runEnd(value, 0, classes, value.length) === value.length;
const withoutPadding = (value: string) => value.replace(/={1,2}$/, '');
const digitsOf = (value: string) => value.replace(/[ -]/g, '');

const defaultBits = 3;

/** By the names that they have in the settings: see docs/operations/scanning.md. */
const judges = {
  'not-placeholder': (value) =>
    isPlaceholder(value) ? 'refuted' : hasSequence(value) ? 'doubtful' : 'plausible',
  'not-a-word': either((value) => !isWeakWord(value) && !/^[a-z]+\d{0,4}$/i.test(value), 'plausible'),
  'letters-and-digits': either((value) => {
    const classes = classesOf(value);
    return (classes & LETTER) !== 0 && (classes & DIGIT) !== 0;
  }, 'plausible'),
  random: either(looksRandom, 'plausible'),
  entropy: either((value) => entropy(value) >= defaultBits, 'plausible'),
  hex: either((value) => allOf(value, HEX), 'plausible'),
  base64: either((value) => value.length % 4 === 0 && allOf(withoutPadding(value), BASE64), 'plausible'),
  base64url: either((value) => allOf(withoutPadding(value), BASE64URL), 'plausible'),
  uuid: either(
    (value) => /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(value),
    'plausible',
  ),
  jwt: (value) => jwt.validate!(value),
  luhn: either((value) => /^\d{2,}$/.test(digitsOf(value)) && hasLuhnChecksum(digitsOf(value)), 'proved'),
  mod97: either((value) => /^[\dA-Z]{5,}$/.test(digitsOf(value)) && hasMod97(digitsOf(value)), 'proved'),
  'crc32-base62': either((value) => /^[\w-]{12,}$/.test(value) && hasBase62Checksum(value), 'proved'),
} satisfies Record<string, Judge>;

export type ValidatorName = keyof typeof judges;
export const validatorNames = Object.keys(judges) as ValidatorName[];

/** A name, or the entropy that a value must have in bits per character. */
export type Validator = ValidatorName | { readonly entropy: number };

/** Throws InvalidConfiguration. */
export function validatorOf(value: unknown, where: string): Validator {
  if (typeof value !== 'object' || value === null) return oneOf(value, where, validatorNames);
  const { entropy: bits } = record(value, where, ['entropy']);
  if (typeof bits !== 'number' || !(bits > 0 && bits <= 8)) {
    throw new InvalidConfiguration(`${where}.entropy must be a number of bits per character, up to 8`);
  }
  return { entropy: bits };
}

/** What all of them say together: one that refutes decides, then one that doubts, then one that proves. */
export function judgeWith(validators: readonly Validator[]): Judge {
  const chosen = validators.map((one): Judge => {
    if (typeof one === 'string') return judges[one];
    return either((value) => entropy(value) >= one.entropy, 'plausible');
  });
  return (value) => {
    const verdicts = new Set(chosen.map((judge) => judge(value)));
    const decisive: readonly Verdict[] = ['refuted', 'masked', 'doubtful', 'proved'];
    return decisive.find((verdict) => verdicts.has(verdict)) ?? 'plausible';
  };
}
