import { ALPHANUMERIC, DASH, DIGIT, DOT, isAt, LETTER, startsToken } from '../characters.ts';
import type { Lead } from '../leads.ts';
import type { Match, Rule } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';
import { hasDigit, isAlone, isNamed, names } from './context.ts';
import { isPossibleNumber } from './phone-plans.ts';

const longest = 32;
const reach = 40;
// A group, then groups behind one or two separators; a second group may stand in brackets.
const international = /[1-9]\d{0,14}(?:(?:[ .-]?\(\d{1,5}\)[ .-]?|[ ./-])\d{1,12}){0,6}/y;
const american =
  /(?:(?:001|1)[ .-])?\(?([2-9]\d{2})(?:\) ?|[ .-])[2-9]\d{2}([ .-])\d{4}(?:,? ?(?:x|ext\.?) ?\d{1,6})?/iy;
const national =
  /0(?:\d{8,11}|\d{1,5}(?:[ /-]\d{2,8}){1,4}|(?: ?\(\d{2,4}\)|\d{0,4}\)) ?\d{2,8}(?:[ -]\d{2,7}){0,3})/y;
const plain = /\d{7,15}(?!\d)|\(?\d{1,5}\)?(?:(?: ?[.-]|[ /]|(?<=\)))(?:\(\d{2,5}\)[ -]?)?\d{1,8}){1,6}/y;
// Groups that nothing but a telephone number has: pairs behind a zero, three-three-two-two, zero and four-four or six.
const grouped =
  /0[1-9](?: \d\d){4}|0\d{2} \d{4} \d{4}|0\d{4} \d{6}|0?[2-9]\d\d \d{3} \d\d \d\d|8 ?\(\d{3,5}\) ?\d{1,3}-\d\d-\d\d/y;

// Numbers that people call their own besides.
const otherNumbers =
  'card|credit|debit|id |identi|account|pass|order|tick|track|polic|licen|soci|tax|insur|seri|invo|memb|case|stud|empl|refer|book|vat|bank|room|flight|house';

const phoneNames = names(
  '(?:tele|smart|mobil|cell)?phones?(?!\\p{L})',
  't[eé]l[eéè]?(?:ph?[oó]n|fon|foon)',
  'tel(?!\\p{L})',
  '(?:mobil[ei]?|m[oó]vil|cell?(?:ulare?)?|portable|gsm|handy|sms) ?(?:number|num[eé]ro|nr|no(?!\\p{L})|#|:|is|ist|est|es|è)',
  '(?:mobil|handy|ruf|festnetz)(?:ruf)?nummer',
  'whatsapp',
  'fax(?!\\p{L})',
  '(?:call|text|ring|reach|dial|phone) (?:me|him|her|us|them|now|back)',
  '(?:call|text|ring|dial|mobil[ei]?|cell)(?: (?:on|at))?[\\s:(]{0,3}$',
  `(?:my|his|her|our|their|your) (?:(?!${otherNumbers})\\p{L}{2,12} ){0,2}number`,
  '(?:meine|seine|ihre|unsere) nummer',
  'erreich(?:bar|en|s?t)',
  '(?:mon|son|notre) num[eé]ro',
  'appel(?:e[zr]?|le)(?!\\p{L})',
  '(?:mi|su) n[uú]mero',
  'll[aá]ma(?:me|r(?:me)?)(?!\\p{L})',
  '(?:mio|suo|nostro) numero',
  'chiama(?:mi|re|temi)(?!\\p{L})',
  'тел(?:ефон)?(?!\\p{L})',
  '手机|电话|電話|携帯|전화|휴대',
);

const keywords = (
  'phone;telef;tel;mobil;cell;whatsapp;fax;handy;sms;gsm;portable;vil;call ;text me;ring me;reach ;dial ;number is;number:;' +
  'rufnummer;meine nummer;erreich;festnetz;mon num;appel;mi n;llam;mame ;mio numero;chiama'
).split(';');

const leads: readonly Lead[] = [
  ...Array.from({ length: 15 }, (_, i): Lead => [0, i + 1, { before: '+' }]),
  ...[1, 2, 3, 4, 5, 6].flatMap((digits): Lead[] => [
    [0, digits, { first: '0', next: '()' }],
    [0, digits, { first: '0', next: ' -/', group: [2, 3, 4, 5, 6, 7, 8] }],
  ]),
  [0, 1, { first: '0', next: ' ', group: [0] }],
  [0, 3, { first: '0', next: ' -', group: [0] }],
  ...[9, 10, 11, 12].map((digits): Lead => [0, digits, { first: '0' }]),
  [0, 3, { first: '23456789', next: ' -.', group: [3] }],
  [0, 3, { first: '23456789', next: ')', group: [0, 3] }],
  [0, 1, { first: '1', next: ' -.' }],
  [0, 1, { first: '8', next: ' (' }],
  [0, 11, { first: '1' }],
];

// A mobile number of mainland China, which is seldom written in groups.
const chinese = /^1[3-9]\d{9}$/;
// What a plus sign begins besides: decimals, and points of the earth in degrees (ISO 6709).
const otherSigned = /^(?:\d{4,}\.\d+|\d{4}-\d{5}|\d{6}-\d{7})$/;
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
  patterns: [String.raw`\+?\(?[0-9](?:[ ./()-]{0,3}[0-9]){6,17}`],
  severity: 'medium',
  confidence: 'medium',
  keywords,
  keywordAt: 'word',
  leads,
  maximumLength: 16 + reach + longest,
  match(text, start, leadEnd) {
    if (isAt(text, start, LETTER)) return afterName(text, start, leadEnd);
    const before = text[start - 1] ?? '';
    if (before === '+') return startsToken(text, start - 1) ? withPlus(text, start) : undefined;
    if (before !== '' && '.-/,:#$_'.includes(before) && isAt(text, start - 2, ALPHANUMERIC)) {
      return undefined;
    }
    const length = leadEnd - start;
    if (length <= 5) {
      const inGroups = endOf(text, start, grouped);
      if (inGroups !== -1) return unnamedIn(text, start, inGroups);
    }
    if (length === 3 || length === 1) {
      const match = inAmericanForm(text, start);
      if (match !== undefined) return match;
    }
    if (text[start] === '0') return withTrunkZero(text, start);
    return length === 11 && chinese.test(text.slice(start, leadEnd)) ? named(text, start) : undefined;
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
  if (isAt(text, end, ALPHANUMERIC) || next === '_') return -1;
  const goesOn = next !== '' && '-.:/@,=+'.includes(next) && isAt(text, end + 1, ALPHANUMERIC);
  return goesOn ? -1 : end;
}

/** A form that is a telephone number’s: of medium severity where a word says so, otherwise low outside of tables. */
function unnamedIn(text: string, start: number, end: number): Match | undefined {
  if (isNamed(text, start, end, phoneNames)) return { start, end };
  const isTable = isAt(text, start - 2, DIGIT) || isAt(text, end + 1, DIGIT);
  return isTable ? undefined : { start, end, severity: 'low' };
}

/** With its plus sign: as the numbering plans have it, or beside a word that names it. */
function withPlus(text: string, digits: number): Match | undefined {
  const end = endOf(text, digits, international);
  if (end === -1) return undefined;
  // The zero in `+49 (0)30` is dialled at home only.
  const number = text.slice(digits, end).replace('(0)', '').replace(/\D/g, '');
  if (number.length < 7 || number.length > 15 || otherSigned.test(text.slice(digits, end))) return undefined;
  const match = { start: digits - 1, end };
  if (isPossibleNumber(number)) return match;
  return number.length >= 9 && isNamed(text, digits - 1, end, phoneNames) ? match : undefined;
}

function withTrunkZero(text: string, start: number): Match | undefined {
  const end = endOf(text, start, national);
  if (end === -1 || text.startsWith('00', start)) return undefined;
  const count = countDigits(text.slice(start, end));
  if (count < 10 || count > 11) return undefined;
  const isBracketed = text[start - 1] === '(' && text.slice(start, end).includes(')');
  const from = isBracketed ? start - 1 : start;
  if (isNamed(text, from, end, phoneNames)) return { start: from, end };
  return isAlone(text, from, end) ? { start: from, end, confidence: 'low', severity: 'low' } : undefined;
}

function inAmericanForm(text: string, start: number): Match | undefined {
  const end = endOf(text, start, american);
  if (end === -1) return undefined;
  const value = text.slice(start, end);
  const isBracketed = text[start - 1] === '(' || value.includes('(');
  if (isBracketed !== value.includes(')')) return undefined;
  const from = text[start - 1] === '(' ? start - 1 : start;
  if (isBracketed || value.includes('-')) return { start: from, end };
  if (value.includes('.') || isAlone(text, from, end)) return unnamedIn(text, from, end);
  return isNamed(text, from, end, phoneNames) ? { start: from, end } : undefined;
}

/** The first number behind the name, on its line. */
function afterName(text: string, start: number, end: number): Match | undefined {
  if (isAt(text, start - 1, LETTER)) return undefined;
  const limit = Math.min(text.length, end + reach);
  if (!hasDigit(text, end, limit)) return undefined;
  for (let at = end; at < limit && text.charCodeAt(at) !== 10; at++) {
    if (isAt(text, at, DIGIT) && !isAt(text, at - 1, ALPHANUMERIC | DOT | DASH)) {
      const match = named(text, at);
      if (match !== undefined) return match;
    }
  }
  return undefined;
}

function named(text: string, start: number): Match | undefined {
  const end = endOf(text, start, plain);
  if (end === -1) return undefined;
  const from = text[start - 1] === '(' && text.slice(start, end).includes(')') ? start - 1 : start;
  const value = text.slice(from, end);
  const count = countDigits(value);
  if (count < 7 || count > 15 || /^(?:19|20)\d\d[-. ]\d\d?[-. ]\d\d?$/.test(value)) return undefined;
  return isNamed(text, from, end, phoneNames) ? { start: from, end } : undefined;
}
