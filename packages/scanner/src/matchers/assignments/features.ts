import { ALPHANUMERIC, classesOf, DIGIT, isIn, LETTER, UPPER } from '../../characters.ts';
import type { AssignedValue } from '../assignment.ts';
import type { Identifier, Noun } from '../identifier.ts';
import { nounOf, wordsOf } from '../identifier.ts';
import { isStandInPhrase, isTemplate, isWeakWord } from '../placeholder.ts';
import { changesOfClass, entropy, hasSequence, looksRandom } from '../randomness.ts';
import type { Operator } from './operator.ts';
import { operators } from './operator.ts';

/** What stands in the text, before anything is judged. */
export interface Assignment {
  readonly text: string;
  readonly name: Identifier;
  readonly noun: Noun;
  readonly value: AssignedValue;
}

const uuid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;
const memberAccess = /^(?:[A-Za-z_$@][\w$]*(?:\[\w*\])?(?:\??\.|::|->))+[A-Za-z_$][\w$!?]*$/;
const pointer = /^[&*@:][A-Za-z_]|^[#.][a-z][a-z_-]*$|^\$[A-Za-z_{][\w:.]*$/;
const location =
  /^(?:\.{0,2}\/|~|[A-Za-z]:\\)|:\/\/|^(?:file|vault|secret|arn|ref|env|op|ssm|sops|keychain):/i;
const fileName =
  /\.(?:pem|key|crt|cer|p12|jks|json|ya?ml|txt|env|php|html?|jsx?|tsx?|py|rb|go|java|properties|xml|conf|creds|sh|md)$/i;
const wordList = /^[A-Za-z]+\d{0,2}(?:[-_./:+ ][A-Za-z]*\d{0,2})+$/;
const lowerWord = /^[a-z]+$/;
const bareWord = /^[A-Za-z_]+$/;
// `BASE64URL`, `AES_128_GCM`.
const numberedConstant = /^[A-Z][A-Z_]{1,24}\d{1,3}[A-Z_]{0,16}\d{0,3}$/;
const numeric = /^[\d.,:/+_-]+$/;
const shortNumber = /^0x[\da-f]{1,16}$/i;
// Modular crypt format: the hash of a password, which opens nothing by itself.
const passwordHash =
  /^\$(?:2[abxy]?|argon2\w*|[156y]|apr1|scrypt|pbkdf2[\w-]*)\$|^\{(?:SSHA|SHA|CRYPT|bcrypt)\}|^(?:pbkdf2|scrypt|sha\d{1,3})[:$]/i;
const literal = /^(?:true|false|null|none|nil|undefined|yes|no|self|this|True|False|None)$/;
const typeName =
  /^(?:string|str|number|int|bool|boolean|bytes?|object|any|unknown|void|char|text|varchar|uuid|(?:[A-Z]+[a-z]+\d{0,3}){2,}|(?:U?[Ii]nt|Float|Sha|Base|Vec)\d{1,3}|String|Buffer|Optional|Option|Text)$/;
const userBefore =
  /(?:user|user id|username|login|account|uid|email)["'\]\\]{0,3}[ \t]*(?:[:=,]|=>)[^\n]{1,48}$/i;
// `testpassword`, `mysecret`: what nobody would choose but in an example.
const glued =
  /^(?:test|new|old|my|some|wrong|bad|good|the|user|admin|default|fake|dev|root|db|strong|secure|secret|super|plain)+_?(?:password|passwd|pass|pwd|secret|token|key)\d{0,3}!?$/i;
const reference =
  /^(?:public|the|my|some|any|a|an|new|old|test|fake|good|bad|wrong|nice|example|sample|initial|encrypted)[-_ .]/i;

// Alphabets and patterns, which `key` and `pat` name as well.
const unlikeKey = /[()[\]{}|*^\\<>]|ABCDEF|abcdef|012345/;

/** What the features look at; the costlier parts are worked out once, and only when asked for. */
export class Facts {
  readonly text: string;
  readonly name: Identifier;
  readonly noun: Noun;
  readonly value: AssignedValue;
  readonly secret: string;
  readonly nameText: string;
  /** Classes of `characters.ts` in the secret. */
  readonly classes: number;
  /** `NAME` in capitals. */
  readonly isConstant: boolean;
  /** `name=value`, without blanks. */
  readonly isTight: boolean;
  #before: string | undefined;
  #isConnection: boolean | undefined;
  #isRandom: boolean | undefined;

  constructor({ text, name, noun, value }: Assignment) {
    this.text = text;
    this.name = name;
    this.noun = noun;
    this.value = value;
    this.secret = text.slice(value.start, value.end);
    this.nameText = text.slice(name.start, name.end);
    this.classes = classesOf(this.secret);
    this.isConstant = /^[A-Z][A-Z\d_]+$/.test(this.nameText);
    this.isTight = text[name.end] === '=' && value.start === name.end + 1;
  }

  /** What stands before the name on its line, at most 120 code units. */
  get before(): string {
    if (this.#before === undefined) {
      const earlier = this.text.slice(Math.max(0, this.name.start - 120), this.name.start);
      this.#before = earlier.slice(earlier.lastIndexOf('\n') + 1);
    }
    return this.#before;
  }

  /** `host=h; password=v`. */
  get isConnection(): boolean {
    this.#isConnection ??=
      !this.value.isQuoted &&
      this.value.operator === 'equals' &&
      (/\w=[^;\n]*; ?$/.test(this.before) || /^; ?[A-Za-z][\w ]{1,24}=/.test(this.after(28)));
    return this.#isConnection;
  }

  get isRandom(): boolean {
    this.#isRandom ??= looksRandom(this.secret);
    return this.#isRandom;
  }

  /** What follows the value. */
  after(length: number): string {
    return this.text.slice(this.value.end, this.value.end + length);
  }
}

export type Feature = readonly [name: string, holds: (facts: Facts) => boolean];

const ifBare =
  (holds: (facts: Facts) => boolean) =>
  (facts: Facts): boolean =>
    !facts.value.isQuoted && holds(facts);

/**
 * All features but those of `classesOfFacts` and `entropyClassOf`. What is cheap and what refutes by itself stands first: `score.ts` stops
 * where nothing that follows could make up for it.
 */
export const features: readonly Feature[] = [
  ['bare', ({ value }) => !value.isQuoted],
  ['wrapped', ({ value }) => value.isWrapped],
  ['environment', ({ isConstant, isTight }) => isConstant && isTight],
  [
    'name again',
    ifBare(
      ({ secret, nameText, isConstant, isTight }) => !(isConstant && isTight) && isSameName(secret, nameText),
    ),
  ],
  ['weak, not random', ({ noun, isRandom }) => noun === 'weak' && !isRandom],
  ['literal', ifBare(({ secret }) => literal.test(secret))],
  ['type', ifBare(({ secret, value }) => value.operator === 'colon' && typeName.test(secret))],
  ['short number', ({ secret }) => shortNumber.test(secret)],
  ['template', ({ secret }) => isTemplate(secret)],
  ['location', ({ secret }) => location.test(secret)],
  [
    'member access',
    ({ secret, value, classes }) =>
      memberAccess.test(secret) && !hasRandomPart(secret, classes, value.isQuoted),
  ],
  ['password hash', ({ secret }) => passwordHash.test(secret)],
  [
    'prose',
    ifBare((facts) => /^[A-Za-z'-]+[=?]?$/.test(facts.secret) && !facts.isConnection && isProse(facts)),
  ],
  ['weak, not random', ({ noun, secret }) => noun === 'weak' && unlikeKey.test(secret)],
  ['stand-in', ({ secret }) => isStandInPhrase(secret)],
  ['pointer or variable', ({ secret }) => pointer.test(secret)],
  ['file name', ({ secret }) => fileName.test(secret)],
  ['compared with a weak word', ({ secret, value }) => value.operator === 'compare' && isWeakWord(secret)],
  [
    'key, bare word',
    ifBare(({ noun, isTight, secret }) => noun !== 'password' && !isTight && bareWord.test(secret)),
  ],
  ['key, not random', ({ noun, isRandom }) => noun === 'key' && !isRandom],
  ['uuid', ({ secret }) => uuid.test(secret)],
  ['one word', ({ secret }) => lowerWord.test(secret)],
  ['word list', ({ secret }) => wordList.test(secret) && !lowerWord.test(secret)],
  ['constant', ({ secret }) => /^[A-Z][A-Z_]+$/.test(secret)],
  ['constant', ifBare(({ secret, isConstant }) => !isConstant && numberedConstant.test(secret))],
  ['glued words', ({ secret }) => glued.test(secret)],
  ['camel case', ({ secret }) => /^[a-z]+(?:[A-Z][a-z]+)+$/.test(secret)],
  ['expression', (facts) => facts.value.isQuoted && /^\\?["'`](?:\.[a-z]|\s?\+)/.test(facts.after(4))],
  ['statement', ifBare((facts) => !facts.isConnection && /^\s*[;)]/.test(facts.after(2)))],
  ['described', ({ secret }) => reference.test(secret)],
  ['numeric', ({ secret }) => numeric.test(secret)],
  ['names a secret', ({ secret }) => namesASecret(secret)],
  ['comment', ({ before }) => /^\s*(?:\/\/|#|\*|--|;)/.test(before)],
  ['weak word', ({ secret }) => isWeakWord(secret)],
  ['versioned word', ({ secret }) => /^[a-z]+\d{1,3}$|^v?\d+(?:\.\d+)+/i.test(secret)],
  ['sequence', ({ secret }) => hasSequence(secret.toLowerCase())],
  ['letters and digits', ({ classes }) => (classes & LETTER) !== 0 && (classes & DIGIT) !== 0],
  ['digits inside', ({ secret }) => /[a-z]\d+[a-z]/i.test(secret)],
  ['symbol', ({ secret }) => /[^A-Za-z0-9._:/+=-]/.test(secret)],
  ['switches', ({ secret }) => changesOfClass(secret) * 3 >= secret.length],
  ['random', ({ isRandom }) => isRandom],
  [
    'settings line',
    ifBare(
      (facts) =>
        /^[\s#-]*(?:export |ENV |-e )?$/.test(facts.before) && /^(?:\r?\n|\s*$)/.test(facts.after(2)),
    ),
  ],
  ['connection string', ({ isConnection }) => isConnection],
  ['user before', ({ text, name }) => userBefore.test(text.slice(Math.max(0, name.start - 80), name.start))],
];

// Written out once: strings that are put together anew are slow to look up.
const nounFeatures: Readonly<Record<Noun, string>> = {
  password: 'noun: password',
  key: 'noun: key',
  weak: 'noun: weak',
};
const operatorFeatures = Object.fromEntries(
  operators.map((operator) => [operator, `operator: ${operator}`]),
) as Readonly<Record<Operator, string>>;

/** Features of which exactly one holds, and which cost nothing. */
export function classesOfFacts({ noun, value, secret }: Facts): string[] {
  return [nounFeatures[noun], operatorFeatures[value.operator], lengthClass(secret.length)];
}

export const entropyClassOf = ({ secret }: Facts): string => entropyClass(entropy(secret));

/** The names of the features that hold. */
export function featuresOf(assignment: Assignment): string[] {
  const facts = new Facts(assignment);
  const held = features.filter(([, holds]) => holds(facts)).map(([name]) => name);
  return [...classesOfFacts(facts), ...held, entropyClassOf(facts)];
}

/**
 * Whether a part between dots is no identifier: tokens of several parts look like access to a member. Without quotes
 * no part may be a word.
 */
function hasRandomPart(secret: string, classes: number, isQuoted: boolean): boolean {
  if (!isQuoted && (classes & DIGIT) === 0) return false;
  const parts = secret.split('.');
  return isQuoted
    ? parts.some(looksRandom)
    : parts.every((part) => /\d/.test(part) && !/[a-z]{6}/.test(part)) && parts.some(looksRandom);
}

/** A letters-only value that may as well be the next word of a sentence. */
function isProse({ text, name, value }: Facts): boolean {
  if (value.operator === 'prose' || value.operator === 'flag') return true;
  const isCapital = /^[A-Z][a-z]/.test(text.slice(name.start, name.start + 2));
  if (isCapital && !(value.operator === 'equals' && value.start === name.end + 1)) return true;
  const isSpaced = value.operator === 'colon' && value.start > name.end + 1;
  if (isSpaced && /[a-z] $/.test(text.slice(name.start - 2, name.start))) return true;
  return /^[.!?]? [A-Za-z]{2}/.test(text.slice(value.end, value.end + 4));
}

function lengthClass(length: number): string {
  if (length < 4) return 'length: 1–3';
  if (length < 6) return 'length: 4–5';
  if (length < 8) return 'length: 6–7';
  if (length < 12) return 'length: 8–11';
  if (length < 20) return 'length: 12–19';
  return length < 32 ? 'length: 20–31' : 'length: 32+';
}

function entropyClass(bits: number): string {
  if (bits < 2) return 'entropy: 0–2';
  if (bits < 2.6) return 'entropy: 2–2.6';
  if (bits < 3.2) return 'entropy: 2.6–3.2';
  if (bits < 3.8) return 'entropy: 3.2–3.8';
  return bits < 4.3 ? 'entropy: 3.8–4.3' : 'entropy: 4.3+';
}

/** `password: 'password-field'`, `token = authToken`, `TOKEN_PATH`: the name of the thing again. */
function namesASecret(value: string): boolean {
  if (!/^[#$]?[A-Za-z_\-.:/]+$/.test(value)) return false;
  const words = wordsOf(value.replace(/[.:/#$]/g, '-'));
  return words.some((_, i) => isNoun(words.slice(0, i + 1))) || words.includes('key');
}

function isNoun(words: readonly string[]): boolean {
  const noun = nounOf(words);
  return noun === 'password' || noun === 'key';
}

/** Whether the letters and digits are the same, case apart. Mostly the first ones tell. */
function isSameName(value: string, name: string): boolean {
  let [i, j] = [0, 0];
  for (;;) {
    while (i < value.length && !isIn(value.charCodeAt(i), ALPHANUMERIC) && value.charCodeAt(i) < 128) i++;
    while (j < name.length && !isIn(name.charCodeAt(j), ALPHANUMERIC) && name.charCodeAt(j) < 128) j++;
    if (i === value.length && j === name.length) return true;
    // Zero is at the end only: as a code unit it was passed over.
    const a = i < value.length ? value.charCodeAt(i) : 0;
    const b = j < name.length ? name.charCodeAt(j) : 0;
    // Some letters beyond ASCII have small ones in it.
    if (a > 127 || b > 127) return normalised(value) === normalised(name);
    if (lowerOf(a) !== lowerOf(b)) return false;
    i++;
    j++;
  }
}

const lowerOf = (code: number) => (isIn(code, UPPER) ? code + 32 : code);

const normalised = (text: string) => text.toLowerCase().replace(/[^a-z\d]/g, '');
