import { ALPHANUMERIC, isIn, startsToken } from '../characters.ts';
import { only, upperLetters } from '../leads.ts';
import type { Match, Rule } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';
import { isDay } from './check-digits.ts';
import { hasDigit } from './context.ts';

const remediation = {
  steps: [
    'Keep it only if the purpose needs it; an age group or an internal id often does.',
    'Where it has to stay, keep it apart from other facts about the person.',
  ],
  references: ['https://gdpr-info.eu/art-5-gdpr/'],
};

const reach = 40;
const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const numericDate = /(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})/y;
const dayFirst = /(\d{1,2})(?:st|nd|rd|th|\.)? (?:of )?([a-z]{3,9})\.?,? (\d{4})/iy;
const monthFirst = /([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})/iy;

/** Date of birth: a whole date at most 40 code units after words that say whose day it is. */
export const birthDate: Rule = {
  id: 'date-of-birth',
  category: 'pii',
  title: 'Date of birth',
  severity: 'medium',
  confidence: 'medium',
  keywords: [
    ...[
      'dob',
      'date of birth',
      'birth date',
      'birthdate',
      'birth_date',
      'date_of_birth',
      'dateofbirth',
      'birthday',
    ],
    ...['born ', 'born:', 'geboren', 'geburtsdatum', 'geburtstag', 'naissance'],
    ...['nacimiento', 'nascita', 'nascimento', 'geboortedatum', 'syntym', 'urodzenia'],
  ],
  maximumLength: 16 + reach + 24,
  match(text, start, keywordEnd) {
    if (!startsToken(text, start) && !/[a-z]/.test(text[start - 1] ?? '')) return undefined;
    const limit = Math.min(text.length, keywordEnd + reach);
    if (!hasDigit(text, keywordEnd, limit)) return undefined;
    for (let at = keywordEnd; at < limit; at++) {
      const code = text.charCodeAt(at);
      if (code === 10) return undefined;
      if (isIn(text.charCodeAt(at - 1), ALPHANUMERIC) && at > keywordEnd) continue;
      if (!isIn(code, ALPHANUMERIC)) continue;
      const match = dateAt(text, at);
      if (match !== undefined) return match;
    }
    return undefined;
  },
  remediation,
  mappings: personalDataMappings,
};

function dateAt(text: string, start: number): Match | undefined {
  numericDate.lastIndex = start;
  const numeric = numericDate.exec(text);
  if (numeric !== null) {
    const [value, first, , second, third] = numeric;
    const [a, b, c] = [Number(first), Number(second), Number(third)];
    const isDate =
      first!.length === 4
        ? isYear(a) && isDay(b, c)
        : (isYear(c) || third!.length === 2) && (isDay(a, b) || isDay(b, a));
    const end = start + value.length;
    return isDate && !isIn(text.charCodeAt(end), ALPHANUMERIC) ? { start, end } : undefined;
  }
  for (const [pattern, day, month] of [
    [dayFirst, 1, 2],
    [monthFirst, 2, 1],
  ] as const) {
    pattern.lastIndex = start;
    const found = pattern.exec(text);
    if (found === null) continue;
    const number = months.indexOf(found[month]!.slice(0, 3).toLowerCase()) + 1;
    if (isDay(number, Number(found[day])) && isYear(Number(found[3])))
      return { start, end: start + found[0].length };
  }
  return undefined;
}

const isYear = (year: number) => year >= 1880 && year <= 2099;

const nameWord = "\\p{Lu}[\\p{L}'’-]{1,24}";
const afterKey = new RegExp(
  `["']?\\s{0,2}[:=]\\s{0,2}["']?(${nameWord}(?: (?:\\p{Lu}\\.|${nameWord})){1,3})`,
  'uy',
);
const afterIs = new RegExp(`(${nameWord}(?: (?:\\p{Lu}\\.|${nameWord})){0,3})`, 'uy');

/** Names of persons, only where the text says that one follows: `Full name: …`, `my name is …`. */
export const personName: Rule = {
  id: 'person-name',
  category: 'pii',
  title: 'Name of a person',
  severity: 'low',
  confidence: 'low',
  keywords: [
    ...[
      'my name is ',
      'her name is ',
      'his name is ',
      'i am called ',
      'mein name ist ',
      "je m'appelle ",
      'me llamo ',
    ],
    ...[
      'name:',
      'full name',
      'full_name',
      'fullname',
      'patient name',
      'patient_name',
      'customer name',
      'customer_name',
    ],
    ...['employee name', 'account holder', 'cardholder', 'nombre:', 'nom:'],
  ],
  maximumLength: 200,
  match(text, start, keywordEnd) {
    const isKey = text[keywordEnd - 1] !== ' ';
    // In lower case a bare `name:` heads every other line of a configuration.
    if (text[start] === 'n' && text[keywordEnd - 1] === ':') return undefined;
    const pattern = isKey ? afterKey : afterIs;
    if (!isKey && !startsToken(text, start)) return undefined;
    pattern.lastIndex = text[keywordEnd - 1] === ':' ? keywordEnd - 1 : keywordEnd;
    const found = pattern.exec(text);
    if (found === null || isIn(text.charCodeAt(pattern.lastIndex), ALPHANUMERIC)) return undefined;
    return { start: pattern.lastIndex - found[1]!.length, end: pattern.lastIndex };
  },
  remediation,
  mappings: personalDataMappings,
};

const street =
  /\d{1,5}[A-Z]? (?:[NSEW]\.? )?(?:(?:[A-Z][a-z'’]{1,20}|\d{1,3}(?:st|nd|rd|th)) ){1,3}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Square|Terrace|Crescent|Parkway|Pkwy)(?![A-Za-z-])/y;

/** Street addresses in English: house number, capitalised name and a word for street. */
export const streetAddress: Rule = {
  id: 'street-address',
  category: 'pii',
  title: 'Street address',
  severity: 'low',
  confidence: 'medium',
  keywords: [],
  leads: only({ next: ` ${upperLetters}` }, [0, 1], [0, 2], [0, 3], [0, 4], [0, 5]),
  maximumLength: 110,
  match(text, start, leadEnd) {
    if (text[leadEnd] !== ' ' && text[leadEnd + 1] !== ' ') return undefined;
    street.lastIndex = start;
    return street.test(text) ? { start, end: street.lastIndex } : undefined;
  },
  remediation,
  mappings: personalDataMappings,
};
