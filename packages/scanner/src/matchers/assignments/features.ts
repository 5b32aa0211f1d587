import { classesOf, DIGIT, HEX, LETTER, LOWER, runEnd, UPPER } from '../../characters.ts';
import type { AssignedValue } from '../assignment.ts';
import type { Identifier, Noun } from '../identifier.ts';
import { nounOf, wordsOf } from '../identifier.ts';
import { isStandInPhrase, isTemplate, isWeakWord } from '../placeholder.ts';
import { changesOfClass, entropy, hasSequence, looksRandom } from '../randomness.ts';

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
const inventedName = /test|fake|dummy|mock|example|sample|invalid|wrong|bad/i;
// `testpassword`, `mysecret`: what nobody would choose but in an example.
const glued =
  /^(?:test|new|old|my|some|wrong|bad|good|the|user|admin|default|fake|dev|root|db|strong|secure|secret|super|plain)+_?(?:password|passwd|pass|pwd|secret|token|key)\d{0,3}!?$/i;
const reference =
  /^(?:public|the|my|some|any|a|an|new|old|test|fake|good|bad|wrong|nice|example|sample|initial|encrypted)[-_ .]/i;

// Alphabets and patterns, which `key` and `pat` name as well.
const unlikeKey = /[()[\]{}|*^\\<>]|ABCDEF|abcdef|012345/;

type Shape = readonly [feature: string, holds: boolean];

/** The names of the features that hold, in the order of the table of weights. */
export function featuresOf(assignment: Assignment): string[] {
  const { text, name, noun, value } = assignment;
  const secret = text.slice(value.start, value.end);
  const features = [`noun: ${noun}`, `operator: ${value.operator}`];
  const shapes = [
    ...shapesOf(secret, text.slice(name.start, name.end), value.isQuoted),
    ...surroundings(assignment),
  ];
  for (const [feature, holds] of shapes) if (holds) features.push(feature);
  const isRandom = looksRandom(secret);
  if (isRandom) features.push('random');
  else if (noun !== 'password') features.push(`${noun}, not random`);
  if (noun === 'weak' && unlikeKey.test(secret)) features.push('weak, not random');
  features.push(lengthClass(secret.length), entropyClass(entropy(secret)));
  return features;
}

function shapesOf(secret: string, name: string, isQuoted: boolean): Shape[] {
  const classes = classesOf(secret);
  const [hasDigit, hasUpper, hasLower] = [DIGIT, UPPER, LOWER].map((kind) => (classes & kind) !== 0);
  const isWord = /^[a-z]+$/.test(secret);
  const isHex = secret.length >= 16 && runEnd(secret, 0, HEX, secret.length) === secret.length;
  const letters = (classes & LETTER) !== 0;
  return [
    ['template', isTemplate(secret)],
    ['stand-in', isStandInPhrase(secret)],
    ['weak word', isWeakWord(secret)],
    ['member access', memberAccess.test(secret) && !hasRandomPart(secret, isQuoted)],
    ['pointer or variable', pointer.test(secret)],
    ['location', location.test(secret)],
    ['file name', fileName.test(secret)],
    ['uuid', uuid.test(secret)],
    ['numeric', numeric.test(secret)],
    ['versioned word', /^[a-z]+\d{1,3}$|^v?\d+(?:\.\d+)+/i.test(secret)],
    ['short number', shortNumber.test(secret)],
    ['password hash', passwordHash.test(secret)],
    ['names a secret', namesASecret(secret)],
    ['says its name', normalised(secret) === normalised(name)],
    ['glued words', glued.test(secret)],
    ['described', reference.test(secret)],
    ['word list', wordList.test(secret) && !isWord],
    ['one word', isWord],
    ['constant', /^[A-Z][A-Z_]+$/.test(secret)],
    ['camel case', /^[a-z]+(?:[A-Z][a-z]+)+$/.test(secret)],
    ['letters and digits', letters && hasDigit === true],
    ['digits inside', /[a-z]\d+[a-z]/i.test(secret)],
    ['both cases', hasUpper === true && hasLower === true],
    ['symbol', /[^A-Za-z0-9._:/+=-]/.test(secret)],
    ['hex', isHex],
    ['switches', changesOfClass(secret) * 3 >= secret.length],
    ['sequence', hasSequence(secret.toLowerCase())],
  ];
}

/**
 * Whether a part between dots is no identifier: tokens of several parts look like access to a member. Without quotes
 * no part may be a word.
 */
function hasRandomPart(secret: string, isQuoted: boolean): boolean {
  const parts = secret.split('.');
  return isQuoted
    ? parts.some(looksRandom)
    : parts.every((part) => /\d/.test(part) && !/[a-z]{6}/.test(part)) && parts.some(looksRandom);
}

function surroundings({ text, name, noun, value }: Assignment): Shape[] {
  const earlier = text.slice(Math.max(0, name.start - 120), name.start);
  const before = earlier.slice(earlier.lastIndexOf('\n') + 1);
  const nameText = text.slice(name.start, name.end);
  const isConstant = /^[A-Z][A-Z\d_]+$/.test(nameText);
  const isConnection = !value.isQuoted && value.operator === 'equals' && /\w=[^;\n]*; ?$/.test(before);
  const isTight = text[name.end] === '=' && value.start === name.end + 1;
  const after = text.slice(value.end, value.end + 2);
  const secret = text.slice(value.start, value.end);
  const isLetters = /^[A-Za-z'-]+[=?]?$/.test(secret);
  const around = text.slice(Math.max(0, name.start - 80), name.start);
  return [
    ['bare', !value.isQuoted],
    ['wrapped', value.isWrapped],
    [
      'name again',
      !value.isQuoted && !(isConstant && isTight) && normalised(secret) === normalised(nameText),
    ],
    ['type', !value.isQuoted && value.operator === 'colon' && typeName.test(secret)],
    ['literal', !value.isQuoted && literal.test(secret)],
    ['key, bare word', noun !== 'password' && !isTight && !value.isQuoted && /^[A-Za-z_]+$/.test(secret)],
    ['compared with a weak word', value.operator === 'compare' && isWeakWord(secret)],
    ['expression', value.isQuoted && /^\\?["'`](?:\.[a-z]|\s?\+)/.test(text.slice(value.end, value.end + 4))],
    ['prose', !value.isQuoted && isLetters && !isConnection && isProse(text, name, value)],
    ['environment', isConstant && isTight],
    [
      'settings line',
      !value.isQuoted && /^[\s#-]*(?:export |ENV |-e )?$/.test(before) && /^(?:\r?\n|\s*$)/.test(after),
    ],
    ['in braces', !value.isQuoted && /[{,][^{}]*$/.test(before)],
    ['user before', userBefore.test(around)],
    ['comment', /^\s*(?:\/\/|#|\*|--|;)/.test(before)],
    ['invented name', inventedName.test(nameText)],
    ['connection string', isConnection],
    ['statement', !isConnection && !value.isQuoted && /^\s*[;)]/.test(after)],
  ];
}

/** A letters-only value that may as well be the next word of a sentence. */
function isProse(text: string, name: Identifier, value: AssignedValue): boolean {
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

const normalised = (text: string) => text.toLowerCase().replace(/[^a-z\d]/g, '');
