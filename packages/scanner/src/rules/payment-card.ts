import { ALPHANUMERIC, DASH, DIGIT, DOT, isAt, isIn, startsToken } from '../characters.ts';
import { hasLuhnChecksum } from '../checksum.ts';
import type { Lead } from '../leads.ts';
import type { Match, Rule } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';

/** Issuer ranges of ISO/IEC 7812 as the networks publish them: first and last prefix, lengths. */
const issuers: readonly (readonly [first: number, last: number, lengths: readonly number[]])[] = [
  [4, 4, [13, 16, 19]], // Visa
  [51, 55, [16]], // Mastercard
  [2221, 2720, [16]], // Mastercard
  [34, 34, [15]], // American Express
  [37, 37, [15]], // American Express
  [300, 305, [14, 16]], // Diners Club
  [36, 36, [14, 16]], // Diners Club
  [38, 39, [14, 16]], // Diners Club
  [6011, 6011, [16, 19]], // Discover
  [644, 659, [16, 19]], // Discover
  [3528, 3589, [16, 19]], // JCB
  [62, 62, [16, 17, 18, 19]], // UnionPay
  [309, 309, [14, 16]], // Diners Club
  [2200, 2204, [16, 17, 18, 19]], // Mir
  [5018, 5018, [13, 15, 16, 18, 19]], // Maestro
  [5020, 5020, [13, 15, 16, 18, 19]], // Maestro
  [5038, 5038, [13, 15, 16, 18, 19]], // Maestro
  [6304, 6304, [13, 15, 16, 18, 19]], // Maestro
  [6759, 6759, [13, 15, 16, 18, 19]], // Maestro
  [6761, 6763, [13, 15, 16, 18, 19]], // Maestro
  [506099, 506198, [16, 19]], // Verve
  [508, 508, [16]], // RuPay
  [6062, 6062, [16]], // Hipercard
  [9792, 9792, [16]], // Troy
];

const longest = 19 + 6;

/**
 * 13 to 19 digits of a known issuer with a right check digit, in one piece or in groups with one kind of
 * separator. In one piece a tenth of all numbers pass, so that confidence is medium there.
 */
export const paymentCard: Rule = {
  id: 'payment-card',
  category: 'pii',
  title: 'Payment card number',
  patterns: ['[0-9](?:[ .-]?[0-9]){12,18}'],
  severity: 'high',
  confidence: 'high',
  keywords: [],
  leads: [
    [0, 4, { next: ' -.', group: [4, 6], behind: ' -.' }],
    [0, 6, { next: ' -.', group: [13] }],
    ...[13, 14, 15, 16, 17, 18, 19].map((digits): Lead => [0, digits]),
  ],
  maximumLength: longest,
  match(text, start) {
    const before = text.charCodeAt(start - 1);
    if (!startsToken(text, start)) return undefined;
    // A fraction, a longer grouped number, a negative number or an identifier.
    if (isIn(before, DOT | DASH) && isAt(text, start - 2, ALPHANUMERIC)) return undefined;
    if (before === 95 || before === 43) return undefined;
    return readNumber(text, start);
  },
  validate(value) {
    const digits = value.replace(/\D/g, '');
    const isIssued = issuers.some(([first, last, lengths]) => {
      const prefix = Number(digits.slice(0, String(first).length));
      return prefix >= first && prefix <= last && lengths.includes(digits.length);
    });
    const isVaried = new Set(digits).size > 1;
    return isIssued && isVaried && hasLuhnChecksum(digits) ? 'proved' : 'refuted';
  },
  remediation: {
    steps: [
      'Remove the number; keep a token of the payment provider or the last four digits.',
      'If a system stores it on purpose, that system is in scope of PCI DSS: encrypt and log access.',
    ],
    references: ['https://www.pcisecuritystandards.org/document_library/'],
  },
  mappings: { ...personalDataMappings, pciDss: ['3.4.1', '3.5.1'] },
};

const mostGroups = 5;
/** Lengths of groups as one number. */
const grouped = (lengths: number, group: number) => lengths * 32 + group;
const groupings: ReadonlySet<number> = new Set(
  ['4-4-4-4', '4-4-4-4-3', '4-6-5', '4-6-4', '4-4-4-1', '4-4-5', '6-13'].map((grouping) =>
    grouping.split('-').map(Number).reduce(grouped, 0),
  ),
);

function readNumber(text: string, start: number): Match | undefined {
  let separator = 0;
  let end = start;
  let group = 0;
  let groups = 1;
  let lengths = 0;
  while (end < start + longest + 1) {
    const code = text.charCodeAt(end);
    if (isIn(code, DIGIT)) {
      group++;
      end++;
      continue;
    }
    const isJoint = code === 32 || isIn(code, DOT | DASH);
    const continues = isJoint && isAt(text, end + 1, DIGIT);
    if (!continues || (separator !== 0 && code !== separator)) break;
    if (++groups > mostGroups) return undefined;
    separator = code;
    lengths = grouped(lengths, group);
    group = 0;
    end++;
  }
  const next = text.charCodeAt(end);
  const goesOn = isIn(next, ALPHANUMERIC) || (isIn(next, DOT | DASH) && isAt(text, end + 1, DIGIT));
  if (goesOn) return undefined;
  if (groups === 1) return group >= 13 && group <= 19 ? { start, end, confidence: 'medium' } : undefined;
  // Points part the groups of other numbers too.
  const isGrouped = groupings.has(grouped(lengths, group)) && (!isIn(separator, DOT) || groups === 4);
  return isGrouped ? { start, end } : undefined;
}
