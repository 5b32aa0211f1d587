import { only, upperLetters } from '../leads.ts';
import { checkDigitOf11, isFiller, weightedSum } from './check-digits.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

const neverIssued = new Set(['BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ']);

/** Identifiers of the United Kingdom. */
export const britishIsles: readonly IdentifierKind[] = [
  {
    id: 'uk-nino',
    title: 'UK national insurance number',
    severity: 'high',
    source: 'https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110',
    leads: [
      [2, 2, { next: ' ' }],
      [2, 6],
      [0, 2, { before: ' ', next: ' ' }],
      [0, 6, { before: ' ' }],
    ],
    opening: /(?:^|[^\p{L}\d_])([A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] )$/iu,
    pattern: /(?:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z])?\d{2}( ?)\d{2}\1\d{2} ?[A-D]/iy,
    longest: 13,
    isValid: (value) => !neverIssued.has(value.slice(0, 2)) && value.length === 9,
    names: names('nino(?!\\p{L})', 'national insurance', 'ni n'),
    unnamed: 'likely',
  },
  {
    id: 'uk-nhs-number',
    title: 'UK NHS number',
    severity: 'high',
    source: 'https://www.datadictionary.nhs.uk/attributes/nhs_number.html',
    leads: [
      [0, 3, { next: ' -', group: [3] }],
      [0, 10],
    ],
    pattern: /\d{3}([- ]?)\d{3}\1\d{4}/y,
    longest: 12,
    isValid: (digits) =>
      !isFiller(digits) &&
      checkDigitOf11(weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]), -1) === Number(digits[9]),
    names: names('nhs(?!\\p{L})', 'national health'),
    unnamed: 'alone',
  },
  {
    id: 'uk-driving-licence',
    title: 'UK driving licence number',
    source: 'https://www.gov.uk/government/publications/inf1-apply-for-a-driving-licence',
    leads: [
      [1, 10],
      [2, 9],
      [3, 8],
      [4, 7],
      [5, 6],
    ],
    pattern:
      /[A-Z][A-Z9]{4}\d(?:0[1-9]|1[0-2]|5[1-9]|6[0-2])(?:0[1-9]|[12]\d|3[01])\d[A-Z9]{2}[A-Z\d][A-Z]{2}/iy,
    longest: 16,
    isValid: (value) => /^[A-Z]+9*\d{6}/.test(value),
    names: names('licen[cs]e', 'driver'),
    unnamed: 'sure',
  },
  {
    id: 'uk-postcode',
    title: 'UK postcode',
    severity: 'low',
    source: 'https://www.gov.uk/government/publications/bulk-data-transfer-for-sponsors-xml-schema',
    leads: only(
      { first: upperLetters, next: ` ${upperLetters}` },
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
      [1, 3],
      [2, 3],
    ),
    pattern: /[A-PR-UWYZ][A-HK-Y]?\d[A-HJKMNP-Y\d]? ?\d[ABD-HJLNP-UW-Z]{2}/y,
    longest: 8,
    names: names('post ?code', 'address', 'zip'),
    unnamed: 'alone',
  },
];
