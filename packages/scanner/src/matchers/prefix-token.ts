import { ALPHANUMERIC, isAt, runEnd, startsToken } from '../characters.ts';
import type { Match, Verdict } from '../rule.ts';
import { crossesEnd, hasSequence, isMasked, isStandIn } from './randomness.ts';

/** A provider's token format: public prefix, then a body of one alphabet. */
export interface PrefixFormat {
  /** Case counts. */
  readonly prefix: string;
  /** Classes of `characters.ts`. */
  readonly alphabet: number;
  /** Documented lengths of the body. */
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * Matches the format at `start`: a token boundary, the prefix, and a whole run of the alphabet of an allowed
 * length. A longer run is something else and is refused.
 */
export function matchPrefixToken(text: string, start: number, format: PrefixFormat): Match | undefined {
  const { prefix, alphabet, minimum, maximum } = format;
  if (!text.startsWith(prefix, start) || !startsToken(text, start)) return undefined;
  const from = start + prefix.length;
  const end = runEnd(text, from, alphabet, from + maximum);
  const isWhole = end - from >= minimum && !isAt(text, end, alphabet | ALPHANUMERIC);
  const stop = isWhole ? end : crossesEnd(text, from, from + maximum);
  return stop === -1 ? undefined : { start, end: stop, publicPrefix: prefix.length };
}

/** First format that matches. */
export function matchAnyPrefixToken(
  text: string,
  start: number,
  formats: readonly PrefixFormat[],
): Match | undefined {
  for (const format of formats) {
    const match = matchPrefixToken(text, start, format);
    if (match !== undefined) return match;
  }
  return undefined;
}

/** The verdict on a body without checksum: `sound` unless it is a stand-in or was typed in order. */
export function judgeBody(body: string, sound: Verdict): Verdict {
  if (isMasked(body)) return 'masked';
  if (isStandIn(body)) return 'refuted';
  return hasSequence(body) ? 'doubtful' : sound;
}
