import { BASE64URL, DIGIT, isIn, LETTER, LOWER, runEnd, runStart, UPPER } from '../characters.ts';

/** Code units of an identifier to each side of its keyword. */
export const longestPart = 48;

/** An identifier around a keyword: `DB_PASSWORD`, `clientSecret`, `api-key`. Dots separate identifiers. */
export interface Identifier {
  readonly start: number;
  readonly end: number;
}

/**
 * The identifier that contains `[from, to)`, at most 48 code units to each side; undefined when it is longer, or may not
 * end where it does.
 */
export function identifierAround(
  text: string,
  from: number,
  to: number,
  mayEnd: (text: string, end: number) => boolean = () => true,
): Identifier | undefined {
  const end = runEnd(text, to, BASE64URL, to + longestPart);
  if (end - to === longestPart || !mayEnd(text, end)) return undefined;
  let start = runStart(text, from, BASE64URL, from - longestPart);
  if (from - start === longestPart) return undefined;
  // The letter of an escaped newline is no part of the name.
  if (text[start - 1] === '\\' && 'nrt'.includes(text[start] ?? ' ') && start < from) start++;
  return { start, end };
}

/**
 * Which kind of secret the identifier names, see `nounOf`. A text has few names and repeats them: the last answers about
 * one text are kept, by the length and the ends of the name.
 */
export function nounAt(text: string, name: Identifier): Noun | undefined {
  if (known.text !== text) known.ends.fill(0);
  // Also where it is equal: two copies of a text are compared letter by letter, one with itself is not.
  known.text = text;
  const { start, end } = name;
  const place = (end - start + 5 * text.charCodeAt(start) + 3 * text.charCodeAt(end - 1)) % mostKnown;
  if (isSame(text, start, end, known.starts[place]!, known.ends[place]!)) return known.nouns[place];
  const words = wordsAt(text, name);
  const noun = nounOf(words);
  // What a lone `key` names, the word before it says.
  if (words.includes('key') && words.length <= 2) return noun;
  known.starts[place] = start;
  known.ends[place] = end;
  known.nouns[place] = noun;
  return noun;
}

const mostKnown = 64;
const known = {
  text: '',
  starts: new Uint32Array(mostKnown),
  ends: new Uint32Array(mostKnown),
  nouns: new Array<Noun | undefined>(mostKnown),
};

function isSame(text: string, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  if (otherEnd - otherStart !== end - start) return false;
  for (let i = end - start - 1; i >= 0; i--)
    if (text.charCodeAt(start + i) !== text.charCodeAt(otherStart + i)) return false;
  return true;
}

/** Words of the identifier; of a lone `key` in prose (`the API key: …`) with the word before it. */
export function wordsAt(text: string, { start, end }: Identifier): string[] {
  const words = wordsOf(text.slice(start, end));
  if (words.length !== 1 || words[0] !== 'key' || text[start - 1] !== ' ') return words;
  const before = runStart(text, start - 1, LETTER, start - 17);
  return [text.slice(before, start - 1).toLowerCase(), 'key'];
}

/** Words of an identifier, lower-case: `myAPIKey_2` has my, api, key, 2. */
export function wordsOf(identifier: string): string[] {
  const words: string[] = [];
  let start = 0;
  for (let i = 0; i < identifier.length; i++) {
    const code = identifier.charCodeAt(i);
    const isSeparator = code === 45 || code === 95;
    if (!isSeparator && !(isIn(code, UPPER) && beginsHump(identifier, i))) continue;
    if (i > start) words.push(identifier.slice(start, i).toLowerCase());
    start = isSeparator ? i + 1 : i;
  }
  if (start < identifier.length) words.push(identifier.slice(start).toLowerCase());
  return words;
}

/** Whether the capital at `at` follows a small letter, or ends an acronym. */
function beginsHump(identifier: string, at: number): boolean {
  const before = identifier.charCodeAt(at - 1);
  return isIn(before, LOWER) || (isIn(before, UPPER) && isIn(identifier.charCodeAt(at + 1), LOWER));
}

/** `weak` names any key or account, secret or not: its value has to look random beyond doubt. */
export type Noun = 'password' | 'key' | 'weak';

const passwords = new Set(
  'password passwords passwd pass passphrase passcode pwd pswd pw storepass keypass requirepass'.split(' '),
);
const keys = new Set('secret secrets token apikey credential credentials creds'.split(' '));
// What makes a key a secret one, and `public_key`, `primary_key`, `cache_key`, `sort_key` not.
const keyQualifiers = new Set(
  (
    'api access auth secret private encryption encrypt decryption signing signature sign account master ' +
    'storage shared session app application service subscription admin client hmac jwt cipher license write ' +
    'function host deploy integration server'
  ).split(' '),
);
const notSecrets = new Set(
  (
    'public pub foreign primary cache partition sort next prev previous page pagination continuation cursor ' +
    'csrf xsrf tokenizer max min num count total no has is show hide forgot reset validate verify'
  ).split(' '),
);
// After the noun, words that still name the value itself: `password_prod`, `token2`, `secret_value`.
const trailers = new Set(
  'value string str plain raw text prod production dev development test testing staging stage live default old new current base64 b64 hex key1 key2 primary secondary'.split(
    ' ',
  ),
);
const gluedPassword = /^[a-z]{0,16}(?:password|passwd|passphrase)\d*$/;
const gluedKey =
  /^(?:[a-z]{0,16}(?:secret|token)|[a-z]{0,12}(?:api|secret|access|private|auth|account|master)key)\d*$/;

// English words, and keys of data, that end in `key` or name none.
const notKeys = new Set(
  (
    'monkey donkey turkey hockey jockey whiskey hotkey flunkey lackey mickey hickey smokey passkey keykey rekey ' +
    'id map hash object item dict index lookup group route event row column field table idempotency dedupe i18n ' +
    'translation message label menu tab list react node arrow shortcut press down up code type data query answer ' +
    'issue project jira ssh ssl tls rsa dsa ecdsa ed25519 x509 pem known fingerprint legend any which this the a'
  ).split(' '),
);
const weak = new Set('seed salt pin pat auth authorization nonce signature'.split(' '));
const gluedWeakKey = /^[a-z]{0,16}key\d*$/;

const mayBeKey = (word: string) => word.includes('key') || word.includes('secret') || word.includes('token');

/** Which kind of secret the identifier names by its last noun, or undefined when it names none. */
export function nounOf(words: readonly string[]): Noun | undefined {
  if (words.some((word, i) => notSecrets.has(word) && !(i > 0 && trailers.has(word)))) return undefined;
  let last = words.length - 1;
  while (last > 0 && (trailers.has(words[last]!) || /^\d{1,2}$/.test(words[last]!))) last--;
  const word = words[last] ?? '';
  const bare = isIn(word.charCodeAt(word.length - 1), DIGIT) ? word.replace(/\d{1,2}$/, '') : word;
  if (passwords.has(bare) || (word.includes('pass') && gluedPassword.test(word))) return 'password';
  if (keys.has(bare) || (mayBeKey(word) && gluedKey.test(word))) return 'key';
  if (bare === 'key' && keyQualifiers.has(words[last - 1] ?? '')) return 'key';
  const isKey =
    word.includes('key') &&
    gluedWeakKey.test(word) &&
    !notKeys.has(word) &&
    !notKeys.has(words[last - 1] ?? '');
  return isKey || weak.has(bare) ? 'weak' : undefined;
}
