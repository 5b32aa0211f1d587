import { startsToken } from '../characters.ts';
import { judgeBody } from '../matchers/prefix-token.ts';
import { crossesEnd, isMasked, isStandIn } from '../matchers/randomness.ts';
import type { Match, Verdict } from '../rule.ts';
import { bodyEnd, boundsOf, goesOn } from './alphabets.ts';
import { couldBeRandom } from './random-body.ts';
import type { PrefixFormat } from './row.ts';

/** Matches the format where its keyword, one of its prefixes, stands. */
export function matchPrefix(
  text: string,
  start: number,
  keywordEnd: number,
  format: PrefixFormat,
): Match | undefined {
  if (!startsToken(text, start)) return undefined;
  const length = keywordEnd - start;
  const isPrefix = (candidate: string) => candidate.length === length && text.startsWith(candidate, start);
  if (!format.prefixes.some(isPrefix)) return undefined;
  const whole = tokenEnd(text, keywordEnd, format);
  const end =
    whole === -1
      ? crossesEnd(text, keywordEnd, keywordEnd + boundsOf(format.alphabet, format.length)[1])
      : whole;
  return end === -1 ? undefined : { start, end, publicPrefix: length };
}

/** The verdict on a value, or undefined when it is of another format. */
export function judgePrefix(value: string, format: PrefixFormat): Verdict | undefined {
  const { alphabet, length, suffix = '' } = format;
  for (const prefix of format.prefixes) {
    if (!value.startsWith(prefix)) continue;
    if (crossesEnd(value, prefix.length, value.length) === value.length) return 'masked';
    if (tokenEnd(value, prefix.length, format) !== value.length) continue;
    const body = value.slice(prefix.length, value.length - suffix.length);
    if (isMasked(body)) return 'masked';
    if (isStandIn(body) || !couldBeRandom(body, alphabet)) return 'refuted';
    if (format.judge !== undefined) return format.judge(body);
    return judgeBody(body, typeof length === 'number' || alphabet === 'uuid' ? 'proved' : 'plausible');
  }
  return undefined;
}

/** End of body and suffix, or -1. The suffix may be of the body's own alphabet: then the run holds both. */
function tokenEnd(text: string, from: number, { alphabet, length, suffix = '' }: PrefixFormat): number {
  const [minimum, maximum] = boundsOf(alphabet, length);
  const end = bodyEnd(text, from, alphabet, maximum + suffix.length);
  if (suffix === '') {
    const isAllowed = end - from >= minimum && end - from <= maximum;
    return isAllowed && !goesOn(text, end, alphabet) ? end : -1;
  }
  const isOutside = text.startsWith(suffix, end);
  const tail = isOutside ? end + suffix.length : end;
  const body = tail - suffix.length - from;
  if (!isOutside && !text.startsWith(suffix, tail - suffix.length)) return -1;
  return body >= minimum && body <= maximum && !goesOn(text, tail, alphabet) ? tail : -1;
}
