import { ALPHANUMERIC, DIGIT, DOT, HEX, isAt, isIn, runEnd, startsToken } from '../characters.ts';
import type { Lead } from '../leads.ts';
import { anyBut, hexLetters, only } from '../leads.ts';
import { sourceOf } from '../pattern-text.ts';
import type { Match, Rule } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';
import { isNamed, names } from './context.ts';

const remediation = {
  steps: [
    'Addresses of persons’ devices are personal data: shorten or hash them where the whole is not needed.',
    'Addresses of own machines may stay; a name or a range is easier to keep up to date.',
  ],
  references: ['https://gdpr-info.eu/recitals/no-30/'],
};

const dotted = /(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}/y;
const namesOfVersions = names('version', 'v(?=$| )', 'release', 'build', 'oid');

/** IPv4 in four decimal parts (RFC 791), and no version number or object identifier. */
export const ipv4Address: Rule = {
  id: 'ip-address-four',
  category: 'pii',
  title: 'IPv4 address',
  patterns: [sourceOf(dotted)],
  severity: 'low',
  confidence: 'medium',
  keywords: [],
  leads: only({ next: '.' }, [0, 1], [0, 2], [0, 3]),
  maximumLength: 15,
  match(text, start, leadEnd) {
    if (text[leadEnd] !== '.') return undefined;
    dotted.lastIndex = start;
    if (!dotted.test(text)) return undefined;
    const end = dotted.lastIndex;
    const before = text.charCodeAt(start - 1);
    if (isIn(before, DOT) || !startsToken(text, start) || isAt(text, end, ALPHANUMERIC)) return undefined;
    if (text[end] === '.' && isAt(text, end + 1, ALPHANUMERIC)) return undefined;
    if ((before === 45 || before === 58) && isAt(text, start - 2, ALPHANUMERIC)) {
      // `::ffff:10.0.0.1` ends in an address of this kind; the other rule has it whole.
      return undefined;
    }
    return isNamed(text, start, start, namesOfVersions) ? undefined : { start, end };
  },
  remediation,
  mappings: personalDataMappings,
};

const longestIpv6 = 45;
const hexLeads: Lead[] = [0, 1, 2, 3, 4].flatMap((letters) =>
  [0, 1, 2, 3, 4]
    .filter((digits) => letters + digits > 0)
    .map(
      (digits): Lead => [
        letters,
        digits,
        { before: anyBut(':.'), first: `0123456789${hexLetters}`, next: `:${hexLetters}` },
      ],
    ),
);

/** IPv6 in any text form of RFC 4291, with at least one digit in it or a name beside it. */
export const ipv6Address: Rule = {
  id: 'ip-address-six',
  category: 'pii',
  title: 'IPv6 address',
  patterns: ['(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f.]{0,15}'],
  severity: 'low',
  confidence: 'medium',
  keywords: ['::'],
  leads: hexLeads,
  maximumLength: longestIpv6,
  match(text, start) {
    const from = text[start] === ':' ? groupBefore(text, start) : start;
    if (text[runEnd(text, from, HEX, from + 4)] !== ':') return undefined;
    const before = text.charCodeAt(from - 1);
    if (before === 58 || before === 95 || isIn(before, ALPHANUMERIC | DOT)) return undefined;
    let end = from;
    while (end < from + longestIpv6 + 1 && isPartOfIpv6(text.charCodeAt(end))) end++;
    while (end > from && (text[end - 1] === '.' || (text[end - 1] === ':' && text[end - 2] !== ':'))) end--;
    if (end - from > longestIpv6 || isAt(text, end, ALPHANUMERIC) || text[end] === '_') return undefined;
    const value = text.slice(from, end);
    if (value === '::') return isLoneUnspecified(text, from, end) ? { start: from, end } : undefined;
    return mayBeIpv6(value) && isIpv6(value) ? { start: from, end } : undefined;
  },
  remediation,
  mappings: personalDataMappings,
};

const isPartOfIpv6 = (code: number) => code === 58 || isIn(code, HEX | DOT);

function groupBefore(text: string, at: number): number {
  let start = at;
  while (start > at - 4 && isAt(text, start - 1, HEX)) start--;
  return start;
}

/** `::` is the unspecified address only where addresses are spoken of: it joins names in half of all languages. */
function isLoneUnspecified(text: string, start: number, end: number): boolean {
  const isBare = /[\s"']/.test(text[start - 1] ?? ' ') && /[\s"'/]/.test(text[end] ?? ' ');
  return isBare && isNamed(text, start, end, addressNames);
}
const addressNames = names('ipv6', 'ip(?!\\p{L})', 'unspecified', 'listen');

/** Whether there is a digit, and as many groups as an address has: most times of day end here. */
function mayBeIpv6(value: string): boolean {
  let colons = 0;
  let hasDigit = false;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code === 58) colons++;
    else if (isIn(code, DIGIT)) hasDigit = true;
  }
  return hasDigit && (colons >= 6 || value.includes('::'));
}

function isIpv6(value: string): boolean {
  const halves = value.split('::');
  if (halves.length > 2) return false;
  const groups = value.split(':').filter((group) => group !== '');
  const last = groups.at(-1) ?? '';
  let count = groups.length;
  if (last.includes('.')) {
    dotted.lastIndex = 0;
    if (!dotted.test(last) || dotted.lastIndex !== last.length) return false;
    groups.pop();
    count++;
  }
  if (groups.some((group) => group.length > 4 || group.includes('.'))) return false;
  if (halves.length === 2) return count < 8;
  // Eight pairs are a serial number or a fingerprint.
  return count === 8 && groups.some((group) => group.length > 2);
}

const colons = /[\da-f]{2}([:-])(?:[\da-f]{2}\1){4}[\da-f]{2}/iy;
const triple = /[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4}/iy;

/** MAC address (IEEE 802): six pairs with colons or dashes, or three groups of four with dots. */
export const macAddress: Rule = {
  id: 'mac-address',
  category: 'pii',
  title: 'MAC address',
  patterns: [sourceOf(colons), sourceOf(triple)],
  severity: 'low',
  confidence: 'medium',
  keywords: ['mac', 'physical address'],
  leads: [
    ...only({ next: hexLetters }, [0, 1], [0, 3], [1, 2], [2, 1]),
    ...only({ next: `:-${hexLetters}` }, [1, 1]),
    [0, 2, { next: hexLetters }],
    [0, 2, { next: ':-', group: [0, 1] }],
    [0, 2, { next: ':-', group: [2], behind: ':-' }],
    [2, 0],
    ...only({ next: '.' }, [0, 4], [1, 3], [2, 2], [3, 1]),
  ],
  maximumLength: 64,
  match(text, start, keywordEnd) {
    const isKeyword = !isAt(text, start, HEX);
    if (!isKeyword) return macAt(text, start);
    if (isAt(text, keywordEnd, ALPHANUMERIC) && text[keywordEnd] !== 's') return undefined;
    const limit = Math.min(text.length, keywordEnd + 40);
    for (let at = keywordEnd; at < limit && text.charCodeAt(at) !== 10; at++) {
      const isStart = isAt(text, at, HEX) && !isAt(text, at - 1, ALPHANUMERIC);
      const match = isStart ? macAt(text, at) : undefined;
      if (match !== undefined) return match;
    }
    return undefined;
  },
  remediation,
  mappings: personalDataMappings,
};

function macAt(text: string, start: number): Match | undefined {
  const sign = text.charCodeAt(start + 2);
  const isPaired = (sign === 58 || sign === 45) && text.charCodeAt(start + 14) === sign;
  const isTriple = text[start + 4] === '.' && text[start + 9] === '.';
  if (!isPaired && !isTriple) return undefined;
  if (/[:.-]/.test(text[start - 1] ?? ' ') && isAt(text, start - 2, ALPHANUMERIC)) return undefined;
  for (const pattern of [colons, triple]) {
    if (pattern === colons ? !isPaired : !isTriple) continue;
    pattern.lastIndex = start;
    if (!pattern.test(text)) continue;
    const end = pattern.lastIndex;
    const next = text[end] ?? ' ';
    const goesOn = /[:-]/.test(next) && isAt(text, end + 1, HEX);
    if (goesOn || runEnd(text, end, ALPHANUMERIC, end + 1) > end) continue;
    if (new Set(text.slice(start, end).replace(/[:.-]/g, '').toLowerCase()).size > 1) return { start, end };
  }
  return undefined;
}
