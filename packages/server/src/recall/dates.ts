/**
 * Dates as terms. A memory is also found by the day that it tells of: its time, the days that its text refers
 * to ("yesterday", resolved against its time) and, in a query, absolute dates. All in UTC.
 *
 * A date term is written apart from words (`@2023`, `@m5`, `@d8`), so that "8 people" does not match the 8th.
 */

const DAY = 86_400_000;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const MONTH_NAME =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const YEAR = '(?:19|20)\\d\\d';

const year = (value: number | string) => `@${Number(value)}`;
const month = (value: number) => `@m${value}`;
const day = (value: number | string) => `@d${Number(value)}`;
const monthNumber = (name: string) => MONTHS.indexOf(name.slice(0, 3)) + 1;

/** Year, month and day of a moment (epoch ms) as three terms. */
export function dateTerms(time: number): string[] {
  const date = new Date(time);
  return [year(date.getUTCFullYear()), month(date.getUTCMonth() + 1), day(date.getUTCDate())];
}

type DatePattern = readonly [RegExp, (match: RegExpMatchArray) => string[]];

const ABSOLUTE: readonly DatePattern[] = [
  [
    new RegExp(`\\b(${YEAR})-(\\d\\d)-(\\d\\d)\\b`, 'g'),
    ([, y = '', m = '', d = '']) => [year(y), month(Number(m)), day(d)],
  ],
  [
    new RegExp(`\\b(${MONTH_NAME})\\.? (\\d{1,2})(?:st|nd|rd|th)?\\b(?:,? (${YEAR})\\b)?`, 'g'),
    ([, m = '', d = '', y]) => [month(monthNumber(m)), day(d), ...(y ? [year(y)] : [])],
  ],
  [
    new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? (${MONTH_NAME})\\b\\.?(?:,? (${YEAR})\\b)?`, 'g'),
    ([, d = '', m = '', y]) => [day(d), month(monthNumber(m)), ...(y ? [year(y)] : [])],
  ],
  [
    new RegExp(`\\b(${MONTH_NAME}),? (${YEAR})\\b`, 'g'),
    ([, m = '', y = '']) => [month(monthNumber(m)), year(y)],
  ],
  [
    // "may" alone is usually the verb and "march" and "mar" are ambiguous: those need "in", "last" or the like before.
    new RegExp(`\\b(?:in|since|until|during|of|last|this|next|by) (${MONTH_NAME})\\b`, 'g'),
    ([, m = '']) => [month(monthNumber(m))],
  ],
  [new RegExp(`\\b(${YEAR})\\b`, 'g'), ([, y = '']) => [year(y)]],
];

/** The absolute dates that a text names ("7 May 2023", "May 7th", "2023-05-07", "in May", "2023") as distinct terms. */
export function absoluteDateTerms(text: string): string[] {
  const lower = text.toLowerCase();
  const found = new Set<string>();
  for (const [pattern, read] of ABSOLUTE)
    for (const match of lower.matchAll(pattern)) for (const term of read(match)) found.add(term);
  return [...found];
}

const WEEKDAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const COUNTS: ReadonlyMap<string, number> = new Map([
  ['a', 1],
  ['an', 1],
  ['one', 1],
  ['two', 2],
  ['a couple of', 2],
  ['three', 3],
  ['a few', 3],
  ['four', 4],
  ['five', 5],
  ['six', 6],
]);
const COUNT = '(?:\\d{1,3}|a couple of|a few|an?|one|two|three|four|five|six)';
const AGO = new RegExp(`\\b(${COUNT}) (day|week|month|year)s? ago\\b`, 'g');
const NEAR = /\b(?:yesterday|last night|tomorrow|(?:last|next) (?:month|year))\b/g;
const WEEKDAY = new RegExp(`\\b(last|next) (${WEEKDAYS.join('|')})\\b`, 'g');

/**
 * The terms of the days that a text refers to from its own time (epoch ms): "yesterday" gives year, month and
 * day; "two months ago" year and month; "last year" the year. Distinct; vague phrases give nothing.
 */
export function relativeDateTerms(text: string, time: number): string[] {
  const lower = text.toLowerCase();
  const found = new Set<string>();
  const add = (shifted: number, precision: 1 | 2 | 3) => {
    for (const term of dateTerms(shifted).slice(0, precision)) found.add(term);
  };
  // Most texts have none of these words, and looking for a word is many times faster than a pattern.
  const turns = lower.includes('last ') || lower.includes('next ');
  const near = turns || lower.includes('yesterday') || lower.includes('tomorrow');
  for (const [phrase] of near ? lower.matchAll(NEAR) : []) {
    if (phrase === 'yesterday' || phrase === 'last night') add(time - DAY, 3);
    else if (phrase === 'tomorrow') add(time + DAY, 3);
    else {
      const sign = phrase.startsWith('last') ? -1 : 1;
      if (phrase.endsWith('month')) add(shiftMonths(time, sign), 2);
      else add(shiftMonths(time, 12 * sign), 1);
    }
  }
  for (const [, count = '', unit] of lower.includes(' ago') ? lower.matchAll(AGO) : []) {
    const n = COUNTS.get(count) ?? Number(count);
    if (unit === 'day') add(time - n * DAY, 3);
    else if (unit === 'week') add(time - 7 * n * DAY, 2);
    else if (unit === 'month') add(shiftMonths(time, -n), 2);
    else add(shiftMonths(time, -12 * n), 1);
  }
  for (const [, which, name = ''] of turns ? lower.matchAll(WEEKDAY) : []) {
    const ahead = (WEEKDAYS.indexOf(name) - new Date(time).getUTCDay() + 7) % 7;
    add(time + (which === 'next' ? ahead || 7 : ahead - 7) * DAY, 3);
  }
  return [...found];
}

/** The same moment some months away; a day that the month lacks becomes its last (31 May − 1 month = 30 April). */
function shiftMonths(time: number, months: number): number {
  const date = new Date(time);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
  const last = new Date(first);
  last.setUTCMonth(last.getUTCMonth() + 1, 0);
  return first + (Math.min(date.getUTCDate(), last.getUTCDate()) - 1) * DAY;
}
