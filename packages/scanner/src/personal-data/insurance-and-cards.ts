import { upperLetters } from '../leads.ts';
import { isDay, isFiller } from './check-digits.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

/** Four letters of the name, birthday in `YYMMDD` with 50 added to the month of women, two more. */
function isQuebecer(value: string): boolean {
  const month = Number(value.slice(6, 8));
  return isDay(month > 50 ? month - 50 : month, Number(value.slice(8, 10)));
}

const vinNumbers = '0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ';

/** Check character in the ninth place, as in North America and China; X stands for ten. */
function isVehicle(value: string): boolean {
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += (vinNumbers.indexOf(value[i]!) % 10) * weights[i]!;
  return /\d{3}$/.test(value) && '0123456789X'[sum % 11] === value[8];
}

/** Insurance, identity and employment numbers that words name, and what persons carry or drive. */
export const insuranceAndCards: readonly IdentifierKind[] = [
  {
    id: 'ca-health-card',
    title: 'Canadian health card number',
    severity: 'high',
    source: 'https://www.canada.ca/en/health-canada/services/health-cards.html',
    keywords: [
      'health card',
      'ohip',
      'ramq',
      'health number',
      'phn',
      'care card',
      'assurance maladie',
      'mcp n',
    ],
    pattern: /\d{4}([- ]?)\d{3}\1\d{3}(?:[- ][A-Z]{2})?|\d{12}|\d{9}|[A-Z]{4} ?\d{4} ?\d{4}/iy,
    longest: 15,
    names: names(
      'health card',
      'ohip',
      'ramq',
      'health (?:insurance )?number',
      'phn(?!\\p{L})',
      'care card',
      'assurance maladie',
      'mcp n',
    ),
  },
  {
    id: 'ca-quebec-health',
    title: 'Quebec health insurance number',
    severity: 'high',
    source: 'https://www.ramq.gouv.qc.ca/en/citizens/health-insurance/using-health-insurance-card',
    leads: [
      [4, 8],
      [0, 4, { before: ' ', next: ' ' }],
    ],
    opening: /(?:^|[^\p{L}\d_])([A-Z]{4} )$/u,
    pattern: /(?:[A-Z]{4})?\d{4} ?\d{4}/y,
    longest: 14,
    isValid: (value) => value.length === 12 && isQuebecer(value),
    names: names('ramq', 'health', 'assurance maladie', 'nam(?!\\p{L})'),
    unnamed: 'alone',
  },
  {
    id: 'health-insurance-number',
    title: 'Health insurance number',
    severity: 'high',
    source: 'https://www.hhs.gov/hipaa/for-professionals/special-topics/de-identification/index.html',
    keywords: [
      ...[
        'insurance id',
        'insurance n',
        'insurance policy',
        'insurance member',
        'policy number',
        'policy no',
      ],
      ...['health plan', 'medicaid', 'subscriber id', 'mutuelle', 'tessera sanitaria', 'tarjeta sanitaria'],
    ],
    pattern: /[A-Z]{0,4}-?\d{6,14}[A-Z]?/iy,
    longest: 20,
    names: names(
      'insurance (?:id|n|policy|member)',
      'policy (?:number|no(?!\\p{L}))',
      'health plan',
      'medicaid',
      'subscriber id',
      'mutuelle',
      'tessera sanitaria',
      'tarjeta sanitaria',
    ),
  },
  {
    id: 'national-identity-number',
    title: 'National identity number',
    severity: 'high',
    source: 'https://www.icao.int/publications/pages/publication.aspx?docnum=9303',
    keywords: [
      ...['national id', 'identity card', 'identity n', 'id card', 'citizen id', 'citizenship n', 'state id'],
      ...[
        'government id',
        'identification card',
        'carta d',
        'carte d',
        'carte nationale',
        'documento de identidad',
      ],
      ...['resident permit', 'residence permit', 'aufenthaltstitel', 'titre de s', 'alien n', 'uscis'],
    ],
    pattern: /[A-Z]{0,3}-?\d{6,14}[A-Z]?|[A-Z]{1,3}\d[A-Z\d]{5,9}\d|\d{2,4}(?:[ -]\d{3,7}){2,3}(?:-\d)?/iy,
    longest: 22,
    names: names(
      'national (?:id(?!\\p{L})|identi)',
      'identity (?:card|n)',
      'id card',
      'citizen(?:ship)? (?:id|n)',
      '(?:state|government) id',
      'identification card',
      'carta d.identit',
      'carte (?:nationale )?d.identit',
      'carte nationale',
      'documento de identidad',
      'residen(?:t|ce) permit',
      'aufenthaltstitel',
      'titre de s[ée]jour',
      'alien n',
      'uscis',
    ),
  },
  {
    id: 'employer-identification-number',
    title: 'US employer identification number',
    severity: 'low',
    source: 'https://www.irs.gov/businesses/small-businesses-self-employed/employer-id-numbers',
    keywords: ['ein', 'employer id', 'fein'],
    pattern: /\d{2}-\d{7}/y,
    longest: 10,
    names: names('f?ein(?!\\p{L})', 'employer id'),
  },
  {
    id: 'device-identifier',
    title: 'Identifier of a telephone (IMEI, ICCID, IMSI)',
    severity: 'low',
    source: 'https://www.gsma.com/newsroom/wp-content/uploads/TS.06-v26.0.pdf',
    keywords: ['imei', 'iccid', 'imsi', 'meid'],
    pattern: /\d{2}([- ]?)\d{6}\1\d{6}\1\d|\d{14,15}|89\d{16,18}/y,
    longest: 20,
    isValid: (digits) => !isFiller(digits),
    names: names('imei', 'iccid', 'imsi', 'meid'),
  },
  {
    id: 'vehicle-identification-number',
    title: 'Vehicle identification number',
    severity: 'low',
    source: 'https://www.ecfr.gov/current/title-49/subtitle-B/chapter-V/part-565',
    leads: [0, 1, 2, 3, 4, 5, 6].flatMap((letterCount) =>
      [1, 2, 3, 4, 5].map((digits) => [letterCount, digits, { next: upperLetters }] as const),
    ),
    pattern: /[A-HJ-NPR-Z\d]{13}\d{4}/y,
    longest: 17,
    isValid: isVehicle,
    names: names('vin(?!\\p{L})', 'vehicle', 'chassis'),
    unnamed: 'alone',
  },
  {
    id: 'postal-code',
    title: 'Postal code',
    severity: 'low',
    source: 'https://www.upu.int/en/universal-postal-union/activities/physical-services/addressing-solutions',
    keywords: [
      'plz',
      'postleitzahl',
      'zip code',
      'zipcode',
      'zip_code',
      'postal',
      'postnummer',
      'cep:',
      'cep ',
      'pin code',
      'pincode',
      'igo postal',
    ],
    pattern:
      /[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{5}(?:-\d{3,4})?|\d{4} [A-Z]{2}|\d{3} \d{2,3}|\d{3}-\d{4}|\d{2}-\d{3}|\d{4}|\d{6}/y,
    longest: 10,
    names: names(
      'plz',
      'postleitzahl',
      'zip ?code',
      'code ?postal',
      'postal ?code',
      'c[óo]digo ?postal',
      'postnummer',
      'cep(?!\\p{L})',
      'pin ?code',
    ),
  },
];
