import { hasLuhnChecksum } from '../checksum.ts';
import { letters } from '../leads.ts';
import { checkDigitOf11, hasDayMonth, hasMonthDay, remainder, weightedSum } from './check-digits.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

const alphabetOf23 = 'WABCDEFGHIJKLMNOPQRSTUV';

/** A second letter, of a spouse or since 2013, counts nine times its place in the alphabet. */
function isIrish(value: string): boolean {
  const second = value[8] === undefined ? 0 : alphabetOf23.indexOf(value[8]);
  const sum = weightedSum(value, [8, 7, 6, 5, 4, 3, 2]) + 9 * second;
  return second >= 0 && alphabetOf23[sum % 23] === value[7];
}

const passport = {
  severity: 'high',
  source: 'https://www.icao.int/publications/pages/publication.aspx?docnum=9303',
} as const;

/** Identifiers of Ireland, Iceland and Luxembourg, and what France, Spain, Portugal and the UK have besides. */
export const westernEurope: readonly IdentifierKind[] = [
  {
    id: 'ie-pps',
    title: 'Irish personal public service number',
    severity: 'high',
    source:
      'https://www.gov.ie/en/department-of-social-protection/services/get-a-personal-public-service-pps-number/',
    leads: [[0, 7, { next: letters }]],
    pattern: /\d{7}[A-W][A-IW]?/iy,
    longest: 9,
    isValid: isIrish,
    names: names('ppsn?(?!\\p{L})', 'personal public', 'irish tax'),
    unnamed: 'alone',
  },
  {
    id: 'is-kennitala',
    title: 'Icelandic identity number',
    severity: 'high',
    source: 'https://www.skra.is/english/people/my-registration/id-numbers/',
    leads: [
      [0, 6, { next: '-' }],
      [0, 10],
    ],
    pattern: /\d{6}-?\d{3}[089]/y,
    longest: 11,
    isValid: (digits) =>
      hasDayMonth(digits, 0) &&
      checkDigitOf11(weightedSum(digits, [3, 2, 7, 6, 5, 4, 3, 2]), -1) === Number(digits[8]),
    names: names('kennitala', 'kt\\.?(?!\\p{L})', 'iceland'),
    unnamed: 'alone',
  },
  {
    id: 'lu-national-id',
    title: 'Luxembourg identification number',
    severity: 'high',
    source: 'https://legilux.public.lu/eli/etat/leg/loi/2013/06/19/n1/jo',
    leads: [
      [0, 13, { first: '12' }],
      [0, 8, { first: '12', next: ' ' }],
    ],
    pattern: /(?:19|20)\d{6} ?\d{3} ?\d{2}/y,
    longest: 15,
    isValid: (digits) => hasMonthDay(digits, 4),
    names: names('matricule', 'luxemb', 'identifikationsn', 'sozialversicherung'),
  },
  {
    id: 'fr-tax-number',
    title: 'French tax number (SPI)',
    severity: 'high',
    source: 'https://www.impots.gouv.fr/particulier/questions/comment-puis-je-retrouver-mon-numero-fiscal',
    keywords: ['fiscal', 'spi'],
    pattern: /[0-3]\d( ?)\d{2}\1\d{3}\1\d{3}\1\d{3}/y,
    longest: 17,
    isValid: (digits) => remainder(digits.slice(0, 10), 511) === Number(digits.slice(10)),
    names: names('num[ée]ro fiscal', 'spi(?!\\p{L})', 'r[ée]f[ée]rence fiscal', 'n ?° ?fiscal'),
  },
  {
    id: 'fr-company-number',
    title: 'French company number (SIREN, SIRET)',
    severity: 'low',
    source: 'https://www.insee.fr/fr/metadonnees/definition/c1841',
    keywords: ['siren', 'siret'],
    pattern: /\d{3}( ?)\d{3}\1\d{3}(?: ?\d{5})?/y,
    longest: 17,
    isValid: hasLuhnChecksum,
    names: names('sire[nt](?!\\p{L})'),
  },
  {
    id: 'es-social-security',
    title: 'Spanish social security number',
    severity: 'high',
    source: 'https://sede.seg-social.gob.es/',
    keywords: ['seguridad social', 'nss', 'naf', 'afiliaci'],
    pattern: /\d{2}([ /-]?)\d{8}\1\d{2}/y,
    longest: 14,
    // A number below ten million counts without its zero.
    isValid: (digits) => {
      const number = digits.slice(2, 10);
      const body = digits.slice(0, 2) + (number.startsWith('0') ? number.slice(1) : number);
      return remainder(body, 97) === Number(digits.slice(10));
    },
    names: names('seguridad social', 'nss(?!\\p{L})', 'naf(?!\\p{L})', 'afiliaci'),
  },
  {
    id: 'es-company-number',
    title: 'Spanish company tax number',
    severity: 'low',
    source: 'https://www.boe.es/eli/es/o/2008/02/20/eha451',
    keywords: ['cif', 'nif'],
    pattern: /[ABCDEFGHJNPQRSUVW]-?\d{7}[\dA-J]/iy,
    longest: 10,
    isValid: (value) => {
      const odd = [...'0246'].reduce((sum, at) => {
        const double = 2 * Number(value[Number(at) + 1]);
        return sum + Math.floor(double / 10) + (double % 10);
      }, 0);
      const check = (10 - ((odd + weightedSum(value.slice(1), [0, 1, 0, 1, 0, 1])) % 10)) % 10;
      return value[8] === String(check) || value[8] === 'JABCDEFGHI'[check];
    },
    names: names('cif(?!\\p{L})', 'nif(?!\\p{L})'),
  },
  {
    id: 'pt-social-security',
    title: 'Portuguese social security number',
    severity: 'high',
    source: 'https://www.seg-social.pt/',
    keywords: ['niss', 'seguranca', 'a social'],
    pattern: /[12]\d{10}/y,
    longest: 11,
    isValid: (digits) =>
      9 - (weightedSum(digits, [29, 23, 19, 17, 13, 11, 7, 5, 3, 2]) % 10) === Number(digits[10]),
    names: names('niss(?!\\p{L})', 'seguran[çc]a social'),
  },
  {
    id: 'uk-taxpayer-reference',
    title: 'UK unique taxpayer reference',
    severity: 'high',
    source: 'https://www.gov.uk/find-utr-number',
    keywords: ['utr', 'taxpayer ref'],
    pattern: /\d{5} ?\d{5}/y,
    longest: 11,
    isValid: (digits) =>
      '21987654321'[weightedSum(digits.slice(1), [6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11] === digits[0],
    names: names('utr(?!\\p{L})', 'taxpayer ref'),
  },
  {
    id: 'uk-chi-number',
    title: 'Scottish community health index number',
    severity: 'high',
    source:
      'https://www.ndc.scot.nhs.uk/Data-Dictionary/SMR-Datasets/Patient-Identification-and-Demographic-Information/Community-Health-Index-Number/',
    keywords: ['chi n', 'chi:', 'health index'],
    pattern: /[0-3]\d{9}/y,
    longest: 10,
    isValid: (digits) =>
      hasDayMonth(digits, 0) &&
      checkDigitOf11(weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]), -1) === Number(digits[9]),
    names: names('chi(?!\\p{L})', 'health index'),
  },
  {
    ...passport,
    id: 'it-identity-card',
    title: 'Italian identity card or driving licence number',
    leads: [
      [2, 5, { next: letters }],
      [2, 7, { next: letters }],
    ],
    // The electronic card CA00000AA, and the licence that a province gave out: MI0123456A.
    pattern: /[A-Z]{2}(?:\d{5}[A-Z]{2}|\d{7}[A-Z])/iy,
    longest: 10,
    names: names('carta d.identit', 'cie(?!\\p{L})', 'patente', 'identity card', 'guida'),
    unnamed: 'alone',
  },
];
