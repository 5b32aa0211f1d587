import { hasLuhnChecksum } from '../checksum.ts';
import { nonZero } from '../leads.ts';
import { checkDigitOf11, hasMonthDay, isFiller, weightedSum } from './check-digits.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

function hasCpfChecks(digits: string): boolean {
  const first = checkDigitOf11(weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]), 0);
  const second = checkDigitOf11(weightedSum(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]), 0);
  return first === Number(digits[9]) && second === Number(digits[10]);
}

/** Identifiers of Brazil, Australia and South Africa. */
export const southernHemisphere: readonly IdentifierKind[] = [
  {
    id: 'br-cpf',
    title: 'Brazilian CPF',
    severity: 'high',
    source: 'https://www.gov.br/receitafederal/pt-br/assuntos/meu-cpf',
    leads: [
      [0, 3, { next: '.' }],
      [0, 11],
      [0, 9, { next: '-' }],
    ],
    pattern: /\d{3}(\.?)\d{3}\1\d{3}-?\d{2}/y,
    longest: 14,
    isValid: (digits) => !isFiller(digits) && hasCpfChecks(digits),
    names: names('cpf(?!\\p{L})'),
    unnamed: 'likely',
    undivided: 'alone',
  },
  {
    id: 'au-tax-file-number',
    title: 'Australian tax file number',
    severity: 'high',
    source: 'https://www.ato.gov.au/individuals-and-families/tax-file-number',
    leads: [
      [0, 3, { next: ' -', group: [3] }],
      [0, 9],
    ],
    pattern: /\d{3}([- ]?)\d{3}\1\d{3}/y,
    longest: 11,
    isValid: (digits) => !isFiller(digits) && weightedSum(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
    names: names('tfn(?!\\p{L})', 'tax file'),
    unnamed: 'alone',
  },
  {
    id: 'au-medicare',
    title: 'Australian Medicare number',
    severity: 'high',
    source: 'https://www.servicesaustralia.gov.au/medicare-card',
    leads: [
      [0, 4, { first: '23456', next: ' -', group: [5] }],
      [0, 10, { first: '23456' }],
      [0, 11, { first: '23456' }],
    ],
    pattern: /[2-6]\d{3}([- ]?)\d{5}\1\d(?:[-/]?\d)?/y,
    longest: 14,
    isValid: (digits) => weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === Number(digits[8]),
    names: names('medicare'),
    unnamed: 'alone',
  },
  {
    id: 'au-business-number',
    title: 'Australian business number',
    severity: 'low',
    source: 'https://abr.business.gov.au/Help/AbnFormat',
    leads: [
      [0, 2, { first: nonZero, next: ' ' }],
      [0, 11, { first: nonZero }],
    ],
    pattern: /[1-9]\d( ?)\d{3}\1\d{3}\1\d{3}/y,
    longest: 14,
    isValid: (digits) => (weightedSum(digits, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0,
    names: names('abn(?!\\p{L})', 'australian business'),
    unnamed: 'alone',
  },
  {
    id: 'au-company-number',
    title: 'Australian company number',
    severity: 'low',
    source:
      'https://asic.gov.au/for-business/registering-a-company/steps-to-register-a-company/australian-company-numbers/australian-company-number-digit-check/',
    leads: [
      [0, 3, { next: ' ', group: [3] }],
      [0, 9],
    ],
    pattern: /\d{3}( ?)\d{3}\1\d{3}/y,
    longest: 11,
    isValid: (digits) => {
      const check = (10 - (weightedSum(digits, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10;
      return !isFiller(digits) && check === Number(digits[8]);
    },
    names: names('acn(?!\\p{L})', 'australian company'),
    unnamed: 'alone',
  },
  {
    id: 'za-identity-number',
    title: 'South African identity number',
    severity: 'high',
    source: 'https://www.gov.za/services/services-residents/citizenship/apply-identity-document',
    leads: [
      [0, 13],
      [0, 6, { next: ' ' }],
    ],
    pattern: /\d{6}( ?)\d{4}\1[012]\d\d/y,
    longest: 15,
    isValid: (digits) => hasMonthDay(digits, 2) && hasLuhnChecksum(digits),
    names: names('rsa id', 'south african', 'said(?!\\p{L})', 'id n'),
    unnamed: 'alone',
  },
];
