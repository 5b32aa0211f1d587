import { hasLuhnChecksum } from '../checksum.ts';
import { hasDayMonth, hasMonthDay, isDay, isFiller, weightedSum } from './check-digits.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

const mod11And10 = (digits: string, weights: readonly number[]) => (weightedSum(digits, weights) % 11) % 10;

/** Sex and century, birthday, county, serial number, check digit; of remainders 10 counts as 1. */
function isRomanian(digits: string): boolean {
  const rest = weightedSum(digits, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  const county = Number(digits.slice(7, 9));
  const isCounty = (county >= 1 && county <= 52) || county === 70;
  return hasMonthDay(digits, 3) && isCounty && (rest === 10 ? 1 : rest) === Number(digits[12]);
}

/** Birthday in `YYMMDD`: 20 is added to months of the 19th century, 40 to those from 2000 on. */
function isBulgarian(digits: string): boolean {
  const month = Number(digits.slice(2, 4));
  const isBirthday = isDay(
    month > 40 ? month - 40 : month > 20 ? month - 20 : month,
    Number(digits.slice(4, 6)),
  );
  return isBirthday && mod11And10(digits, [2, 4, 8, 5, 10, 9, 7, 3, 6]) === Number(digits[9]);
}

function isRussianTaxpayer(digits: string): boolean {
  if (isFiller(digits)) return false;
  if (digits.length === 10) return mod11And10(digits, [2, 4, 10, 3, 5, 9, 4, 6, 8]) === Number(digits[9]);
  const eleventh = mod11And10(digits, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]);
  const twelfth = mod11And10(digits, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]);
  return eleventh === Number(digits[10]) && twelfth === Number(digits[11]);
}

/** Remainder 10 is summed again with weights two places on; a second 10 counts as 0. */
function checkByTwoRows(digits: string, length: number): number {
  const weights = (from: number) => Array.from({ length }, (_, i) => ((i + from - 1) % 9) + 1);
  const rest = weightedSum(digits, weights(1)) % 11;
  return rest < 10 ? rest : (weightedSum(digits, weights(3)) % 11) % 10;
}

/** As `checkByTwoRows`, with weights up to eleven; a second 10 is not issued. */
function isKazakh(digits: string): boolean {
  const sum = weightedSum(digits, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
  const check = sum < 10 ? sum : weightedSum(digits, [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11;
  return hasMonthDay(digits, 2) && check === Number(digits[11]);
}

/** Identifiers of Romania, Bulgaria, Greece, the Baltic states, Ukraine, Russia and Kazakhstan. */
export const easternEurope: readonly IdentifierKind[] = [
  {
    id: 'ro-cnp',
    title: 'Romanian personal numeric code (CNP)',
    severity: 'high',
    source: 'https://legislatie.just.ro/Public/DetaliiDocument/109719',
    leads: [[0, 13, { first: '123456789' }]],
    pattern: /[1-9]\d{12}/y,
    longest: 13,
    isValid: isRomanian,
    names: names('cnp(?!\\p{L})', 'cod numeric', 'cod personal'),
    unnamed: 'alone',
  },
  {
    id: 'bg-egn',
    title: 'Bulgarian personal number (EGN)',
    severity: 'high',
    source: 'https://www.grao.bg/esgraon.html',
    leads: [[0, 10]],
    pattern: /\d{10}/y,
    longest: 10,
    isValid: isBulgarian,
    names: names('egn(?!\\p{L})', 'егн'),
    unnamed: 'alone',
  },
  {
    id: 'gr-amka',
    title: 'Greek social security number (AMKA)',
    severity: 'high',
    source: 'https://www.amka.gr/',
    leads: [[0, 11, { first: '0123' }]],
    pattern: /[0-3]\d{10}/y,
    longest: 11,
    isValid: (digits) => hasDayMonth(digits, 0) && hasLuhnChecksum(digits),
    names: names('amka(?!\\p{L})', 'αμκα', 'α\\.μ\\.κ\\.α'),
    unnamed: 'alone',
  },
  {
    id: 'gr-afm',
    title: 'Greek tax number (AFM)',
    severity: 'high',
    source: 'https://www.aade.gr/',
    leads: [[0, 9]],
    pattern: /\d{9}/y,
    longest: 9,
    isValid: (digits) =>
      !isFiller(digits) && mod11And10(digits, [256, 128, 64, 32, 16, 8, 4, 2]) === Number(digits[8]),
    names: names('afm(?!\\p{L})', 'αφμ', 'α\\.φ\\.μ'),
  },
  {
    id: 'baltic-personal-code',
    title: 'Estonian or Lithuanian personal code',
    severity: 'high',
    source: 'https://www.riigiteataja.ee/akt/131012019006',
    leads: [[0, 11, { first: '123456' }]],
    pattern: /[1-6]\d{10}/y,
    longest: 11,
    isValid: (digits) => hasMonthDay(digits, 3) && checkByTwoRows(digits, 10) === Number(digits[10]),
    names: names('isikukood', 'asmens kod', 'personal (?:identification )?code', 'ik(?!\\p{L})'),
    unnamed: 'alone',
  },
  {
    id: 'lv-personal-code',
    title: 'Latvian personal code',
    severity: 'high',
    source: 'https://www.pmlp.gov.lv/en/personal-identity-number',
    leads: [
      [0, 6, { first: '0123', next: '-' }],
      [0, 11, { first: '0123' }],
    ],
    pattern: /[0-3]\d{5}-?\d{5}/y,
    longest: 12,
    isValid: (digits) => {
      // Codes from 32 on are given out without birthday and without check digit.
      if (digits.startsWith('3') && digits[1]! >= '2') return true;
      const rest = (1101 - weightedSum(digits, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11;
      return hasDayMonth(digits, 0) && rest === Number(digits[10]);
    },
    names: names('personas kod', 'p\\.? ?k\\.(?!\\p{L})', 'personal (?:identity )?(?:code|number)'),
  },
  {
    id: 'ua-taxpayer',
    title: 'Ukrainian taxpayer number',
    severity: 'high',
    source: 'https://zakon.rada.gov.ua/laws/show/z1306-17',
    leads: [[0, 10]],
    pattern: /\d{10}/y,
    longest: 10,
    isValid: (digits) =>
      !isFiller(digits) && mod11And10(digits, [10, 5, 7, 9, 4, 6, 10, 5, 7]) === Number(digits[9]),
    names: names('рнокпп', 'іпн', 'ідентифікаційний', 'rnokpp', 'ukrain'),
  },
  {
    id: 'ru-inn',
    title: 'Russian taxpayer number (INN)',
    severity: 'high',
    source: 'https://www.nalog.gov.ru/rn77/related_activities/statistics_and_analytics/inn/',
    leads: [
      [0, 10],
      [0, 12],
    ],
    pattern: /\d{10}(?:\d{2})?/y,
    longest: 12,
    isValid: isRussianTaxpayer,
    names: names('инн', 'inn(?!\\p{L})'),
  },
  {
    id: 'ru-snils',
    title: 'Russian insurance number (SNILS)',
    severity: 'high',
    source: 'https://sfr.gov.ru/grazhdanam/snils/',
    leads: [
      [0, 3, { next: '-' }],
      [0, 11],
    ],
    pattern: /\d{3}(-?)\d{3}\1\d{3}[ -]?\d{2}/y,
    longest: 14,
    isValid: (digits) => {
      const sum = weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101;
      return !isFiller(digits.slice(0, 9)) && sum % 100 === Number(digits.slice(9));
    },
    names: names('снилс', 'snils'),
    unnamed: 'likely',
    undivided: 'unreported',
  },
  {
    id: 'ru-passport',
    title: 'Russian internal passport number',
    severity: 'high',
    source: 'https://xn--b1aew.xn--p1ai/',
    leads: [
      [0, 2, { next: ' ', group: [2, 8] }],
      [0, 4, { next: ' ', group: [6] }],
      [0, 10],
    ],
    pattern: /\d{2} ?\d{2} ?\d{6}/y,
    longest: 12,
    names: names('паспорт', 'russian passport'),
  },
  {
    id: 'kz-iin',
    title: 'Kazakh individual identification number',
    severity: 'high',
    source: 'https://adilet.zan.kz/rus/docs/Z070000223_',
    leads: [[0, 12]],
    pattern: /\d{6}[0-6]\d{5}/y,
    longest: 12,
    isValid: isKazakh,
    names: names('иин', 'жсн', 'iin(?!\\p{L})'),
    unnamed: 'alone',
  },
];
