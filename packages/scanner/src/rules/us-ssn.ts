import { ALPHANUMERIC, DASH, DIGIT, isAt, runEnd, startsToken } from '../characters.ts';
import { hasDigit, isAlone } from '../personal-data/context.ts';
import type { Match, Rule } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';

const contextWindow = 40;
const contexts = ['ssn', 'social security', 'social_security', 'social-security', 'socialsecurity'];
// Printed on specimen cards and in advertisements, so void by order of the Social Security Administration.
const voided = new Set(['078051120', '219099999']);

/**
 * Three, two and four digits: with dashes anywhere, with spaces or dots on a line of their own, in one piece
 * only after words that name it. Source: SSA, "Social Security Number Randomization" (no area 000, 666, 900–999, no zero group).
 */
export const usSsn: Rule = {
  id: 'us-ssn',
  category: 'pii',
  title: 'US social security number',
  patterns: [String.raw`[0-9]{3}([-. ]?)[0-9]{2}\1[0-9]{4}`],
  severity: 'high',
  confidence: 'medium',
  keywords: contexts,
  leads: [[0, 3, { next: '-. ', group: [2], behind: '-. ' }]],
  keywordAt: 0,
  maximumLength: 16 + contextWindow + 11,
  match(text, keywordStart, keywordEnd) {
    if (!isAt(text, keywordStart, DIGIT)) return afterContext(text, keywordStart, keywordEnd);
    const dashed = numberAt(text, keywordStart, '-');
    if (dashed !== undefined) return dashed;
    const other = numberAt(text, keywordStart, '.') ?? numberAt(text, keywordStart, ' ');
    if (other === undefined || !isAlone(text, other.start, other.end)) return undefined;
    return { ...other, confidence: 'low', severity: 'low' };
  },
  validate(value) {
    const digits = value.replace(/\D/g, '');
    const area = digits.slice(0, 3);
    const isIssued = area !== '000' && area !== '666' && area < '900';
    if (!isIssued || digits.slice(3, 5) === '00' || digits.slice(5) === '0000') return 'refuted';
    return voided.has(digits) || new Set(digits).size === 1 ? 'refuted' : 'plausible';
  },
  remediation: {
    steps: [
      'Remove the number; refer to the person by an internal id.',
      'Where the law asks for it, keep it encrypted, with logged access and a date of deletion.',
    ],
    references: ['https://www.ssa.gov/employer/randomization.html'],
  },
  mappings: personalDataMappings,
};

/** The number at `start` with one separator throughout, not part of a longer number or name. */
function numberAt(text: string, start: number, separator: string): Match | undefined {
  if (!startsToken(text, start) || isGlued(text, start)) return undefined;
  const width = separator.length;
  const group = start + 3 + width;
  const serial = group + 2 + width;
  const end = serial + 4;
  const isShaped =
    runEnd(text, start, DIGIT, start + 4) === start + 3 + Number(width === 0) &&
    text.startsWith(separator, start + 3) &&
    runEnd(text, group, DIGIT, group + 2) === group + 2 &&
    text.startsWith(separator, group + 2) &&
    runEnd(text, serial, DIGIT, end) === end;
  if (!isShaped || isAt(text, end, ALPHANUMERIC)) return undefined;
  const goesOn = isAt(text, end, DASH) && isAt(text, end + 1, ALPHANUMERIC);
  return goesOn ? undefined : { start, end };
}

function isGlued(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  const isJoint = before === 45 || before === 46 || before === 95 || before === 43;
  return isJoint && isAt(text, start - 2, ALPHANUMERIC);
}

function afterContext(text: string, keywordStart: number, keywordEnd: number): Match | undefined {
  if (!startsToken(text, keywordStart)) return undefined;
  const limit = Math.min(text.length, keywordEnd + contextWindow);
  if (!hasDigit(text, keywordEnd, limit)) return undefined;
  for (let at = keywordEnd; at < limit && text.charCodeAt(at) !== 10; at++) {
    if (!isAt(text, at, DIGIT) || isAt(text, at - 1, DIGIT)) continue;
    for (const separator of ['-', ' ', '']) {
      const match = numberAt(text, at, separator);
      if (match !== undefined) return { ...match, confidence: 'high' };
    }
  }
  return undefined;
}
