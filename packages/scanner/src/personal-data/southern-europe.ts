import { letters } from '../leads.ts';
import { checkDigitOf11, remainder, weightedSum } from './check-digits.ts';
import { names } from './context.ts';
import { itVatNumber } from './germany.ts';
import type { IdentifierKind } from './identifier-kind.ts';

// Values of the characters in odd places of a codice fiscale, digits first (decree of 23 December 1976).
const oddValues = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16,
  10, 22, 25, 24, 23,
];

function hasFiscalCodeCheck(value: string): boolean {
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const number = Number.parseInt(value[i]!, 36);
    sum += i % 2 === 0 ? oddValues[number]! : number < 10 ? number : number - 10;
  }
  return String.fromCharCode(65 + (sum % 26)) === value[15];
}

const dniLetters = 'TRWAGMYFPDXBNJZSQVHLCKE';
const nieDigits: Readonly<Record<string, string>> = { X: '0', Y: '1', Z: '2' };
const hasDniLetter = (value: string) =>
  dniLetters[
    remainder(
      value.slice(0, -1).replace(/^[XYZ]/, (letter) => nieDigits[letter]!),
      23,
    )
  ] === value.at(-1);

/** Corsican departments count as 19 and 18 in the key. */
function hasNirKey(value: string): boolean {
  const digits = value.slice(0, 13).replace('2A', '19').replace('2B', '18');
  return 97 - remainder(digits, 97) === Number(value.slice(13));
}

/** Identifiers of France, Italy, Spain and Portugal. */
export const southernEurope: readonly IdentifierKind[] = [
  {
    id: 'fr-nir',
    title: 'French social security number',
    severity: 'high',
    source: 'https://www.insee.fr/fr/metadonnees/definition/c1409',
    leads: [
      [0, 1, { first: '123478', next: ' ' }],
      [0, 15, { first: '123478' }],
      [0, 13, { first: '123478' }],
      [0, 6, { first: '123478' }],
    ],
    pattern: /[1-478]( ?)\d{2}\1(?:0[1-9]|1[0-2]|[2-9]\d)\1(?:\d{2}|2[AB])\1\d{3}\1\d{3} ?\d{2}/iy,
    longest: 21,
    isValid: hasNirKey,
    names: names(
      'nir(?!\\p{L})',
      'insee',
      'sécu',
      'secu',
      'sécurité sociale',
      'securite sociale',
      'nss(?!\\p{L})',
    ),
    unnamed: 'likely',
  },
  {
    id: 'it-fiscal-code',
    title: 'Italian fiscal code',
    severity: 'high',
    source:
      'https://www.agenziaentrate.gov.it/portale/web/guest/schede/istanze/richiesta-ts_cf/informazioni-codificazione-pf',
    leads: [
      [6, 2, { next: letters }],
      [6, 1, { next: letters }],
    ],
    pattern: /[A-Z]{6}[\dL-NP-V]{2}[A-EHLMPRST][\dL-NP-V]{2}[A-Z][\dL-NP-V]{3}[A-Z]/iy,
    longest: 16,
    isValid: hasFiscalCodeCheck,
    names: names('codice fiscale', 'c\\.? ?f\\.?(?!\\p{L})', 'fiscal'),
    unnamed: 'sure',
  },
  itVatNumber,
  {
    id: 'es-dni',
    title: 'Spanish identity number (DNI)',
    severity: 'high',
    source:
      'https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/',
    leads: [
      [0, 7, { next: `-${letters}` }],
      [0, 8, { next: `-${letters}` }],
    ],
    pattern: /\d{7,8}-?[A-Z]/iy,
    longest: 10,
    isValid: hasDniLetter,
    names: names('dni(?!\\p{L})', 'nif(?!\\p{L})', 'documento nacional'),
    unnamed: 'alone',
  },
  {
    id: 'es-nie',
    title: 'Spanish identity number of foreigners (NIE)',
    severity: 'high',
    source:
      'https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/',
    leads: [[1, 7]],
    pattern: /[XYZ]\d{7}-?[A-Z]/iy,
    longest: 10,
    isValid: hasDniLetter,
    names: names('nie(?!\\p{L})', 'extranjero'),
    unnamed: 'alone',
  },
  {
    id: 'pt-nif',
    title: 'Portuguese tax number',
    severity: 'high',
    source: 'https://info.portaldasfinancas.gov.pt/',
    keywords: ['nif', 'contribuinte'],
    pattern: /[1235689]\d{2}( ?)\d{3}\1\d{3}/y,
    longest: 11,
    isValid: (digits) =>
      checkDigitOf11(weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2]), 0) === Number(digits[8]),
    names: names('nif(?!\\p{L})', 'contribuinte'),
  },
];
