import { ALPHANUMERIC, DASH, DIGIT, DOT, isIn, LETTER, startsToken } from '../characters.ts';
import type { Lead } from '../leads.ts';
import type { Match, Rule } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';
import { hasDigit, isAlone, isNamed, names } from './context.ts';

const longest = 28;
const reach = 40;
// A group, then groups behind one or two separators; a second group may stand in brackets.
const international = /[1-9]\d{0,14}(?:(?:[ .-]?\(\d{1,5}\)[ .-]?|[ .-])\d{1,12}){0,6}/y;
const american = /(?:1[ .-])?([2-9]\d{2})(?:\) ?|[ .-])[2-9]\d{2}[ .-]\d{4}/y;
const national = /0(?:\d{8,11}|\d{1,4}(?:[ -]\d{2,8}){1,4}| ?\(\d{2,4}\) ?\d{2,7}(?:[ -]\d{2,7}){0,3})/y;
const plain = /\d{2,5}(?:[ .-]?\d{2,5}){1,4}|\d{7,15}/y;

const phoneNames = names(
  'phones?(?!\\p{L})',
  'tele?(?:ph?ono?|fon|foon)',
  'tel(?!\\p{L})',
  'mobile? ?(?:number|no|phone|nr|:)',
  'cell ?(?:number|phone|:)',
  'whatsapp',
  'fax(?!\\p{L})',
  'handy ?n',
  'call (?:me|him|her|us|them)',
  'text me',
);

const countDigits = (value: string) => value.replace(/\D/g, '').length;

/**
 * Telephone numbers: E.164 with its plus sign, the North American form with its groups, national forms with a
 * trunk zero on a line of their own, and any number of 7 to 15 digits beside a word that names it.
 * Sources: ITU-T E.164, E.123; NANPA.
 */
export const phone: Rule = {
  id: 'phone-number',
  category: 'pii',
  title: 'Telephone number',
  severity: 'medium',
  confidence: 'medium',
  keywords: ['phone', 'telefon', 'tel', 'mobile', 'cell', 'whatsapp', 'fax', 'handy', 'call ', 'text me'],
  leads: Array.from({ length: 15 }, (_, i): Lead => [0, i + 1]),
  maximumLength: 16 + reach + longest,
  match(text, start, leadEnd) {
    if (isIn(text.charCodeAt(start), LETTER)) return afterName(text, start, leadEnd);
    const before = text[start - 1] ?? '';
    if (before === '+') return startsToken(text, start - 1) ? withPlus(text, start) : undefined;
    if (before !== '' && '.-/,:#$_'.includes(before) && isIn(text.charCodeAt(start - 2), ALPHANUMERIC)) {
      return undefined;
    }
    if (text[start] === '0') return withTrunkZero(text, start);
    if (leadEnd - start === 3 || leadEnd - start === 1) {
      const match = inAmericanForm(text, start);
      if (match !== undefined) return match;
    }
    return undefined;
  },
  remediation: {
    steps: [
      'Keep the number only if the purpose needs it and the person was told.',
      'Otherwise remove it, or keep the last two digits.',
    ],
    references: ['https://www.itu.int/rec/T-REC-E.164/', 'https://gdpr-info.eu/art-5-gdpr/'],
  },
  mappings: personalDataMappings,
};

function endOf(text: string, start: number, pattern: RegExp): number {
  pattern.lastIndex = start;
  if (!pattern.test(text) || pattern.lastIndex - start > longest) return -1;
  const end = pattern.lastIndex;
  const next = text[end] ?? '';
  if (isIn(text.charCodeAt(end), ALPHANUMERIC) || next === '_') return -1;
  const goesOn = next !== '' && '-.:/@,='.includes(next) && isIn(text.charCodeAt(end + 1), ALPHANUMERIC);
  return goesOn ? -1 : end;
}

function withPlus(text: string, digits: number): Match | undefined {
  const end = endOf(text, digits, international);
  if (end === -1) return undefined;
  const count = countDigits(text.slice(digits, end));
  return count >= 9 && count <= 15 ? { start: digits - 1, end } : undefined;
}

function withTrunkZero(text: string, start: number): Match | undefined {
  const end = endOf(text, start, national);
  if (end === -1 || text.startsWith('00', start)) return undefined;
  const count = countDigits(text.slice(start, end));
  if (count < 10 || count > 11) return undefined;
  if (isNamed(text, start, end, phoneNames)) return { start, end };
  return isAlone(text, start, end) ? { start, end, confidence: 'low', severity: 'low' } : undefined;
}

function inAmericanForm(text: string, start: number): Match | undefined {
  const end = endOf(text, start, american);
  if (end === -1) return undefined;
  const isBracketed = text[start - 1] === '(';
  if (isBracketed !== text.slice(start, end).includes(')')) return undefined;
  const from = isBracketed ? start - 1 : start;
  if (isBracketed || text.slice(start, end).includes('-')) return { start: from, end };
  return isNamed(text, from, end, phoneNames) ? { start: from, end } : undefined;
}

/** The first number behind the name, on its line. */
function afterName(text: string, start: number, end: number): Match | undefined {
  if (isIn(text.charCodeAt(start - 1), LETTER)) return undefined;
  const limit = Math.min(text.length, end + reach);
  if (!hasDigit(text, end, limit)) return undefined;
  for (let at = end; at < limit && text.charCodeAt(at) !== 10; at++) {
    if (isIn(text.charCodeAt(at), DIGIT) && !isIn(text.charCodeAt(at - 1), ALPHANUMERIC | DOT | DASH)) {
      const match = named(text, at);
      if (match !== undefined) return match;
    }
  }
  return undefined;
}

function named(text: string, start: number): Match | undefined {
  const end = endOf(text, start, plain);
  if (end === -1) return undefined;
  const value = text.slice(start, end);
  const count = countDigits(value);
  if (count < 7 || count > 15 || /^(?:19|20)\d\d[-. ]\d\d?[-. ]\d\d?$/.test(value)) return undefined;
  return isNamed(text, start, end, phoneNames) ? { start, end } : undefined;
}
