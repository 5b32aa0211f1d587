import { hasLuhnChecksum } from '../checksum.ts';
import { hasMonthDay, isFiller, weightedSum } from './check-digits.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

/** Identifiers of Israel, the Emirates, Saudi Arabia, Egypt, Iran, Pakistan, Sri Lanka and Bangladesh. */
export const middleEast: readonly IdentifierKind[] = [
  {
    id: 'il-identity-number',
    title: 'Israeli identity number',
    severity: 'high',
    source: 'https://www.gov.il/en/departments/topics/id_card',
    leads: [
      [0, 9],
      [0, 8, { next: '-' }],
    ],
    pattern: /\d{8}-?\d/y,
    longest: 10,
    isValid: (digits) => !isFiller(digits) && hasLuhnChecksum(digits),
    names: names('teudat', 'israel', 'תעודת זהות', 'ת\\.ז', 'מספר זהות'),
  },
  {
    id: 'ae-emirates-id',
    title: 'Emirates ID number',
    severity: 'high',
    source: 'https://icp.gov.ae/en/',
    leads: [
      [0, 3, { first: '7', next: '-' }],
      [0, 15, { first: '7' }],
    ],
    pattern: /784(-?)(?:19|20)\d{2}\1\d{7}\1\d/y,
    longest: 18,
    isValid: hasLuhnChecksum,
    names: names('emirates', 'eid(?!\\p{L})', 'uae', 'الهوية'),
    unnamed: 'sure',
    undivided: 'likely',
  },
  {
    id: 'sa-national-id',
    title: 'Saudi national or residence number',
    severity: 'high',
    source: 'https://www.absher.sa/',
    leads: [[0, 10, { first: '12' }]],
    pattern: /[12]\d{9}/y,
    longest: 10,
    isValid: hasLuhnChecksum,
    names: names('iqama', 'saudi', 'absher', 'هوية', 'الإقامة'),
  },
  {
    id: 'eg-national-id',
    title: 'Egyptian national number',
    severity: 'high',
    source: 'https://www.psm.gov.eg/',
    leads: [[0, 14, { first: '23' }]],
    pattern: /[23]\d{6}(?:0[1-4]|1[1-9]|2[1-9]|3[1-5]|88)\d{5}/y,
    longest: 14,
    isValid: (digits) => hasMonthDay(digits, 3),
    names: names('egypt', 'national (?:id|n)', 'الرقم القومي', 'القومى'),
  },
  {
    id: 'ir-national-code',
    title: 'Iranian national code',
    severity: 'high',
    source: 'https://www.sabteahval.ir/',
    leads: [
      [0, 10],
      [0, 3, { next: '-' }],
    ],
    pattern: /\d{3}(-?)\d{6}\1\d/y,
    longest: 12,
    isValid: (digits) => {
      const rest = weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
      return !isFiller(digits) && (rest < 2 ? rest : 11 - rest) === Number(digits[9]);
    },
    names: names('code ?melli', 'melli', 'iran', 'کد ملی', 'كد ملي'),
  },
  {
    id: 'pk-cnic',
    title: 'Pakistani identity card number',
    severity: 'high',
    source: 'https://www.nadra.gov.pk/',
    leads: [
      [0, 5, { first: '1234567', next: '-' }],
      [0, 13, { first: '1234567' }],
    ],
    pattern: /[1-7]\d{4}(-?)\d{7}\1\d/y,
    longest: 15,
    names: names('cnic', 'nadra', 'nicop', 'شناختی'),
    unnamed: 'likely',
    undivided: 'unreported',
  },
  {
    id: 'lk-nic',
    title: 'Sri Lankan identity card number',
    severity: 'high',
    source: 'https://drp.gov.lk/',
    leads: [
      [0, 9, { next: 'VXvx' }],
      [0, 12, { first: '12' }],
    ],
    pattern: /\d{9}[VX]|(?:19|20)\d{10}/iy,
    longest: 12,
    // The day of the year, plus 500 for women.
    isValid: (value) => {
      const day = Number(value.length === 10 ? value.slice(2, 5) : value.slice(4, 7));
      return day % 500 >= 1 && day % 500 <= 366 && day < 900;
    },
    names: names('nic(?!\\p{L})', 'sri lanka'),
    unnamed: 'alone',
    undivided: 'unreported',
  },
  {
    id: 'bd-national-id',
    title: 'Bangladeshi national identity number',
    severity: 'high',
    source: 'https://www.nidw.gov.bd/',
    keywords: ['nid', 'bangladesh'],
    pattern: /\d{17}|\d{13}|\d{10}/y,
    longest: 17,
    names: names('nid(?!\\p{L})', 'bangladesh'),
  },
];
