import { DIGIT, isAt, LETTER, startsToken, UPPER } from '../characters.ts';
import type { Lead } from '../leads.ts';
import { letters, upperLetters } from '../leads.ts';
import type { Match, Rule } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';
import { hasDigit, isNamed, names } from './context.ts';

const ending = '(?![\\p{L}\\p{N}-])';
// Number first, as in English and French.
const numberFirst = new RegExp(
  "\\d{1,5}[A-Z]? (?:[NSEW]\\.? )?(?:(?:[A-Z][a-z'’]{1,20}|\\d{1,3}(?:st|nd|rd|th)) ){1,3}" +
    '(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Square|Terrace|Crescent|Parkway|Pkwy|Highway|Hwy|Close|Mews|Grove)' +
    ending +
    '|\\d{1,4}(?: ?(?:bis|ter))?,? (?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Bb]d|[Pp]lace|[Cc]hemin|[Aa]llée|[Ii]mpasse|[Qq]uai) ' +
    "(?:(?:de la |de |du |des |la |le |les )|[dl]['’]){0,2}\\p{Lu}[\\p{L}'’-]{2,20}(?:[ -]\\p{Lu}[\\p{L}'’-]{2,20}){0,2}",
  'uy',
);
// Name first: a word of its own before the name, or an ending of it.
const afterWord =
  /\p{L}{2,9}\.? (?:(?:de la |de los |de |del |della |dei |do |da |dos |la |el )?\p{Lu}[\p{L}'’.]{1,20},? ){1,4}(?:n\.?º? ?)?(?=\d)/uy;
const beforeEnding =
  /\p{Lu}[\p{L}'’.-]{1,24}(?: \p{Lu}[\p{L}'’.-]{1,24}){0,2}(?<=\p{L}(?:straße|strasse|str\.|weg|platz|allee|gasse|damm|ufer|chaussee|straat|laan|gracht|plein|kade|singel|gatan|veien|vej)|[- ](?:Straße|Strasse|Str\.|Weg|Platz|Allee|Gasse|Damm|Ufer|Ring))$/u;
const houseNumber = /\d{1,4}(?: ?[a-zA-Z](?![A-Za-z\d]))?(?:[-/]\d{1,4})?/y;
const box = /\.?:? ?#?(\d{1,6})(?!\d|\.\d)/y;
const states =
  'A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY]';
const town = new RegExp(
  `(?:\\p{Lu}[\\p{L}.'’-]{1,20} ){0,2}\\p{Lu}[\\p{L}.'’-]{1,20}, (?:${states})\\.? $`,
  'u',
);
const zip = /\d{5}(?:-\d{4})?/y;

const homeNames = names(
  'address',
  '(?:live|living|lives|lived|reside[sd]?|residing|stay(?:ing)?|moved) (?:at|to|on|in)',
  'home(?: is)? (?:at|on)',
  '(?:send|ship|deliver)[a-z]* (?:it |them )?to',
  'adresse',
  'anschrift',
  'wohn(?:e|t|en|haft)',
  'habit(?:e|o|ons|amos|iamo)',
  'domicili',
  'demeur',
  'direcci[oó]n',
  'viv(?:o|e|imos|es)(?!\\p{L})',
  'indirizzo',
  'abit[oa](?!\\p{L})',
  'endere[çc]o',
  'mor[oa](?: n[ao])(?!\\p{L})',
  'woon',
  'adres(?!\\p{L})',
);

const reach = 70;
const words =
  'calle ;avenida ;avda. ;plaza ;paseo ;carrera ;via ;viale ;piazza ;corso ;largo ;rua ;travessa ;ul. ;ulica '.split(
    ';',
  );
// The sharp s of the first is no ASCII.
const endings =
  'stra;strasse ;str. ;weg ;platz ;allee ;gasse ;damm ;ufer ;ring ;chaussee ;straat ;laan ;gracht ;plein ;kade ;singel ;gatan ;veien ;vej '.split(
    ';',
  );
const boxes = 'p.o. box;po box;p o box;postfach;apartado;casella postale;caixa postal;postbus'.split(';');
const isEnding = new Set(endings);
const isBox = new Set(boxes);
const numbers = [1, 2, 3, 4, 5] as const;
const leads: readonly Lead[] = [
  ...numbers.flatMap((digits): Lead[] => [
    [0, digits, { next: `,${upperLetters}` }],
    [0, digits, { next: ' ', group: [0] }],
    // `5 42nd Street`: other numbers that follow are columns.
    [0, digits, { next: ' ', group: [1, 2, 3, 4], behind: letters }],
  ]),
  [0, 5, { before: ' ' }],
];

/**
 * Street addresses: English and French with the number first, German, Dutch, Nordic, Spanish, Italian and Portuguese
 * with the street first, post boxes, and towns of the US with state and ZIP code.
 */
export const streetAddress: Rule = {
  id: 'street-address',
  category: 'pii',
  title: 'Street address',
  patterns: [
    String.raw`(?i:(?:p ?\.?o\.? box|postfach|apartado|casella postale|caixa postal|postbus)\.?:? ?#?\d{1,6})`,
    String.raw`\d{1,5}[A-Z]?(?: ?(?:bis|ter))?,? [\p{L}\d.'’ -]{3,60}`,
    String.raw`\p{L}[\p{L}.'’, ºª-]{3,70}\d{1,5}(?: ?[a-zA-Z])?(?:[-/]\d{1,4})?`,
  ],
  severity: 'low',
  confidence: 'medium',
  keywords: [...boxes, ...words, ...endings],
  leads,
  maximumLength: 140,
  match(text, start, leadEnd) {
    const match = addressAt(text, start, leadEnd);
    if (match === undefined) return undefined;
    // Whose home it is makes it grave enough for a label in a memory.
    return isNamed(text, match.start, match.end, homeNames) ? { ...match, severity: 'medium' } : match;
  },
  remediation: {
    steps: [
      'Keep it only if the purpose needs it; the town or a region often does.',
      'Where it has to stay, keep it apart from other facts about the person.',
    ],
    references: ['https://gdpr-info.eu/art-5-gdpr/'],
  },
  mappings: personalDataMappings,
};

function addressAt(text: string, start: number, end: number): Match | undefined {
  if (isAt(text, start, LETTER)) {
    const keyword = text.slice(start, end).toLowerCase();
    if (isBox.has(keyword)) return boxAt(text, start, end);
    return isEnding.has(keyword) ? streetBefore(text, end) : streetAfter(text, start);
  }
  if (text.charCodeAt(end) === 32 || text.charCodeAt(end + 1) === 32) {
    numberFirst.lastIndex = start;
    if (numberFirst.test(text)) return { start, end: numberFirst.lastIndex };
  }
  return end - start === 5 && text.charCodeAt(start - 1) === 32 ? townBefore(text, start) : undefined;
}

function boxAt(text: string, start: number, end: number): Match | undefined {
  if (!startsToken(text, start)) return undefined;
  box.lastIndex = end;
  return box.test(text) ? { start, end: box.lastIndex } : undefined;
}

function townBefore(text: string, start: number): Match | undefined {
  const comma = text.charCodeAt(start - 4);
  if (!isAt(text, start - 2, UPPER) || (comma !== 32 && text.charCodeAt(start - 5) !== 32)) return undefined;
  const found = town.exec(text.slice(Math.max(0, start - reach), start));
  zip.lastIndex = start;
  if (found === null || !zip.test(text) || isAt(text, zip.lastIndex, LETTER)) return undefined;
  return { start: start - found[0].length, end: zip.lastIndex };
}

function streetBefore(text: string, end: number): Match | undefined {
  const number = text.startsWith('ße ', end) ? end + 3 : end;
  const close = isAt(text, number, DIGIT) ? numberEnd(text, number) : -1;
  if (close === -1) return undefined;
  const found = beforeEnding.exec(text.slice(Math.max(0, number - reach), number - 1));
  return found === null ? undefined : { start: number - 1 - found[0].length, end: close };
}

/** A street of an ending that is a word by itself in other languages has a capital: `Via Roma`, not `via http`. */
function streetAfter(text: string, start: number): Match | undefined {
  const isLower = !isAt(text, start, UPPER);
  if (
    !startsToken(text, start) ||
    (isLower && !/^(?:calle|avenida|plaza|paseo|ul)/.test(text.slice(start, start + 7)))
  )
    return undefined;
  if (!hasDigit(text, start, Math.min(text.length, start + reach))) return undefined;
  afterWord.lastIndex = start;
  if (!afterWord.test(text)) return undefined;
  const end = numberEnd(text, afterWord.lastIndex);
  return end === -1 ? undefined : { start, end };
}

/** End of the house number; -1 of a decimal, a share or a price. */
function numberEnd(text: string, start: number): number {
  houseNumber.lastIndex = start;
  if (!houseNumber.test(text)) return -1;
  const end = houseNumber.lastIndex;
  return /[\d.:%€$]/.test(text[end] ?? '') && /\d/.test(text[end + 1] ?? '') ? -1 : end;
}
