import { hasLuhnChecksum } from '../checksum.ts';
import { nonZero } from '../leads.ts';
import { checkDigitOf11, hasMonthDay, isFiller, weightedSum } from './check-digits.ts';
import { names } from './context.ts';
import type { IdentifierKind } from './identifier-kind.ts';

const curpCharacters = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';
const rfcCharacters = '0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ';

function isCurp(value: string): boolean {
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += (18 - i) * curpCharacters.indexOf(value[i]!);
  return hasMonthDay(value, 6) && (10 - (sum % 10)) % 10 === Number(value[17]);
}

/** A person has four letters before the date, a company three. */
function isRfc(value: string): boolean {
  const padded = value.padStart(13, ' ');
  let sum = 0;
  for (let i = 0; i < 12; i++) sum += (13 - i) * rfcCharacters.indexOf(padded[i]!);
  const check = 11 - (sum % 11);
  return hasMonthDay(padded, 6) && (check === 11 ? '0' : check === 10 ? 'A' : String(check)) === padded[12];
}

/** Weights 2 to 7 from the right; K stands for ten. */
function isChilean(value: string): boolean {
  const body = value.slice(0, -1);
  const sum = weightedSum([...body].reverse().join(''), [2, 3, 4, 5, 6, 7, 2, 3].slice(0, body.length));
  const check = 11 - (sum % 11);
  return !isFiller(body) && (check === 11 ? '0' : check === 10 ? 'K' : String(check)) === value.at(-1);
}

function isCnpj(digits: string): boolean {
  const first = checkDigitOf11(weightedSum(digits, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]), 0);
  const second = checkDigitOf11(weightedSum(digits, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]), 0);
  return !isFiller(digits) && first === Number(digits[12]) && second === Number(digits[13]);
}

const taxpayerWeights = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/** Identifiers of Mexico, Argentina, Chile, Colombia, Peru, Ecuador, Uruguay, and Brazil's of companies and workers. */
export const latinAmerica: readonly IdentifierKind[] = [
  {
    id: 'mx-curp',
    title: 'Mexican population registry code (CURP)',
    severity: 'high',
    source: 'https://www.gob.mx/curp/',
    leads: [[4, 6, { next: 'HMXhmx' }]],
    pattern: /[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[\dA-Z]\d/iy,
    longest: 18,
    isValid: isCurp,
    names: names('curp'),
    unnamed: 'sure',
  },
  {
    id: 'mx-rfc',
    title: 'Mexican taxpayer registry code (RFC)',
    severity: 'high',
    source: 'https://www.sat.gob.mx/',
    leads: [3, 4].flatMap((letterCount) => [6, 7, 8, 9].map((digits) => [letterCount, digits] as const)),
    pattern: /[A-Z]{3,4}\d{6}[A-Z\d]{2}[\dA]/iy,
    longest: 13,
    isValid: isRfc,
    names: names('rfc(?!\\p{L})', 'registro federal'),
    unnamed: 'alone',
  },
  {
    id: 'mx-social-security',
    title: 'Mexican social security number',
    severity: 'high',
    source: 'https://www.imss.gob.mx/',
    keywords: ['nss', 'imss', 'seguro social'],
    pattern: /\d{11}/y,
    longest: 11,
    isValid: (digits) => !isFiller(digits) && hasLuhnChecksum(digits),
    names: names('nss(?!\\p{L})', 'imss', 'seguro social'),
  },
  {
    id: 'ar-cuit',
    title: 'Argentine tax or labour number (CUIT, CUIL)',
    severity: 'high',
    source: 'https://www.argentina.gob.ar/solicitar-cuil',
    leads: [
      [0, 2, { first: '23', next: '-' }],
      [0, 11, { first: '23' }],
    ],
    pattern: /(?:2[03-7]|3[034])(-?)\d{8}\1\d/y,
    longest: 13,
    isValid: (digits) => checkDigitOf11(weightedSum(digits, taxpayerWeights), 9) === Number(digits[10]),
    names: names('cui[tl](?!\\p{L})'),
    unnamed: 'likely',
    undivided: 'unreported',
  },
  {
    id: 'cl-rut',
    title: 'Chilean identity and tax number (RUT)',
    severity: 'high',
    source: 'https://www.registrocivil.cl/',
    leads: [
      [0, 1, { first: nonZero, next: '.', group: [3], behind: '.' }],
      [0, 2, { first: nonZero, next: '.', group: [3], behind: '.' }],
      [0, 7, { first: nonZero, next: '-' }],
      [0, 8, { first: nonZero, next: '-' }],
    ],
    pattern: /[1-9]\d?\.\d{3}\.\d{3}-[\dK]|[1-9]\d{6,7}-[\dK]/iy,
    longest: 12,
    isValid: isChilean,
    names: names('rut(?!\\p{L})', 'run(?!\\p{L})', 'chilen'),
    unnamed: 'likely',
    plain: /^[^.]+$/,
    undivided: 'alone',
  },
  {
    id: 'latin-american-identity-card',
    title: 'Latin American identity card number',
    severity: 'high',
    source: 'https://www.icao.int/publications/pages/publication.aspx?docnum=9303',
    keywords: ['dni', 'dula', 'cedula', 'documento de identidad', 'documento nacional', 'c.c.', 'dpi', 'cui'],
    pattern:
      /[VE]-?\d{6,9}|\d{1,3}(?:\.\d{3}){2,3}(?:-\d)?|\d{3}-\d{7}-\d|\d{4} ?\d{5} ?\d{4}|\d{6,11}(?:-\d)?/iy,
    longest: 15,
    names: names(
      'dni(?!\\p{L})',
      'c[ée]dula',
      'documento (?:nacional )?(?:de identidad)?',
      'c\\.c\\.',
      'dpi(?!\\p{L})',
      'cui(?!\\p{L})',
    ),
  },
  {
    id: 'co-nit',
    title: 'Colombian tax number (NIT)',
    source: 'https://www.dian.gov.co/',
    keywords: ['nit'],
    pattern: /\d{3}(\.?)\d{3}\1\d{3}-\d/y,
    longest: 13,
    isValid: (digits) => {
      const rest = weightedSum(digits, [41, 37, 29, 23, 19, 17, 13, 7, 3]) % 11;
      return (rest < 2 ? rest : 11 - rest) === Number(digits[9]);
    },
    names: names('nit(?!\\p{L})'),
  },
  {
    id: 'pe-ruc',
    title: 'Peruvian taxpayer number (RUC)',
    source: 'https://www.sunat.gob.pe/',
    keywords: ['ruc'],
    pattern: /(?:10|15|16|17|20)\d{9}/y,
    longest: 11,
    isValid: (digits) => (11 - (weightedSum(digits, taxpayerWeights) % 11)) % 10 === Number(digits[10]),
    names: names('ruc(?!\\p{L})'),
  },
  {
    id: 'br-cnpj',
    title: 'Brazilian company number (CNPJ)',
    severity: 'low',
    source: 'https://www.gov.br/receitafederal/pt-br/assuntos/orientacao-tributaria/cadastros/cnpj',
    leads: [
      [0, 2, { next: '.', group: [3], behind: '.' }],
      [0, 14],
    ],
    pattern: /\d{2}(\.?)\d{3}\1\d{3}\/?\d{4}-?\d{2}/y,
    longest: 18,
    isValid: isCnpj,
    names: names('cnpj'),
    unnamed: 'likely',
    undivided: 'unreported',
  },
  {
    id: 'br-pis',
    title: 'Brazilian worker number (PIS, PASEP, NIS)',
    severity: 'high',
    source: 'https://www.caixa.gov.br/beneficios-trabalhador/pis/',
    keywords: ['pis', 'pasep', 'nis'],
    pattern: /\d{3}(\.?)\d{5}\1\d{2}-?\d/y,
    longest: 14,
    isValid: (digits) =>
      !isFiller(digits) &&
      checkDigitOf11(weightedSum(digits, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]), 0) === Number(digits[10]),
    names: names('pis(?!\\p{L})', 'pasep', 'nis(?!\\p{L})'),
  },
  {
    id: 'br-documents',
    title: 'Brazilian identity card or driving licence number',
    severity: 'high',
    source: 'https://www.gov.br/pt-br/servicos/obter-carteira-de-identidade-nacional',
    keywords: ['rg:', 'rg n', 'rg ', 'cnh', 'registro geral'],
    pattern: /\d{1,2}\.\d{3}\.\d{3}-[\dX]|\d{11}|\d{8}[\dX]/iy,
    longest: 12,
    names: names('rg(?!\\p{L})', 'cnh(?!\\p{L})', 'registro geral'),
  },
];
