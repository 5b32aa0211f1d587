import { BASE64URL, isAt, isIn, QUOTE, runEnd, runStart, SPACE, startsWord } from '../characters.ts';
import { isPlaceholder } from '../matchers/placeholder.ts';
import { hasSequence } from '../matchers/randomness.ts';
import type { Match } from '../rule.ts';
import { bodyEnd, boundsOf, classesByAlphabet, goesOn } from './alphabets.ts';
import { looksRandom } from './random-body.ts';
import type { NamedFormat } from './row.ts';

/** How far the value may begin from the provider's noun. */
export const namedWindow = 64;
const longestName = 48;
const mostWords = 8;

const credential = /key|token|secret|pass|pwd|auth|cred|pat$|api|access|client|login/;
// Values of the same shape that open nothing: digests, revisions, names of things.
const notCredential =
  /hash|sha\d|md5|checksum|digest|commit|revision|integrity|etag|public|fingerprint|version|(?:^|[_.-])(?:sha|rev|ref|u?id|e?tag|pub|url|uri)$|[a-z]Id$/;
/** Words between the operator and the value: schemes of headers, prefixes of strings. */
const carriers = new Set(['bearer', 'token', 'basic', 'apikey', 'api-key', 'key', 'b', 'r', 'u', 'f']);
const proseOperators = new Set(['is', 'was', 'or', 'to']);

/**
 * The value that is assigned to a name with the provider's noun, as code, configuration, prose, headers and URLs
 * write it. Name and value are on one line, or the value alone on the next where it is quoted or an XML element; another value between them
 * ends the search, because the name belongs to that.
 */
export function matchNamed(
  text: string,
  nounStart: number,
  nounEnd: number,
  format: NamedFormat,
): Match | undefined {
  if (!startsWord(text, nounStart) || !mayHoldValue(text, nounEnd, format)) return undefined;
  const nameStart = runStart(text, nounStart, BASE64URL, nounStart - longestName);
  const nameEnd = runEnd(text, nounEnd, BASE64URL, nounEnd + longestName);
  const before = text.slice(nameStart, nounStart);
  const after = text.slice(nounEnd, nameEnd);
  if (isNotCredential(before) || isNotCredential(after)) return undefined;
  const gap: Gap = {
    isFlag: before.startsWith('--'),
    hasOperator: false,
    isAfterOperator: false,
    isNamed: (before === '' && after === '') || isCredential(before) || isCredential(after),
    words: 0,
  };
  const limit = nounEnd + namedWindow;
  let at = nameEnd;
  while (at < limit && at < text.length) {
    if (!isAt(text, at, BASE64URL)) {
      at = afterSign(text, at, gap);
      if (at === -1) return undefined;
      continue;
    }
    if (gap.isAfterOperator) {
      const end = valueEnd(text, at, format);
      if (end !== -1) return judgedValue(text, at, end, format, gap.isNamed);
    }
    const end = runEnd(text, at, BASE64URL, at + longestName);
    if (end - at === longestName || !readWord(text.slice(at, end), gap)) return undefined;
    at = end;
  }
  return undefined;
}

/** What was read between the name and the value so far. */
interface Gap {
  readonly isFlag: boolean;
  hasOperator: boolean;
  isAfterOperator: boolean;
  isNamed: boolean;
  words: number;
}

/** Whether so many code units of the alphabet stand in a row anywhere in the window: what most names are not before. */
function mayHoldValue(text: string, from: number, { alphabet, length }: NamedFormat): boolean {
  const classes = classesByAlphabet[alphabet];
  // Padding of base64 counts as length.
  const shortest = Math.max(1, boundsOf(alphabet, length)[0] - (alphabet === 'base64' ? 2 : 0));
  // Each such row holds one of these indices.
  for (let at = from + shortest - 1; at < from + namedWindow + shortest; at += shortest) {
    if (!isAt(text, at, classes)) continue;
    const start = runStart(text, at, classes, Math.max(from, at - shortest + 1));
    if (runEnd(text, at, classes, start + shortest) - start === shortest) return true;
  }
  return false;
}

const isCredential = (name: string) => credential.test(name.toLowerCase());
const isNotCredential = (name: string) =>
  name !== '' && (notCredential.test(name) || notCredential.test(name.toLowerCase()));

/** Reads one sign, and returns the index after it, or -1 where no value of the name can follow. */
function afterSign(text: string, at: number, gap: Gap): number {
  const code = text.charCodeAt(at);
  if (isIn(code, QUOTE)) return at + 1;
  switch (text[at]) {
    case ' ':
    case '\t':
      if (gap.isFlag && !gap.hasOperator) operate(gap);
      return at + 1;
    case '\r':
    case '\n':
      return gap.isAfterOperator ? valueOnNextLine(text, at) : -1;
    case '\\':
      return 'nr'.includes(text[at + 1] ?? 'n') ? -1 : at + 1 + Number(text[at + 1] === 't');
    case '=':
    case ':':
    case '>':
    case '|':
      operate(gap);
      return at + 1;
    case '(':
      gap.isAfterOperator = true;
      return at + 1;
    case ',':
      if (gap.hasOperator) return -1;
      gap.isAfterOperator = true;
      return at + 1;
    case '?':
      gap.isAfterOperator = gap.isAfterOperator || text[at + 1] === '?' || text[at - 1] === '?';
      return at + 1;
    case '[':
    case '{':
      return at + 1;
    case ';':
    case '}':
    case '$':
      return -1;
    default:
      gap.isAfterOperator = false;
      return at + 1;
  }
}

function operate(gap: Gap): void {
  gap.hasOperator = true;
  gap.isAfterOperator = true;
}

/** Where the next line begins with a quote, or goes on inside an XML element; else -1. */
function valueOnNextLine(text: string, at: number): number {
  const next = runEnd(text, at, SPACE, at + namedWindow);
  return isAt(text, next, QUOTE) || text[at - 1] === '>' ? next : -1;
}

/** Reads one word that is not the value; false where the search ends. */
function readWord(word: string, gap: Gap): boolean {
  const lower = word.toLowerCase();
  if (gap.isAfterOperator && carriers.has(lower)) return true;
  if (proseOperators.has(lower)) {
    gap.isAfterOperator = true;
    return true;
  }
  gap.isAfterOperator = false;
  if (isNotCredential(word)) return false;
  gap.isNamed ||= credential.test(lower);
  return ++gap.words <= mostWords;
}

/** End of a value of the alphabet and length that stands alone, or -1. */
function valueEnd(text: string, from: number, { alphabet, length }: NamedFormat): number {
  const [minimum, maximum] = boundsOf(alphabet, length);
  const end = bodyEnd(text, from, alphabet, maximum);
  if (end - from < minimum || end - from > maximum || goesOn(text, end, alphabet)) return -1;
  const next = text[end] ?? ' ';
  if ('_-+/=([~'.includes(next)) return -1;
  // A sentence may end after it; a path or a member access may not go on.
  return next === '.' && isAt(text, end + 1, BASE64URL) ? -1 : end;
}

function judgedValue(
  text: string,
  start: number,
  end: number,
  { alphabet }: NamedFormat,
  isNamed: boolean,
): Match | undefined {
  const value = text.slice(start, end);
  // Hex, UUIDs and numbers are the look of ids and digests too: the name has to say more than the provider.
  const isPlain = /^[\da-fA-F-]+$/.test(value);
  if ((isPlain && !isNamed) || !looksRandom(value, alphabet) || isPlaceholder(value)) return undefined;
  return { start, end, confidence: hasSequence(value) ? 'low' : 'medium' };
}
