import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(78);

const line = tokens.body(4, '123456789');
const american = `(415) ${555}-${line}`;
const dashed = `415-${555}-${line}`;
const named = [
  ['Mein Handy:', `0171 ${line}${line.slice(1)}`],
  ['Meine Handynummer ist', `0171/${line}${line.slice(1)}`],
  ['Sie erreichen mich unter', `030 ${line}${line}`],
  ['Mon numéro de portable est le', `06 12 34 ${line.slice(2)} 78`],
  ['Appelle-moi au', `06 98 34 ${line.slice(2)} 78`],
  ['Mi número de móvil es', `612 ${line.slice(1)} 678`],
  ['Llámame al', `61${line}${line.slice(1)}`],
  ['Il mio cellulare è', `347 123${line}`],
  ['Chiamami al', `347 321 ${line}`],
  ['My other number is', `09-76${line}0`],
  ['call', `(03) 98${line.slice(2)} ${line}`],
  ['telefone:', `(11) 9${line}-${line}`],
  ['手机号', `138${line}${line}`],
] as const;
/** Groups that stand for themselves, the more so since nothing names them. */
const ownGroups = [
  `06 12 34 ${line.slice(2)} 78`,
  `020 7946 ${line}`,
  `07700 90${line}`,
  `0532 123 ${line.slice(2)} 67`,
  `8 (912) 345-67-${line.slice(2)}`,
  `415.555.${line}`,
];

/** Cases of the telephone rule; lines are random, so that nobody’s number stands here. */
export const phone: RuleCases = {
  positives: [
    ...[american, dashed].map((value) => ({ text: `call ${value}!`, value })),
    { text: dashed, value: dashed, expected: { confidence: 'medium' } },
    ...[
      `+4930${line}${line}`,
      `+44 20 7946 ${line}`,
      `+1 (415) 555-${line}`,
      `+33 1 70 18 ${line.slice(0, 2)} 99`,
    ].map((value) => ({ text: `under ${value}.`, value, expected: { severity: 'medium' as const } })),
    { text: `Tel.: 030 ${line}${line}`, value: `030 ${line}${line}` },
    { text: `mobile: 98${line}${line}`, value: `98${line}${line}` },
    {
      text: `0917${line}${line.slice(1)}`,
      value: `0917${line}${line.slice(1)}`,
      expected: { confidence: 'low' },
    },
    ...named.map(([name, value]) => ({
      text: `${name} ${value}`,
      value,
      expected: { confidence: 'medium', severity: 'medium' } as const,
    })),
    ...ownGroups.map((value) => ({
      text: `take ${value}, then go`,
      value,
      expected: { severity: 'low' } as const,
    })),
    {
      text: `(03) 98${line.slice(2)} ${line}`,
      value: `(03) 98${line.slice(2)} ${line}`,
      expected: { confidence: 'low' },
    },
  ],
  negatives: [
    // No calling code, too short and too long for the plan, an area code that is none.
    `+999 12${line}${line}`,
    `+1 415 555 ${line.slice(1)}`,
    `+45 ${line}${line}1`,
    `+1 111 555 ${line}`,
    // Degrees of the earth, a signed decimal, a sum, groups of a longer row.
    `DE +5230+0${line}`,
    `GB\t+5130-00${line.slice(1)}`,
    `x = +3523${line}.6`,
    `+4930${line}${line}+1`,
    ...ownGroups.map((value) => `12 ${value} 34`),
    `count 0917${line}${line.slice(1)} rows`,
    `0917${line}${line}9876`,
    `+${line}`,
    `a+123${line}${line}`,
    `x = 1+${line}${line}1`,
    `${dashed}-1`,
    `1${dashed}`,
    `415-155-${line}`,
    '2024-05-06 10:11:12',
    'phone: none, born 1980-01-02',
    `telling 98${line}${line} jokes`,
    `0000${line}${line.slice(1)}`,
  ],
};
