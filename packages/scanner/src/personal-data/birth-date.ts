import { ALPHANUMERIC, DIGIT, isAt, isIn, startsToken } from '../characters.ts';
import type { Match, Rule } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';
import { isDay } from './check-digits.ts';
import { hasDigit, isNamed, names } from './context.ts';

const reach = 40;
const numericDate = /(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})/y;
const writtenDate = /(\d{4})(?:年|년 ?)(\d{1,2})(?:月|월 ?)(\d{1,2})[日일]/y;
const dayFirst =
  /(\d{1,2})(?:st|nd|rd|th|er|\.|º)?(?: (?:of |de |d['’])?|[-/])(\p{L}{3,10})\.?,?(?: (?:del? )?|[-/])(\d{4})/iuy;
const monthFirst = /(\p{L}{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})/iuy;

/** Beginnings of the months in English, German, French, Spanish, Italian, Portuguese and Dutch, without accents. */
const months = (
  'jan,gen,ene|feb,fev|mar,maa,mrt,mae|apr,abr,avr|may,mai,mag,mei|jun,juin,giu|jul,juil,lug|aug,aou,ago|sep,set|' +
  'oct,okt,ott,out|nov|dec,dez,dic'
)
  .split('|')
  .map((list) => list.split(','));

/** Number of the month, 0 for any other word. */
function monthOf(word: string): number {
  const plain = word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return months.findIndex((beginnings) => beginnings.some((beginning) => plain.startsWith(beginning))) + 1;
}

const keywords = (
  'dob;date of birth;birth date;birthdate;birth_date;date_of_birth;dateofbirth;birthday;born ;born:;geboren;geb.;geburtsdatum;' +
  'geburtstag;naissance;nacimiento;nacid;nac;cumplea;nascita;nato ;nata ;compleanno;nasc;geboortedatum;syntym;' +
  'urodzen;urodz;f.nac; le '
).split(';');
// Of the keywords that are parts of other words, those words that they have to be of.
const spokenOf = names(
  'nac(?:[ií]|imiento|id[oa]|\\.)',
  'nasc(?:i|id[oa]|imento)(?!\\p{L})',
  'cumplea[ñn]os',
  'n[ée]e?(?:\\(e\\))? le',
  'nat[oa](?!\\p{L})',
  'geb\\.',
  'urodz',
);
const unsure = /^(?:nac|nacid|nasc|cumplea|nat[oa] | le |geb\.|urodz)$/i;
/** Names in scripts that keywords cannot have; the date itself is what leads to them. */
const otherScripts = /(?:рожд|родил|народж|出生|生日|生年月日|생년월일|γεννη|میلاد|الميلاد)/i;

/** Date of birth: a whole date at most 40 code units after words that say whose day it is. */
export const birthDate: Rule = {
  id: 'date-of-birth',
  category: 'pii',
  title: 'Date of birth',
  patterns: [
    String.raw`\d{1,4}(?:[-/. ]|年|년 ?|st|nd|rd|th|er|º)[^\n]{1,20}?\d{1,4}`,
    String.raw`\p{L}{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}`,
  ],
  severity: 'medium',
  confidence: 'medium',
  keywords,
  leads: [
    [0, 4, { first: '12', next: '-/.', group: [1, 2], behind: '-/.' }],
    [0, 4, { first: '12', next: '年년' }],
    [0, 2, { first: '0123', next: '-/.', group: [1, 2], behind: '-/.' }],
    // With the name of the month.
    [0, 2, { first: '0123', next: '-/.', group: [0] }],
  ],
  maximumLength: 24 + reach + 24,
  match(text, start, keywordEnd) {
    const code = text.charCodeAt(start);
    if (code >= 48 && code <= 57) return named(text, start, keywordEnd);
    const isWordStart = startsToken(text, start) || /[a-z]/.test(text[start - 1] ?? '');
    if (!isWordStart && code !== 32) return undefined;
    const limit = Math.min(text.length, keywordEnd + reach);
    if (!hasDigit(text, Math.max(0, start - reachBack), limit)) return undefined;
    if (unsure.test(text.slice(start, keywordEnd))) {
      const from = Math.max(0, start - 8);
      if (!spokenOf.test(text.slice(from, keywordEnd + 8))) return undefined;
    }
    for (let at = keywordEnd; at < limit; at++) {
      const code = text.charCodeAt(at);
      if (code === 10) break;
      if (isAt(text, at - 1, ALPHANUMERIC) && at > keywordEnd) continue;
      if (!isIn(code, ALPHANUMERIC)) continue;
      const match = dateAt(text, at);
      if (match !== undefined) return match;
    }
    return isLast.test(text.slice(start, keywordEnd)) ? justBefore(text, start) : undefined;
  },
  remediation: {
    steps: [
      'Keep it only if the purpose needs it; an age group or an internal id often does.',
      'Where it has to stay, keep it apart from other facts about the person.',
    ],
    references: ['https://gdpr-info.eu/art-5-gdpr/'],
  },
  mappings: personalDataMappings,
};

function isForeignBefore(text: string, start: number): boolean {
  for (let at = start - 1; at >= start - reachBack && at >= 0; at--)
    if (text.charCodeAt(at) > 0x36f) return true;
  return false;
}

const reachBack = 24;
// In German the verb comes last.
const isLast = /^geboren$/i;

function justBefore(text: string, word: number): Match | undefined {
  for (let at = Math.max(0, word - reachBack); at < word; at++) {
    const isStart = isAt(text, at, DIGIT) && !isAt(text, at - 1, ALPHANUMERIC);
    const match = isStart ? dateAt(text, at) : undefined;
    if (match !== undefined && match.end <= word) return match;
  }
  return undefined;
}

/** A date of digits behind a word in a script without keywords. */
function named(text: string, start: number, end: number): Match | undefined {
  const next = text.charCodeAt(end);
  if (next !== 45 && next !== 46 && next !== 47 && next !== 0x5e74 && next !== 0xb144) return undefined;
  if (!isForeignBefore(text, start)) return undefined;
  const match = dateAt(text, start);
  return match !== undefined && isNamed(text, match.start, match.end, otherScripts) ? match : undefined;
}

function dateAt(text: string, start: number): Match | undefined {
  for (const pattern of [numericDate, writtenDate]) {
    pattern.lastIndex = start;
    const found = pattern.exec(text);
    if (found === null) continue;
    const end = start + found[0].length;
    const isDate = pattern === writtenDate ? isWritten(found) : isNumeric(found);
    return isDate && !isAt(text, end, ALPHANUMERIC) ? { start, end } : undefined;
  }
  for (const [pattern, day, month] of [
    [dayFirst, 1, 2],
    [monthFirst, 2, 1],
  ] as const) {
    pattern.lastIndex = start;
    const found = pattern.exec(text);
    if (found === null) continue;
    if (isDay(monthOf(found[month]!), Number(found[day])) && isYear(Number(found[3])))
      return { start, end: start + found[0].length };
  }
  return undefined;
}

function isNumeric([, first, , second, third]: RegExpExecArray): boolean {
  const [a, b, c] = [Number(first), Number(second), Number(third)];
  if (first!.length === 4) return isYear(a) && isDay(b, c);
  return (isYear(c) || third!.length === 2) && (isDay(a, b) || isDay(b, a));
}

const isWritten = ([, year, month, day]: RegExpExecArray) =>
  isYear(Number(year)) && isDay(Number(month), Number(day));

const isYear = (year: number) => year >= 1880 && year <= 2099;
