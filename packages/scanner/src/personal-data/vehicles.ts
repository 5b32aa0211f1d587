import { nonZero, only, upperLetters } from '../leads.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

const plateNames = names(
  'registration',
  'vehicles?(?!\\p{L})',
  'licen[cs]e plate',
  '(?:number )?plate',
  '(?:kfz|auto)? ?kennzeichen',
  'fahrzeug',
  'plaka',
);
const indianStates =
  'AN|AP|AR|AS|BR|CG|CH|DD|DL|DN|GA|GJ|HP|HR|JH|JK|KA|KL|LA|LD|MH|ML|MN|MP|MZ|NL|OD|OR|PB|PY|RJ|SK|TG|TN|TR|TS|UK|UP|UT|WB';

/** Registration plates of countries whose form is their own. */
export const vehicles: readonly IdentifierKind[] = [
  {
    id: 'uk-vehicle-registration',
    title: 'UK vehicle registration',
    severity: 'low',
    source: 'https://www.gov.uk/displaying-number-plates',
    leads: [
      ...only({ first: upperLetters, next: ` ${upperLetters}` }, [2, 2], [1, 1], [1, 2], [1, 3]),
      ...only({ first: upperLetters, next: upperLetters }, [3, 1], [3, 2], [3, 3]),
      ...only({ before: ' ', next: upperLetters }, [0, 1], [0, 2], [0, 3]),
    ],
    opening: /(?:^|[^\p{L}\d_])([A-HJ-PR-Y]{3} )$/u,
    pattern:
      /[A-HJ-PR-Y]{2}(?:0[2-9]|[12]\d|5[1-9]|[67]\d) ?[A-HJ-PR-Z]{3}|[A-HJ-NPR-TV-Y]\d{1,3} ?[A-HJ-PR-Y]{3}|(?:[A-HJ-PR-Y]{3})?\d{1,3}[A-HJ-NPR-TV-Y]/y,
    longest: 8,
    isValid: (value) => value.length >= 5,
    names: plateNames,
    unnamed: 'alone',
  },
  {
    id: 'in-vehicle-registration',
    title: 'Indian vehicle registration',
    severity: 'low',
    source: 'https://parivahan.gov.in/',
    leads: [
      [2, 0, { first: upperLetters, next: '-' }],
      [2, 1, { first: upperLetters, next: `- ${upperLetters}` }],
      [2, 2, { first: upperLetters, next: `- ${upperLetters}` }],
    ],
    pattern: new RegExp(`(?:${indianStates})[- ]?\\d{1,2}[- ]?[A-Z]{1,3}[- ]?\\d{4}`, 'y'),
    longest: 14,
    names: plateNames,
    unnamed: 'alone',
  },
  {
    id: 'tr-vehicle-registration',
    title: 'Turkish vehicle registration',
    severity: 'low',
    source: 'https://www.mevzuat.gov.tr/',
    leads: [[0, 2, { next: ` ${upperLetters}` }]],
    pattern: /(?:0[1-9]|[1-7]\d|8[01]) ?(?:[A-Z] ?\d{2,5}|[A-Z]{2} ?\d{2,4}|[A-Z]{3} ?\d{2,4})/y,
    longest: 12,
    names: plateNames,
    unnamed: 'alone',
  },
  {
    id: 'ng-vehicle-registration',
    title: 'Nigerian vehicle registration',
    severity: 'low',
    source: 'https://frsc.gov.ng/',
    leads: [
      [3, 3, { first: upperLetters, next: upperLetters }],
      [3, 0, { first: upperLetters, next: '-' }],
    ],
    pattern: /[A-Z]{3}-?\d{3}[A-Z]{2}/y,
    longest: 9,
    names: plateNames,
    unnamed: 'alone',
  },
  {
    id: 'de-vehicle-registration',
    title: 'German vehicle registration',
    severity: 'low',
    source: 'https://www.gesetze-im-internet.de/fzv_2023/',
    leads: only({ before: ' ', first: nonZero }, [0, 1], [0, 2], [0, 3], [0, 4]),
    opening: /(?:^|[^\p{L}\d_])([A-ZÄÖÜ]{1,3}[ -][A-Z]{1,2} )$/u,
    pattern: /[1-9]\d{0,3}[EH]?/y,
    longest: 12,
    names: plateNames,
    unnamed: 'alone',
  },
];
