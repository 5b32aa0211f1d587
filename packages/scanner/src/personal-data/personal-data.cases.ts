import type { RuleCases } from '../testing/rule-cases.ts';
import { everywhere } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';
import { lettersAsNumbers, remainder } from './check-digits.ts';
import { identifierCases } from './identifiers.cases.ts';
import { cases as networkCases } from './network-address.cases.ts';
import { cases as personCases } from './person.cases.ts';
import { phone } from './phone.cases.ts';
import { cases as walletCases } from './wallet.cases.ts';

const tokens = makeTokens(77);

/** An IBAN of the country with right check digits. */
function makeIban(country: string, account: string): string {
  const rest = remainder(lettersAsNumbers(`${account}${country}00`), 97);
  return country + String(98 - rest).padStart(2, '0') + account;
}

const ibans = [
  makeIban('DE', tokens.digits(18)),
  makeIban('GB', `NWBK${tokens.digits(14)}`),
  makeIban('NO', tokens.digits(11)),
  makeIban('MT', `MALT${tokens.digits(5)}${tokens.body(18, '0123456789ABCDEF')}`),
];
const german = ibans[0]!;
const grouped = german.replace(/(.{4})(?=.)/g, '$1 ');
const otherDigit = (digit: string) => String((Number(digit) + 1) % 10);
const wrong = german.slice(0, -1) + otherDigit(german.at(-1)!);

const iban: RuleCases = {
  positives: [
    ...everywhere(german, { validated: true, confidence: 'high' }),
    ...ibans.map((value) => ({ text: `IBAN ${value}`, value })),
    ...[grouped, grouped.replaceAll(' ', '-'), german.toLowerCase()].map((value) => ({
      text: `pay to ${value}, BIC AB`,
      value,
    })),
  ],
  negatives: [
    wrong,
    `IBAN ${wrong}`,
    `${german}1`,
    `x${german}`,
    german.slice(0, -1),
    `${grouped} 1234`,
    `XX${german.slice(2)}`,
    german.replace('DE', 'De'),
    'DE12 units of 34 parts',
  ],
};

const bank = tokens.body(4, 'BCDFGHKL');
const bankIdentifier: RuleCases = {
  positives: ['FF', 'FFXXX', '2A', '33123'].map((tail) => ({
    text: `SWIFT/BIC: ${bank}DE${tail}, done`,
    value: `${bank}DE${tail}`,
  })),
  negatives: [
    `${bank}DEFF`,
    `BIC: ${bank}QQFF`,
    `BIC: ${bank}DEFFX`,
    `SWIFT ${bank.toLowerCase()}deff`,
    'swiftly DEUTDEFF',
    `BIC\n${bank}DEFF`,
  ],
};

const marker = (first: string, second: string, other: string): RuleCases => ({
  positives: [
    {
      text: `Our ${first} and the ${second}.`,
      value: first,
      expected: { severity: 'low', confidence: 'low' },
    },
    { text: `${first}\n${first}\n${second} ${first}`, value: first },
  ],
  negatives: [
    first,
    `${first}, ${first}`,
    `${first}${' filler'.repeat(60)} ${second}`,
    `x${first} ${second}s`,
    other,
  ],
});

/** Cases by rule id. */
export const personalDataCases: Readonly<Record<string, RuleCases>> = {
  ...identifierCases,
  ...networkCases,
  ...personCases,
  ...walletCases,
  iban,
  'phone-number': phone,
  'bank-identifier-code': bankIdentifier,
  'marker-health': marker('medical record', 'ICD-10', 'the patient waited'),
  'marker-children': marker('parental consent', 'student_id', 'a child played'),
  'marker-financial': marker('card_number', 'CVV', 'the bank of the river'),
  'marker-government': marker('FedRAMP', 'CMMC', 'a secret government'),
};
