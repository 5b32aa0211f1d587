import { letters, only } from '../leads.ts';
import { isFiller, weightedSum } from './check-digits.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

/** A ten of the first weights is summed again with others. */
function isInlandRevenue(digits: string): boolean {
  const padded = digits.padStart(9, '0');
  const number = Number(digits);
  const check = (weights: readonly number[]) => (11 - (weightedSum(padded, weights) % 11)) % 11;
  const first = check([3, 2, 7, 6, 5, 4, 3, 2]);
  const last = first === 10 ? check([7, 4, 3, 2, 5, 2, 7, 6]) : first;
  return number >= 10_000_000 && number <= 150_000_000 && last === Number(padded[8]);
}

/** Identifiers of Nigeria, Kenya, Ghana, Tanzania, Uganda, Morocco and New Zealand. */
export const africaAndPacific: readonly IdentifierKind[] = [
  {
    id: 'ng-identity-number',
    title: 'Nigerian identity or bank verification number',
    severity: 'high',
    source: 'https://nimc.gov.ng/',
    keywords: ['nin', 'bvn', 'national identification', 'bank verification'],
    pattern: /\d{11}/y,
    longest: 11,
    isValid: (digits) => !isFiller(digits),
    names: names('nin(?!\\p{L})', 'bvn(?!\\p{L})', 'national identification', 'bank verification'),
  },
  {
    id: 'ke-tax-pin',
    title: 'Kenyan tax number (KRA PIN)',
    severity: 'high',
    source: 'https://www.kra.go.ke/',
    leads: [[1, 9, { first: 'APap', next: letters }]],
    pattern: /[AP]\d{9}[A-Z]/iy,
    longest: 11,
    names: names('kra(?!\\p{L})', 'pin(?!\\p{L})'),
    unnamed: 'alone',
  },
  {
    id: 'gh-card',
    title: 'Ghana Card number',
    severity: 'high',
    source: 'https://nia.gov.gh/',
    leads: [[0, 9, { before: '-', next: '-' }]],
    opening: /(?:^|[^\p{L}\d_])(GHA-)$/u,
    pattern: /\d{9}-\d/y,
    longest: 15,
    names: names('ghana', 'card'),
    unnamed: 'sure',
  },
  {
    id: 'tz-national-id',
    title: 'Tanzanian national identity number',
    severity: 'high',
    source: 'https://nida.go.tz/',
    keywords: ['nida', 'tanzania'],
    pattern: /(?:19|20)\d{6}(-?)\d{5}\1\d{5}\1\d{2}/y,
    longest: 23,
    names: names('nida(?!\\p{L})', 'tanzania'),
  },
  {
    id: 'ug-national-id',
    title: 'Ugandan national identity number',
    severity: 'high',
    source: 'https://www.nira.go.ug/',
    leads: only({ first: 'Cc' }, [2, 2], [2, 3], [2, 4], [2, 5], [2, 6], [2, 7], [2, 8], [2, 9]),
    pattern: /C[MF]\d{2}[\dA-Z]{10}/iy,
    longest: 14,
    isValid: (value) => /\d.*\d.*\d.*\d/.test(value.slice(2)),
    names: names('nin(?!\\p{L})', 'uganda', 'nira'),
  },
  {
    id: 'ma-identity-card',
    title: 'Moroccan identity card number',
    severity: 'high',
    source: 'https://www.cnie.ma/',
    keywords: ['cin', 'cnie', 'maroc'],
    pattern: /[A-Z]{1,2}\d{5,6}/iy,
    longest: 8,
    names: names('cin(?!\\p{L})', 'cnie', 'maroc'),
  },
  {
    id: 'nz-ird',
    title: 'New Zealand inland revenue number',
    severity: 'high',
    source:
      'https://www.ird.govt.nz/digital-service-providers/services-catalogue/customer-and-account/ird-number-validation',
    keywords: ['ird', 'inland revenue'],
    pattern: /\d{2,3}([- ]?)\d{3}\1\d{3}/y,
    longest: 11,
    isValid: isInlandRevenue,
    names: names('ird(?!\\p{L})', 'inland revenue'),
  },
  {
    id: 'nz-health-index',
    title: 'New Zealand national health index number',
    severity: 'high',
    source:
      'https://www.tewhatuora.govt.nz/health-services-and-programmes/digital-health/national-health-index',
    keywords: ['nhi', 'health index'],
    pattern: /[A-HJ-NP-Z]{3}(?:\d{4}|\d{2}[A-HJ-NP-Z]{2})/iy,
    longest: 7,
    names: names('nhi(?!\\p{L})', 'health index'),
  },
  {
    id: 'au-health-identifier',
    title: 'Australian individual healthcare identifier',
    severity: 'high',
    source: 'https://www.digitalhealth.gov.au/',
    keywords: ['ihi', 'healthcare identifier'],
    pattern: /8003 ?60\d{2} ?\d{4} ?\d{4}/y,
    longest: 19,
    names: names('ihi(?!\\p{L})', 'healthcare identifier'),
  },
];
