import { ALPHANUMERIC, DASH, DOT, isAt, runStart, UNDERSCORE } from '../characters.ts';
import type { Match, Rule } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';

const longestLocal = 64;
const host = '[a-z\\d](?:[a-z\\d-]{0,61}[a-z\\d])?';
const bracketed = new RegExp(` ?${host}(?:(?:\\.| ?[[({]dot[\\])}] ?| dot )${host}){1,4}`, 'iy');
/** Spelled out, both signs have to be words: `at` alone is in every sentence, so ` dot ` is what leads here. */
const spelled = new RegExp(`([a-z\\d._-]{1,64}) at (${host})$`, 'i');
const restOfHost = new RegExp(`(?: dot ${host}){1,4}`, 'iy');

/** E-mail addresses written so that machines should not find them: `ada [at] example [dot] org`. */
export const writtenEmail: Rule = {
  id: 'written-email',
  category: 'pii',
  title: 'E-mail address, written out',
  patterns: [
    String.raw`(?i:[a-z\d._-]{1,64} ?(?:[\[({]at[\])}]| at ) ?[a-z\d-]{1,63}(?:(?:\.| ?[\[({]dot[\])}] ?| dot )[a-z\d-]{1,63}){1,4})`,
  ],
  severity: 'low',
  confidence: 'medium',
  keywords: ['[at]', '(at)', '{at}', ' dot '],
  maximumLength: 320,
  match(text, at, keywordEnd) {
    if (text[at] === ' ') return spelledOut(text, at);
    bracketed.lastIndex = keywordEnd;
    if (!bracketed.test(text)) return undefined;
    const end = bracketed.lastIndex;
    if (isAt(text, end, ALPHANUMERIC)) return undefined;
    const localEnd = text[at - 1] === ' ' ? at - 1 : at;
    const start = runStart(text, localEnd, ALPHANUMERIC | DOT | DASH | UNDERSCORE, localEnd - longestLocal);
    const isWhole = isAt(text, start, ALPHANUMERIC) && isAt(text, localEnd - 1, ALPHANUMERIC);
    return localEnd > start && isWhole && /[a-z]{2}$/i.test(text.slice(keywordEnd, end))
      ? { start, end }
      : undefined;
  },
  remediation: {
    steps: [
      'Keep the address only if the purpose needs it and the person was told.',
      'Otherwise replace it with a role (“the customer”) or an internal id.',
    ],
    references: ['https://gdpr-info.eu/art-5-gdpr/'],
  },
  mappings: personalDataMappings,
};

function spelledOut(text: string, dot: number): Match | undefined {
  const before = text.slice(Math.max(0, dot - 2 * longestLocal - 4), dot);
  const found = before.includes(' at ') ? spelled.exec(before) : null;
  if (found === null) return undefined;
  restOfHost.lastIndex = dot;
  restOfHost.test(text);
  const end = restOfHost.lastIndex;
  return end > dot && !isAt(text, end, ALPHANUMERIC) ? { start: dot - found[0].length, end } : undefined;
}
