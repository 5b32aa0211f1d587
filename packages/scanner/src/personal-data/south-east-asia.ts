import { isDay } from './check-digits.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

/** Birthday in `DDMMYY`; 40 is added to the day of women. */
function hasIndonesianBirthday(digits: string): boolean {
  const day = Number(digits.slice(6, 8));
  return isDay(Number(digits.slice(8, 10)), day > 40 ? day - 40 : day);
}

/** Birthday in `YYMMDD`, then the place of birth: 00, 17 to 20, 69, 70, 73, 80, 81 and 94 to 97 were never given. */
function isMalaysian(digits: string): boolean {
  const place = Number(digits.slice(6, 8));
  const isUnused =
    place === 0 || (place > 16 && place < 21) || [69, 70, 73, 80, 81, 94, 95, 96, 97].includes(place);
  return isDay(Number(digits.slice(2, 4)), Number(digits.slice(4, 6))) && !isUnused;
}

/** Identifiers of Malaysia, Indonesia, the Philippines, Vietnam, and Singapore's of companies. */
export const southEastAsia: readonly IdentifierKind[] = [
  {
    id: 'my-nric',
    title: 'Malaysian identity card number',
    severity: 'high',
    source: 'https://www.jpn.gov.my/en/',
    leads: [
      [0, 6, { next: '-' }],
      [0, 12],
    ],
    pattern: /\d{6}(-?)\d{2}\1\d{4}/y,
    longest: 14,
    isValid: isMalaysian,
    names: names('my ?kad', 'nric', 'kad pengenalan', 'ic(?: n|(?!\\p{L}))', 'malaysia'),
    unnamed: 'likely',
    undivided: 'unreported',
  },
  {
    id: 'id-nik',
    title: 'Indonesian population number (NIK)',
    severity: 'high',
    source: 'https://dukcapil.kemendagri.go.id/',
    keywords: ['nik', 'ktp', 'ektp', 'kependudukan'],
    pattern: /[1-9]\d{15}/y,
    longest: 16,
    isValid: hasIndonesianBirthday,
    names: names('nik(?!\\p{L})', 'e?ktp', 'kependudukan'),
  },
  {
    id: 'id-npwp',
    title: 'Indonesian tax number (NPWP)',
    severity: 'high',
    source: 'https://www.pajak.go.id/',
    leads: [
      [0, 2, { next: '.', group: [3], behind: '.' }],
      [0, 15],
    ],
    pattern: /\d{2}\.\d{3}\.\d{3}\.\d-\d{3}\.\d{3}|\d{15}/y,
    longest: 20,
    names: names('npwp'),
    unnamed: 'likely',
    undivided: 'unreported',
  },
  {
    id: 'ph-identifiers',
    title: 'Philippine number (PhilSys, SSS, PhilHealth, TIN)',
    severity: 'high',
    source: 'https://philsys.gov.ph/',
    keywords: ['philsys', 'philhealth', 'sss', 'umid', 'pag-ibig', 'pagibig', 'psn', 'pcn'],
    pattern: /\d{4}(-?)\d{4}\1\d{4}(?:\1\d{4})?|\d{2}-\d{7}-\d|\d{2}-\d{9}-\d|\d{10,12}/y,
    longest: 19,
    names: names(
      'phil ?sys',
      'phil ?health',
      'sss(?!\\p{L})',
      'umid',
      'pag ?ibig',
      'psn(?!\\p{L})',
      'pcn(?!\\p{L})',
    ),
  },
  {
    id: 'vn-citizen-id',
    title: 'Vietnamese citizen identity number',
    severity: 'high',
    source: 'https://vanban.chinhphu.vn/?pageid=27160&docid=182295',
    leads: [
      [0, 12, { first: '0' }],
      [0, 9],
    ],
    pattern: /0\d{11}|\d{9}/y,
    longest: 12,
    names: names('cccd', 'cmnd', 'căn cước', 'chứng minh', 'vietnam'),
  },
  {
    id: 'sg-entity-number',
    title: 'Singapore entity number (UEN)',
    severity: 'low',
    source: 'https://www.uen.gov.sg/ueninternet/faces/pages/admin/aboutUEN.jspx',
    keywords: ['uen', 'entity n'],
    pattern: /\d{8,9}[A-Z]|[TSR]\d{2}[A-Z]{2}\d{4}[A-Z]/iy,
    longest: 10,
    names: names('uen(?!\\p{L})', 'entity n'),
  },
];
