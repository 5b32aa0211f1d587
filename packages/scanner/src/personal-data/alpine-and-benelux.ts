import { hasEanCheckDigit, hasMonthDay, isFiller, remainder, weightedSum } from './check-digits.ts';
import { names } from './context.ts';

import type { IdentifierKind } from './identifier-kind.ts';

/** Key of the register number; a 2 goes before those born from 2000 on. */
function hasBelgianKey(digits: string): boolean {
  const body = digits.slice(0, 9);
  const key = Number(digits.slice(9));
  return 97 - remainder(body, 97) === key || 97 - remainder(`2${body}`, 97) === key;
}

/** Identifiers of the Netherlands, Belgium and Switzerland. */
export const alpineAndBenelux: readonly IdentifierKind[] = [
  {
    id: 'nl-bsn',
    title: 'Dutch citizen service number',
    severity: 'high',
    source: 'https://www.rvig.nl/bsn',
    keywords: ['bsn', 'burgerservice', 'sofi'],
    pattern: /\d{4}([. ]?)\d{2}\1\d{3}/y,
    longest: 11,
    isValid: (digits) => !isFiller(digits) && weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
    names: names('bsn(?!\\p{L})', 'burgerservice', 'sofi'),
  },
  {
    id: 'be-national-number',
    title: 'Belgian national register number',
    severity: 'high',
    source: 'https://www.ibz.rrn.fgov.be/fr/registre-national/',
    leads: [
      [0, 2, { next: '.', group: [2] }],
      [0, 6, { next: '- ' }],
      [0, 11],
    ],
    pattern: /\d{2}(\.?)\d{2}\1\d{2}[- ]?\d{3}[. ]?\d{2}/y,
    longest: 15,
    isValid: (digits) => hasMonthDay(digits, 2) && hasBelgianKey(digits),
    names: names(
      'rijksregister',
      'registre national',
      'national number',
      'nrn(?!\\p{L})',
      'niss(?!\\p{L})',
      'insz',
    ),
    unnamed: 'likely',
    undivided: 'alone',
  },
  {
    id: 'ch-ahv',
    title: 'Swiss social security number',
    severity: 'high',
    source: 'https://www.zas.admin.ch/zas/en/home/partenaires-et-institutions-/navs13.html',
    leads: [
      [0, 3, { first: '7', next: '. ', group: [4] }],
      [0, 13, { first: '7' }],
    ],
    pattern: /756([. ]?)\d{4}\1\d{4}\1\d{2}/y,
    longest: 16,
    isValid: hasEanCheckDigit,
    names: names('ahv', 'avs(?!\\p{L})', 'social security', 'oasi'),
    unnamed: 'sure',
    undivided: 'likely',
  },
];
