import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(16);
const visa = tokens.card('4', 16);
const amex = tokens.card('37', 15);
const grouped = (digits: string, separator: string) => digits.replace(/(\d{4})(?=\d)/g, `$1${separator}`);
const amexGrouped = `${amex.slice(0, 4)} ${amex.slice(4, 10)} ${amex.slice(10)}`;
const others = [
  ['51', 16],
  ['2221', 16],
  ['36', 14],
  ['6011', 16],
  ['3530', 16],
  ['62', 19],
  ['2200', 16],
  ['5018', 16],
  ['6304', 18],
  ['506099', 19],
  ['508', 16],
] as const;
const wrong = visa.slice(0, -1) + ((Number(visa.at(-1)) + 1) % 10);

export const cases: RuleCases = {
  positives: [
    { text: `card ${visa}.`, value: visa, expected: { validated: true, confidence: 'medium' } },
    { text: `{"pan":"${visa}"}`, value: visa },
    { text: `\\n${visa}\\n`, value: visa },
    ...[' ', '-', '.']
      .map((separator) => grouped(visa, separator))
      .map((value) => ({
        text: `paid with ${value}, thanks`,
        value,
        expected: { validated: true, confidence: 'high' as const },
      })),
    { text: amex, value: amex },
    { text: `卡号${amexGrouped}。`, value: amexGrouped },
    ...others.map(([prefix, length]) => tokens.card(prefix, length)).map((value) => ({ text: value, value })),
  ],
  negatives: [
    wrong,
    grouped(wrong, ' '),
    grouped(amex, '.'),
    `0.${visa}`,
    `${visa}.5`,
    `a${visa}`,
    `${visa}1`,
    `${visa}-${visa}`,
    `id_${visa}`,
    tokens.card('1', 16),
    tokens.card('4', 15),
    `${visa.slice(0, 8)} ${visa.slice(8)}`,
    `${visa.slice(0, 4)} ${visa.slice(4, 8)}-${visa.slice(8, 12)} ${visa.slice(12)}`,
    '4'.repeat(16),
    'in 2024, 4 of 53 units',
  ],
};
