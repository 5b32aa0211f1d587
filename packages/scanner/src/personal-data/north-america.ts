import { hasLuhnChecksum } from '../checksum.ts';
import { letters, nonZero } from '../leads.ts';
import { weightedSum } from './check-digits.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

/** Identifiers of the United States and Canada; the social security number has its own rule. */
export const northAmerica: readonly IdentifierKind[] = [
  {
    id: 'us-itin',
    title: 'US individual taxpayer identification number',
    severity: 'high',
    source: 'https://www.irs.gov/individuals/individual-taxpayer-identification-number',
    leads: [
      [0, 3, { first: '9', next: ' -' }],
      [0, 9, { first: '9' }],
    ],
    pattern: /9\d{2}([- ]?)(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\1\d{4}/y,
    longest: 11,
    names: names('itin(?!\\p{L})', 'individual taxpayer'),
    unnamed: 'alone',
  },
  {
    id: 'ca-sin',
    title: 'Canadian social insurance number',
    severity: 'high',
    source: 'https://www.canada.ca/en/employment-social-development/services/sin.html',
    leads: [
      [0, 3, { first: '12345679', next: ' -', group: [3] }],
      [0, 9, { first: '12345679' }],
    ],
    pattern: /[1-79]\d{2}([- ]?)\d{3}\1\d{3}/y,
    longest: 11,
    isValid: (digits) => new Set(digits).size > 2 && hasLuhnChecksum(digits),
    names: names('sin(?!\\p{L})', 'nas(?!\\p{L})', 'social insurance', 'assurance sociale'),
    unnamed: 'alone',
  },
  {
    id: 'us-npi',
    title: 'US national provider identifier',
    severity: 'low',
    source:
      'https://www.cms.gov/medicare/regulations-guidance/administrative-simplification/national-provider-identifier-standard',
    leads: [
      [0, 4, { first: '12', next: ' -', group: [3] }],
      [0, 10, { first: '12' }],
    ],
    pattern: /[12]\d{3}([- ]?)\d{3}\1\d{3}/y,
    longest: 12,
    isValid: (digits) => hasLuhnChecksum(`80840${digits}`),
    names: names('npi(?!\\p{L})', 'provider id'),
    unnamed: 'alone',
  },
  {
    id: 'us-dea-number',
    title: 'US DEA registration number',
    source: 'https://www.deadiversion.usdoj.gov/drugreg/drugreg.html',
    leads: [
      [2, 7],
      [1, 8],
    ],
    pattern: /[A-HJ-MPRSTUX](?:[A-Z]|9)\d{7}/iy,
    longest: 9,
    isValid: (value) => {
      const digits = value.slice(2);
      return weightedSum(digits, [1, 2, 1, 2, 1, 2]) % 10 === Number(digits[6]);
    },
    names: names('dea(?!\\p{L})', 'prescriber', 'certificate n'),
    unnamed: 'alone',
  },
  {
    id: 'us-medicare-beneficiary',
    title: 'US Medicare beneficiary identifier',
    severity: 'high',
    source: 'https://www.cms.gov/medicare/new-medicare-card/understanding-the-mbi-with-format.pdf',
    leads: [[0, 1, { first: nonZero, next: letters }]],
    pattern:
      /[1-9][AC-HJKMNP-RT-Y][\dAC-HJKMNP-RT-Y]\d(-?)[AC-HJKMNP-RT-Y][\dAC-HJKMNP-RT-Y]\d\1[AC-HJKMNP-RT-Y]{2}\d{2}/iy,
    longest: 13,
    names: names('mbi(?!\\p{L})', 'medicare'),
    unnamed: 'likely',
  },
  {
    id: 'us-bank-routing',
    title: 'US bank routing number',
    severity: 'low',
    source: 'https://www.aba.com/about-us/routing-number',
    leads: [
      [0, 4, { next: '-', group: [4] }],
      [0, 9],
    ],
    pattern: /(?:0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)\d{2}(-?)\d{4}\1\d/y,
    longest: 11,
    isValid: (digits) => Number(digits) > 0 && weightedSum(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0,
    names: names('routing', 'aba(?!\\p{L})', 'rtn(?!\\p{L})', 'transit n'),
    unnamed: 'alone',
  },
];
