import { ALPHANUMERIC, isAt, isIn } from '../characters.ts';
import type { Match, Rule } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';
import { hasMod97 } from './check-digits.ts';

// Lengths by country of the IBAN registry (SWIFT), release 98.
const registry =
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 ' +
  // memhold:allow iban -- countries and lengths
  'EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 ' +
  'KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 ' +
  'PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 ' +
  'UA29 VA22 VG24 XK20 YE30';
const lengths = new Map(registry.split(' ').map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]));
const longest = 34 + 8;

/**
 * International bank account number: country, two check digits, and as many letters and digits as the country
 * has, in one piece or in groups with one kind of separator. Source: ISO 13616, the IBAN registry.
 */
export const iban: Rule = {
  id: 'iban',
  category: 'pii',
  title: 'International bank account number (IBAN)',
  patterns: ['(?i:[A-Z]{2}[0-9]{2}(?:[ -]?[0-9A-Z]{1,4}){3,8})'],
  severity: 'high',
  confidence: 'high',
  keywords: [],
  leads: Array.from({ length: 19 }, (_, i) => [2, i + 2] as const),
  maximumLength: longest,
  match: matchIban,
  validate: (value) => (hasMod97(rotated(value)) ? 'proved' : 'refuted'),
  remediation: {
    steps: [
      'Remove the number unless a payment needs it; show the last four digits.',
      'Where it has to stay, keep it encrypted, with logged access.',
    ],
    references: ['https://www.swift.com/standards/data-standards/iban-international-bank-account-number'],
  },
  mappings: personalDataMappings,
};

function rotated(value: string): string {
  const compact = value.replace(/[ -]/g, '').toUpperCase();
  return compact.slice(4) + compact.slice(0, 4);
}

function matchIban(text: string, start: number): Match | undefined {
  const length = lengths.get(text.slice(start, start + 2).toUpperCase());
  if (length === undefined) return undefined;
  let end = start;
  let separator = '';
  for (let count = 0; count < length; end++) {
    if (isAt(text, end, ALPHANUMERIC)) {
      count++;
      continue;
    }
    const character = text[end];
    const isSeparator = character === ' ' || character === '-';
    const isFirst = separator === '' && count === 4;
    if (!isSeparator || !(isFirst || character === separator)) return undefined;
    if (!isAt(text, end + 1, ALPHANUMERIC) || end - start >= longest) return undefined;
    separator = character;
  }
  const next = text.charCodeAt(end);
  if (isIn(next, ALPHANUMERIC)) return undefined;
  // One more group of digits: a longer number.
  const value = text.slice(start, end);
  if (/[a-z]/.test(value) && /[A-Z]/.test(value)) return undefined;
  const afterNext = text.charCodeAt(end + 1);
  if (separator !== '' && text[end] === separator && afterNext >= 48 && afterNext <= 57) return undefined;
  const before = text[start - 1] ?? '';
  if ('-/+=_'.includes(before) && before !== '' && before !== '=' && isAt(text, start - 2, ALPHANUMERIC))
    return undefined;
  return { start, end };
}
