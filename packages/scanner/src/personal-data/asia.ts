import { letters, nonZero, upperLetters } from '../leads.ts';
import { hasMonthDay, hasVerhoeffChecksum, isFiller, weightedSum } from './check-digits.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

const localNric = 'JZIHGFEDCBA';
const foreignNric = 'XWUTRQPNMLK';
// Series M of 2022 has a table of its own.
const recentNric = 'XWUTRQPNJLK';

function hasNricLetter(value: string): boolean {
  const series = value[0]!;
  const offset = series === 'T' || series === 'G' ? 4 : series === 'M' ? 3 : 0;
  const sum = weightedSum(value.slice(1), [2, 7, 6, 5, 4, 3, 2]) + offset;
  const letters = series === 'M' ? recentNric : 'ST'.includes(series) ? localNric : foreignNric;
  return letters[sum % 11] === value[8];
}

const residentWeights = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];

/** Numbers given out since October 2020 have no check digit: with a dash the date and the century digit do. */
function isKoreanResident(digits: string, written: string): boolean {
  if (!hasMonthDay(digits, 2)) return false;
  if (written.includes('-')) return true;
  const isForeign = digits[6]! > '4';
  const check = ((isForeign ? 13 : 11) - (weightedSum(digits, residentWeights) % 11)) % 10;
  return check === Number(digits[12]);
}

function isTurkish(digits: string): boolean {
  const odd = weightedSum(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weightedSum(digits, [0, 1, 0, 1, 0, 1, 0, 1]);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return tenth === Number(digits[9]) && (odd + even + tenth) % 10 === Number(digits[10]);
}

/** Identifiers of Türkiye, India, Singapore, South Korea and Thailand. */
export const asia: readonly IdentifierKind[] = [
  {
    id: 'tr-national-id',
    title: 'Turkish identification number',
    severity: 'high',
    source: 'https://www.nvi.gov.tr/',
    leads: [[0, 11, { first: nonZero }]],
    pattern: /[1-9]\d{9}[02468]/y,
    longest: 11,
    isValid: isTurkish,
    names: names('tc(?!\\p{L})', 't\\.c\\.', 'kimlik', 'turkish id', 'tckn'),
    unnamed: 'alone',
  },
  {
    id: 'in-aadhaar',
    title: 'Indian Aadhaar number',
    severity: 'high',
    source: 'https://uidai.gov.in/',
    leads: [
      [0, 4, { first: '23456789', next: ' -', group: [4], behind: ' -' }],
      [0, 12, { first: '23456789' }],
    ],
    pattern: /[2-9]\d{3}([- ]?)\d{4}\1\d{4}/y,
    longest: 14,
    isValid: (digits) => !isFiller(digits) && hasVerhoeffChecksum(digits),
    names: names('aadha?ar', 'uidai', 'uid(?!\\p{L})'),
    unnamed: 'alone',
  },
  {
    id: 'in-pan',
    title: 'Indian permanent account number',
    severity: 'high',
    source: 'https://incometaxindia.gov.in/Pages/tax-services/pan.aspx',
    leads: [[5, 4, { next: upperLetters }]],
    pattern: /[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]/y,
    longest: 10,
    names: names('pan(?!\\p{L})', 'permanent account', 'income tax'),
    unnamed: 'alone',
  },
  {
    id: 'in-gstin',
    title: 'Indian goods and services tax number',
    severity: 'low',
    source: 'https://www.gst.gov.in/',
    leads: [[0, 2, { first: '0123', next: upperLetters }]],
    pattern: /(?:0[1-9]|[12]\d|3[0-8])[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[\dA-Z]/y,
    longest: 15,
    names: names('gst'),
    unnamed: 'likely',
  },
  {
    id: 'in-voter',
    title: 'Indian voter identity number',
    source: 'https://www.eci.gov.in/',
    keywords: ['voter', 'epic', 'elector'],
    pattern: /[A-Z]{3}\d{7}/iy,
    longest: 10,
    names: names('voter', 'epic(?!\\p{L})', 'elect'),
  },
  {
    id: 'sg-nric',
    title: 'Singapore NRIC or FIN',
    severity: 'high',
    source: 'https://www.ica.gov.sg/',
    leads: [[1, 7, { first: 'FGMSTfgmst', next: letters }]],
    pattern: /[STFGM]\d{7}[A-Z]/iy,
    longest: 9,
    isValid: hasNricLetter,
    names: names('nric', 'fin(?!\\p{L})', 'singapore'),
    unnamed: 'likely',
  },
  {
    id: 'kr-resident-number',
    title: 'South Korean resident registration number',
    severity: 'high',
    source: 'https://www.mois.go.kr/',
    leads: [
      [0, 6, { next: '-' }],
      [0, 13],
    ],
    pattern: /\d{6}-?[1-8]\d{6}/y,
    longest: 14,
    isValid: isKoreanResident,
    names: names('rrn(?!\\p{L})', 'frn(?!\\p{L})', 'resident registration', '주민', '외국인', 'korean'),
    unnamed: 'alone',
  },
  {
    id: 'kr-business-number',
    title: 'South Korean business registration number',
    severity: 'low',
    source: 'https://www.hometax.go.kr/',
    leads: [[0, 3, { next: '-' }]],
    pattern: /\d{3}-\d{2}-\d{5}/y,
    longest: 12,
    isValid: (digits) => {
      const sum = weightedSum(digits, [1, 3, 7, 1, 3, 7, 1, 3, 5]) + Math.floor((Number(digits[8]) * 5) / 10);
      return (10 - (sum % 10)) % 10 === Number(digits[9]);
    },
    names: names('brn(?!\\p{L})', 'business registration', '사업자'),
    unnamed: 'likely',
  },
  {
    id: 'kr-passport',
    title: 'South Korean passport number',
    severity: 'high',
    source: 'https://www.passport.go.kr/',
    leads: [
      [1, 3, { next: letters }],
      [1, 8],
    ],
    pattern: /[A-Z](?:\d{3}[A-Z]\d{4}|\d{8})/iy,
    longest: 9,
    names: names('여권', 'passport'),
    unnamed: 'alone',
    plain: /^[A-Z]\d+$/i,
    undivided: 'unreported',
  },
  {
    id: 'th-national-id',
    title: 'Thai national identity number',
    severity: 'high',
    source: 'https://www.bora.dopa.go.th/',
    leads: [
      [0, 1, { first: '12345678', next: '-' }],
      [0, 13, { first: '12345678' }],
    ],
    // After the kind of person, the province: 10 to 96.
    pattern: /[1-8](-?)[1-9]\d{3}\1\d{5}\1\d{2}\1\d/y,
    longest: 17,
    isValid: (digits) => {
      const sum = weightedSum(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
      return Number(digits.slice(1, 3)) <= 96 && (11 - (sum % 11)) % 10 === Number(digits[12]);
    },
    names: names('tnin', 'thai', 'บัตรประชาชน', 'national id'),
    unnamed: 'alone',
  },
];
