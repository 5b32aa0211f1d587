import { hasLuhnChecksum } from '../checksum.ts';
import type { Lead } from '../leads.ts';
import { letters, nonZero } from '../leads.ts';
import { hasDayMonth, hasIcaoCheckDigit, hasMod11And10, weightedSum } from './check-digits.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

/** Two digits for a letter (A = 01), as German insurance numbers are summed. */
const withLetterNumber = (value: string) =>
  value.replace(/[A-Z]/, (letter) => String(letter.charCodeAt(0) - 64).padStart(2, '0'));
const digitSum = (number: number) => Math.floor(number / 10) + (number % 10);

function sumOfDigitSums(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + digitSum(weight * Number(digits[i])), 0);
}

/** No digit of the first ten more than three times, and at most two places repeated. */
const hasFewRepeats = (digits: string) => new Set(digits.slice(0, 10)).size >= 8;

/** Birthday of an insured person; supplementary numbers add 50 to the day. */
function hasInsuredBirthday(value: string): boolean {
  const day = Number(value.slice(2, 4));
  const month = value.slice(4, 6);
  return hasDayMonth(String(day > 50 ? day - 50 : day).padStart(2, '0') + month, 0);
}

const documentLetters = 'CFGHJKLMNPRTVWXYZ';

/** Identifiers of Germany. */
export const germany: readonly IdentifierKind[] = [
  {
    id: 'de-tax-id',
    title: 'German tax identification number',
    severity: 'high',
    source:
      'https://www.bzst.de/DE/Privatpersonen/SteuerlicheIdentifikationsnummer/steuerlicheidentifikationsnummer_node.html',
    leads: [
      [0, 2, { first: nonZero, next: ' ' }],
      [0, 11, { first: nonZero }],
    ],
    pattern: /[1-9]\d( ?)\d{3}\1\d{3}\1\d{3}/y,
    longest: 14,
    isValid: (digits) => hasFewRepeats(digits) && hasMod11And10(digits),
    names: names('steuer', 'idnr', 'tin(?!\\p{L})', 'tax id'),
    unnamed: 'alone',
  },
  {
    id: 'de-social-security',
    title: 'German pension insurance number',
    severity: 'high',
    source: 'https://www.gesetze-im-internet.de/vkvv/__2.html',
    leads: [
      [0, 8, { next: letters }],
      [0, 2, { next: ' ', group: [6] }],
    ],
    pattern: /\d{2}( ?)\d{6}\1[A-Z]\1\d{3}/iy,
    longest: 15,
    isValid: (value) => {
      const digits = withLetterNumber(value);
      const sum = sumOfDigitSums(digits, [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]);
      return hasInsuredBirthday(value) && sum % 10 === Number(digits[12]);
    },
    names: names('rentenversicherung', 'sozialversicherung', 'versicherungsn', 'rvnr', 'svnr'),
    unnamed: 'likely',
  },
  {
    id: 'de-health-insurance',
    title: 'German health insurance number',
    severity: 'high',
    source:
      'https://www.gkv-spitzenverband.de/krankenversicherung/kv_grundprinzipien/krankenversichertennummer/krankenversichertennummer.jsp',
    leads: [[1, 9]],
    pattern: /[A-Z]\d{9}/iy,
    longest: 10,
    isValid: (value) => {
      const digits = withLetterNumber(value);
      return sumOfDigitSums(digits, [1, 2, 1, 2, 1, 2, 1, 2, 1, 2]) % 10 === Number(digits[10]);
    },
    names: names('kvnr', 'krankenversicher', 'krankenkasse', 'egk', 'versichertenn'),
    unnamed: 'alone',
  },
  {
    id: 'de-identity-document',
    title: 'German identity card or passport number',
    severity: 'high',
    source: 'https://www.icao.int/publications/Documents/9303_p3_cons_en.pdf',
    leads: [1, 2, 3].flatMap((letterCount) =>
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
        (digits): Lead => [letterCount, digits, letterCount + digits < 9 ? { next: letters } : {}],
      ),
    ),
    pattern: new RegExp(`[${documentLetters}][${documentLetters}0-9]{7}\\d\\d?`, 'iy'),
    longest: 10,
    isValid: (value) => /\d.*\d/.test(value) && hasIcaoCheckDigit(value),
    names: names('ausweis', 'personalausweis', 'reisepass', 'passport', 'identity card', 'id card'),
    unnamed: 'alone',
  },
  {
    id: 'de-tax-number',
    title: 'German tax number',
    source: 'https://www.gesetze-im-internet.de/ao_1977/__139a.html',
    leads: [
      [0, 2, { next: '/' }],
      [0, 3, { next: '/' }],
    ],
    pattern: /\d{2,3}\/\d{3,4}\/\d{4,5}/y,
    longest: 14,
    isValid: (digits) => digits.length === 10 || digits.length === 11,
    names: names('steuern', 'st\\.? ?nr', 'finanzamt'),
    unnamed: 'alone',
  },
  {
    id: 'de-vat-id',
    title: 'German VAT identification number',
    severity: 'low',
    source:
      'https://www.bzst.de/DE/Unternehmen/Identifikationsnummern/Umsatzsteuer-Identifikationsnummer/umsatzsteuer-identifikationsnummer_node.html',
    leads: [
      [2, 9, { first: 'Dd' }],
      [2, 3, { first: 'Dd', next: ' .-' }],
      [0, 3, { before: ' .-', first: nonZero, next: ' .-' }],
      [0, 9, { before: ' .-', first: nonZero }],
      [2, 0, { first: 'Dd', next: '-' }],
    ],
    opening: /(?:^|[^\p{L}\d_])(DE[ .-])$/iu,
    pattern: /(?:DE[ .-]?)?[1-9]\d{2}([ .-]?)\d{3}\1\d{3}/iy,
    longest: 15,
    isValid: (value) => value.startsWith('DE') && hasMod11And10(value.slice(2)),
    names: names('ust', 'umsatzsteuer', 'vat(?!\\p{L})'),
    unnamed: 'likely',
  },
  {
    id: 'de-physician-number',
    title: 'German physician number',
    severity: 'low',
    source: 'https://www.kbv.de/html/lanr.php',
    leads: [[0, 9]],
    pattern: /\d{9}/y,
    longest: 9,
    isValid: (digits) => {
      const check = (10 - (weightedSum(digits, [4, 9, 4, 9, 4, 9]) % 10)) % 10;
      return check === Number(digits[6]) && Number(digits.slice(0, 6)) > 0;
    },
    names: names('lanr', 'arztn'),
    unnamed: 'alone',
  },
  {
    id: 'de-driving-licence',
    title: 'German driving licence number',
    severity: 'high',
    source: 'https://www.gesetze-im-internet.de/fev_2010/anlage_8.html',
    leads: [
      [2, 8],
      [2, 9],
    ],
    // A member state and nine digits read as a VAT id.
    pattern: /(?!(?:AT|BG|CZ|DE|EE|EL|GB|LT|PT)\d{9})[A-Z]{2}\d{8}[\dA-Z]/iy,
    longest: 11,
    names: names('führerschein', 'fahrerlaubnis'),
    unnamed: 'alone',
  },
  {
    id: 'de-practice-number',
    title: 'German medical practice number',
    severity: 'low',
    source: 'https://www.kbv.de/html/bsnr.php',
    keywords: ['bsnr', 'betriebsst'],
    pattern: /\d{9}/y,
    longest: 9,
    names: names('bsnr', 'betriebsstätten'),
  },
  {
    id: 'de-commercial-register',
    title: 'German commercial register number',
    severity: 'low',
    source: 'https://www.gesetze-im-internet.de/hrv/',
    leads: [1, 2, 3, 4, 5, 6].map((digits): Lead => [0, digits, { before: ' ', first: nonZero }]),
    opening: /(?:^|[^\p{L}\d_])(HR[AB] )$/iu,
    pattern: /[1-9]\d{0,5}/y,
    longest: 10,
    names: names('handelsregister', 'amtsgericht', 'hr[ab](?!\\p{L})'),
    unnamed: 'likely',
  },
];

/** VAT id of Italy (partita IVA): eleven digits with Luhn's check digit. */
export const itVatNumber: IdentifierKind = {
  id: 'it-vat-number',
  title: 'Italian VAT number',
  severity: 'low',
  source: 'https://www.agenziaentrate.gov.it/portale/partita-iva',
  keywords: ['partita iva', 'p.iva', 'p. iva', 'vat'],
  pattern: /\d{11}/y,
  longest: 11,
  isValid: (digits) => Number(digits) > 0 && hasLuhnChecksum(digits),
  names: names('partita iva', 'p\\.? ?iva', 'vat(?!\\p{L})'),
};
