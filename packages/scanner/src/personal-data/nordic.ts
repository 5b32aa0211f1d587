import { hasLuhnChecksum } from '../checksum.ts';
import { letters, nonZero } from '../leads.ts';
import { checkDigitOf11, hasDayMonth, hasMonthDay, isDay, remainder, weightedSum } from './check-digits.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

const hetuCharacters = '0123456789ABCDEFHJKLMNPRSTUVWXY';

/** Birthday in `YYMMDD`; coordination numbers add 60 to the day. */
function hasSwedishBirthday(digits: string): boolean {
  const day = Number(digits.slice(4, 6));
  return isDay(Number(digits.slice(2, 4)), day > 60 ? day - 60 : day);
}

/** Birthday in `DDMMYY`; D numbers add 40 to the day, H numbers 40 to the month. */
function hasNorwegianBirthday(digits: string): boolean {
  const day = Number(digits.slice(0, 2));
  const month = Number(digits.slice(2, 4));
  return isDay(month > 40 ? month - 40 : month, day > 40 ? day - 40 : day);
}

function hasNorwegianCheck(digits: string): boolean {
  const first = checkDigitOf11(weightedSum(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2]), -1);
  const second = checkDigitOf11(weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]), -1);
  return first === Number(digits[9]) && second === Number(digits[10]);
}

/** Identifiers of Sweden, Finland, Denmark and Norway. */
export const nordic: readonly IdentifierKind[] = [
  {
    id: 'se-personal-number',
    title: 'Swedish personal identity number',
    severity: 'high',
    source:
      'https://www.skatteverket.se/servicelankar/otherlanguages/inenglishengelska/individualsandemployees/coordinationnumbers.4.1657ce2f5993c3a722.html',
    leads: [
      [0, 6, { next: '-+' }],
      [0, 8, { next: '-+' }],
      [0, 10],
      [0, 12],
    ],
    pattern: /(?:18|19|20)?\d{6}[-+]?\d{4}(?!\d)/y,
    longest: 13,
    isValid: (value) => {
      const digits = value.slice(-10);
      return hasSwedishBirthday(digits) && hasLuhnChecksum(digits);
    },
    names: names('person ?nummer', 'pnr(?!\\p{L})', 'personal identity', 'swedish id', 'samordningsn'),
    unnamed: 'alone',
  },
  {
    id: 'se-organisation-number',
    title: 'Swedish organisation number',
    severity: 'low',
    source: 'https://www.bolagsverket.se/foretag/aktiebolag/startaaktiebolag/organisationsnummer.html',
    leads: [
      [0, 6, { first: nonZero, next: '-' }],
      [0, 10, { first: nonZero }],
    ],
    pattern: /[1-9]\d[2-9]\d{3}-?\d{4}/y,
    longest: 11,
    isValid: hasLuhnChecksum,
    names: names('org', 'företag', 'company'),
    unnamed: 'alone',
  },
  {
    id: 'fi-personal-identity-code',
    title: 'Finnish personal identity code',
    severity: 'high',
    source: 'https://dvv.fi/en/personal-identity-code',
    leads: [[0, 6, { next: `-+${letters}` }]],
    pattern: /\d{6}[-+A-FU-Y]\d{3}[\dA-FHJ-NPR-Y]/iy,
    longest: 11,
    isValid: (value, written) => {
      const body = value.slice(0, 6) + value.slice(-4, -1);
      return (
        /^\d{9}$/.test(body) &&
        hasDayMonth(value, 0) &&
        Number(body.slice(6)) >= 2 &&
        hetuCharacters[remainder(body, 31)] === written.at(-1)!.toUpperCase()
      );
    },
    names: names('hetu(?!\\p{L})', 'henkilö', 'personal identity'),
    unnamed: 'sure',
  },
  {
    id: 'dk-cpr',
    title: 'Danish personal identification number',
    severity: 'high',
    source: 'https://cpr.dk/cpr-systemet/opbygning-af-cpr-nummeret',
    keywords: ['cpr', 'personnummer'],
    pattern: /\d{6}-?\d{4}/y,
    longest: 11,
    isValid: (digits) => hasDayMonth(digits, 0),
    names: names('cpr(?!\\p{L})', 'personnummer'),
  },
  {
    id: 'no-national-identity',
    title: 'Norwegian national identity number',
    severity: 'high',
    source: 'https://www.skatteetaten.no/en/person/national-registry/identitetsnummer/fodselsnummer/',
    leads: [
      [0, 6, { next: ' ' }],
      [0, 11],
    ],
    pattern: /\d{6} ?\d{5}/y,
    longest: 12,
    isValid: (digits) => hasNorwegianBirthday(digits) && hasNorwegianCheck(digits),
    names: names('fødselsn', 'fodselsn', 'personnummer', 'fnr(?!\\p{L})', 'd ?nummer'),
    unnamed: 'alone',
  },
];

/** PESEL of Poland; the month tells the century. */
export const plPesel: IdentifierKind = {
  id: 'pl-pesel',
  title: 'Polish PESEL number',
  severity: 'high',
  source: 'https://www.gov.pl/web/gov/czym-jest-numer-pesel',
  leads: [[0, 11]],
  pattern: /\d{11}/y,
  longest: 11,
  isValid: (digits) => {
    const month = String(Number(digits.slice(2, 4)) % 20).padStart(2, '0');
    const check = (10 - (weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10;
    return hasMonthDay(month + digits.slice(4, 6), 0) && check === Number(digits[10]);
  },
  names: names('pesel'),
  unnamed: 'alone',
};
