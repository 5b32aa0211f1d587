import { nonZero } from '../leads.ts';
import {
  checkDigitOf11,
  hasDayMonth,
  hasMod11And10,
  hasMonthDay,
  isDay,
  weightedSum,
} from './check-digits.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

/** The fourth digit checks the other nine; the birthday of a person without one has a month above twelve. */
function isAustrianInsurance(digits: string): boolean {
  const sum = weightedSum(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]);
  const month = Number(digits.slice(6, 8));
  const day = Number(digits.slice(4, 6));
  return sum % 11 === Number(digits[3]) && (isDay(month, day) || (month > 12 && month < 16));
}

/** Birthday in `YYMMDD`: 50 is added to the month of women, 20 to either when a day's numbers are used up. */
function isBirthNumber(digits: string): boolean {
  const month = Number(digits.slice(2, 4)) % 50;
  const hasBirthday = isDay(month > 20 ? month - 20 : month, Number(digits.slice(4, 6)));
  if (digits.length === 9) return hasBirthday && Number(digits.slice(0, 2)) < 54;
  const check = Number(digits.slice(0, 9)) % 11;
  return hasBirthday && check % 10 === Number(digits[9]);
}

/** Of the former Yugoslavia: the birthday in `DDMMYYY`, a region, a serial number, a check digit. */
function isMasterNumber(digits: string): boolean {
  const sum = weightedSum(digits, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
  return hasDayMonth(digits, 0) && checkDigitOf11(sum, -1) === Number(digits[12]);
}

const peselLike = (digits: string, weights: readonly number[]) => (weightedSum(digits, weights) % 11) % 10;

/** Letters A = 10; the fourth character is the check digit. */
function isPolishCard(value: string): boolean {
  const numbers = [...value].map((character) => Number.parseInt(character, 36));
  const weights = [7, 3, 1, 9, 7, 3, 1, 7, 3];
  return numbers.reduce((sum, number, i) => sum + number * weights[i]!, 0) % 10 === 0;
}

/** Identifiers of Austria, Czechia, Slovakia, Hungary, Poland, and of the countries that were Yugoslavia. */
export const centralEurope: readonly IdentifierKind[] = [
  {
    id: 'at-social-security',
    title: 'Austrian social insurance number',
    severity: 'high',
    source: 'https://www.sozialversicherung.at/cdscontent/?contentid=10007.820902',
    leads: [
      [0, 4, { first: nonZero, next: ' -/', group: [6] }],
      [0, 10, { first: nonZero }],
    ],
    pattern: /[1-9]\d{3}[ /-]?\d{6}/y,
    longest: 11,
    isValid: isAustrianInsurance,
    names: names('sozialversicherung', 'sv ?n', 'vsnr', 'versicherungsn', 'ecard', 'e card'),
    unnamed: 'alone',
  },
  {
    id: 'cz-sk-birth-number',
    title: 'Czech or Slovak birth number',
    severity: 'high',
    source: 'https://www.mvcr.cz/clanek/rady-a-sluzby-dokumenty-rodne-cislo.aspx',
    leads: [
      [0, 6, { next: '/' }],
      [0, 10],
      [0, 9],
    ],
    pattern: /\d{6}\/?\d{3,4}/y,
    longest: 11,
    isValid: isBirthNumber,
    names: names('rodn[ée] [čc][íi]sl', 'r\\.? ?[čc]\\.?(?!\\p{L})', 'birth number'),
    unnamed: 'likely',
    undivided: 'unreported',
  },
  {
    id: 'hu-personal-number',
    title: 'Hungarian personal identification number',
    severity: 'high',
    source: 'https://net.jogtar.hu/jogszabaly?docid=99600020.tv',
    leads: [
      [0, 1, { first: '12345678', next: ' -' }],
      [0, 11, { first: '12345678' }],
    ],
    pattern: /[1-8]([ -]?)\d{6}\1\d{4}/y,
    longest: 13,
    isValid: (digits) => {
      const rising = weightedSum(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) % 11;
      const falling = weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11;
      const last = Number(digits[10]);
      return hasMonthDay(digits, 3) && (rising === last || falling === last);
    },
    names: names('szem[ée]lyi', 'szem\\.? sz'),
    unnamed: 'alone',
    undivided: 'unreported',
  },
  {
    id: 'hu-tax-id',
    title: 'Hungarian tax identification number',
    severity: 'high',
    source: 'https://net.jogtar.hu/jogszabaly?docid=a1700150.tv',
    keywords: ['azonos', 'adosz', 'tax id'],
    pattern: /8\d{9}/y,
    longest: 10,
    isValid: (digits) => weightedSum(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 === Number(digits[9]),
    names: names('ad[óo] ?azonos', 'adosz', 'tax id'),
  },
  {
    id: 'hu-social-security',
    title: 'Hungarian social security number (TAJ)',
    severity: 'high',
    source: 'https://net.jogtar.hu/jogszabaly?docid=99600020.tv',
    keywords: ['taj'],
    pattern: /\d{3}([ -]?)\d{3}\1\d{3}/y,
    longest: 11,
    isValid: (digits) => weightedSum(digits, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === Number(digits[8]),
    names: names('taj(?!\\p{L})', 'taj ?sz'),
  },
  {
    id: 'jmbg',
    title: 'Unique master citizen number (JMBG, EMŠO)',
    severity: 'high',
    source: 'https://www.gov.si/en/topics/personal-identification-number/',
    leads: [[0, 13]],
    pattern: /[0-3]\d[01]\d[09]\d{8}/y,
    longest: 13,
    isValid: isMasterNumber,
    names: names('jmbg', 'em[šs]o(?!\\p{L})', 'embg', 'mati[čc]ni', 'јмбг', 'ембг'),
    unnamed: 'alone',
  },
  {
    id: 'hr-oib',
    title: 'Croatian personal identification number (OIB)',
    severity: 'high',
    source: 'https://porezna-uprava.gov.hr/HR_OIB/Stranice/KontrolaOIBa.aspx',
    keywords: ['oib'],
    pattern: /\d{11}/y,
    longest: 11,
    isValid: hasMod11And10,
    names: names('oib(?!\\p{L})'),
  },
  {
    id: 'pl-nip',
    title: 'Polish tax number (NIP)',
    source: 'https://www.podatki.gov.pl/e-deklaracje/algorytm-sprawdzania-nip/',
    keywords: ['nip'],
    pattern: /\d{3}(-?)\d{3}\1\d{2}\1\d{2}|\d{3}-\d{2}-\d{2}-\d{3}/y,
    longest: 13,
    isValid: (digits) => weightedSum(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(digits[9]),
    names: names('nip(?!\\p{L})'),
  },
  {
    id: 'pl-regon',
    title: 'Polish business register number (REGON)',
    severity: 'low',
    source: 'https://stat.gov.pl/metainformacje/rejestr-regon/',
    keywords: ['regon'],
    pattern: /\d{9}/y,
    longest: 9,
    isValid: (digits) => peselLike(digits, [8, 9, 2, 3, 4, 5, 6, 7]) === Number(digits[8]),
    names: names('regon'),
  },
  {
    id: 'pl-identity-card',
    title: 'Polish identity card number',
    severity: 'high',
    source: 'https://www.gov.pl/web/gov/uzyskaj-dowod-osobisty',
    leads: [
      [3, 6],
      [3, 0],
      [0, 6],
    ],
    opening: /(?:^|[^\p{L}\d_])([A-Z]{3} )$/iu,
    pattern: /(?:[A-Z]{3})?\d{6}/iy,
    longest: 10,
    isValid: (value) => value.length === 9 && isPolishCard(value),
    names: names('dow[óo]d', 'identity card', 'id card'),
  },
];
