import { ALPHANUMERIC, isAt, runStart, startsToken } from '../characters.ts';
import { hasSequence, isStandIn } from '../matchers/randomness.ts';
import type { Match } from '../rule.ts';
import { boundsOf, classesByAlphabet } from './alphabets.ts';
import type { ShapeFormat } from './row.ts';

/** Matches the pattern from its keyword on, in no more text than the format declares. */
export function matchShape(text: string, start: number, format: ShapeFormat): Match | undefined {
  const { pattern, maximumLength } = format;
  const tokenStart = startOf(text, start, format);
  if (tokenStart === -1) return undefined;
  const window = text.slice(start, start + maximumLength);
  pattern.lastIndex = 0;
  const found = pattern.exec(window);
  if (found === null || found.index !== 0 || found[0] === '') return undefined;
  const length = found[0].length;
  const isInWord = isAt(text, start + length - 1, ALPHANUMERIC) && isAt(text, start + length, ALPHANUMERIC);
  if (isInWord) return undefined;
  const [from, to] = found.indices?.groups?.secret ?? [0, length];
  // The keyword is public and may hold any word: what looks invented is judged after it.
  const secret = window.slice(from === 0 ? format.keyword.length : from, to);
  if (isStandIn(secret)) return undefined;
  const isWhole = from === 0 && tokenStart === start;
  const match: Match = {
    start: from === 0 ? tokenStart : start + from,
    end: start + to,
    publicPrefix: isWhole ? format.keyword.length : 0,
  };
  return hasSequence(secret) ? { ...match, confidence: 'medium' } : match;
}

/** Where the token begins, or -1 when the keyword stands inside a word or lacks what belongs before it. */
function startOf(text: string, start: number, { before }: ShapeFormat): number {
  if (before === undefined) {
    return isAt(text, start, ALPHANUMERIC) && !startsToken(text, start) ? -1 : start;
  }
  // In a run of one letter each place looks like a keyword: where the length is fixed, the start tells at once.
  const { alphabet, length: fixed } = before;
  if (typeof fixed === 'number' && !startsToken(text, start - fixed)) return -1;
  const [minimum, maximum] = boundsOf(alphabet, fixed);
  // One look tells most: a run that is long enough holds the code unit so far before.
  if (minimum > 0 && !isAt(text, start - minimum, classesByAlphabet[alphabet])) return -1;
  const from = runStart(text, start, classesByAlphabet[alphabet], start - maximum);
  const length = start - from;
  return length >= minimum && startsToken(text, from) ? from : -1;
}
