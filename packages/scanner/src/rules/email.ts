import {
  ALPHANUMERIC,
  DASH,
  DOT,
  isAt,
  isIn,
  LETTER,
  PLUS_SLASH,
  runStart,
  UNDERSCORE,
} from '../characters.ts';
import type { Rule } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';

const longestLocal = 64;
const longestDomain = 253;
const LOCAL = ALPHANUMERIC | DOT | UNDERSCORE | DASH;
// Endings of files with a density mark (`icon@2x.png`) or of modules (`user@model.ts`), which are no domains.
const fileEndings = new Set('png jpg jpeg gif svg webp js ts css json html py rb yml yaml md txt'.split(' '));

/**
 * Addresses as people write them: dot-atom or quoted local part (RFC 5322) up to 64, also in other scripts (RFC 6531),
 * domain of letters, digits and dashes up to 253 with an alphabetic last label, or an address in brackets. Bare host
 * names are left out.
 */
export const email: Rule = {
  id: 'email',
  category: 'pii',
  title: 'E-mail address',
  patterns: [
    String.raw`(?:[\p{L}\p{M}\p{N}._%+'-]{1,64}|"[^"]{1,62}")@(?:[\p{L}\p{M}\p{N}.-]{1,251}[.][\p{L}\p{M}a-z\d-]{2,}|\[[\da-fA-FIPv:.]+\])`,
  ],
  severity: 'low',
  confidence: 'high',
  keywords: ['@'],
  maximumLength: longestDomain + 1,
  match(text, at) {
    const start = localStart(text, at);
    if (start === at || isUserInfo(text, start)) return undefined;
    const end = domainEnd(text, at + 1);
    if (end === -1 || isSshTarget(text, start, at, end)) return undefined;
    return { start, end };
  },
  remediation: {
    steps: [
      'Keep the address only if the purpose needs it and the person was told.',
      'Otherwise replace it with a role (“the customer”) or an internal id.',
    ],
    references: ['https://gdpr-info.eu/art-5-gdpr/', 'https://cwe.mitre.org/data/definitions/359.html'],
  },
  mappings: personalDataMappings,
};

function localStart(text: string, at: number): number {
  let start = at;
  const limit = Math.max(0, at - longestLocal);
  // Of another script only when the part ends in it: in Chinese no blank parts an address from the words before it.
  const isForeign = isForeignLetter(text, at - 1);
  while (start > limit) {
    const code = text.charCodeAt(start - 1);
    const isPlus = code === 43;
    const isApostrophe = code === 39 && isAt(text, start - 2, LETTER);
    const isLetter = isLatin(code) || (isForeign && isForeignLetter(text, start - 1));
    if (!isPlus && !isIn(code, LOCAL) && !isApostrophe && !isLetter) break;
    start--;
  }
  if (text[start - 1] === '\\' && 'nrt'.includes(text[start] ?? ' ')) start++;
  while (start < at && text.charCodeAt(start) < 128 && !isAt(text, start, ALPHANUMERIC | UNDERSCORE)) start++;
  // Behind a blank the quote opens, as in `from "@scope/name"`.
  const isQuoted = start === at && text[at - 1] === '"' && isAt(text, at - 2, ALPHANUMERIC);
  if (isQuoted) return quotedStart(text, at);
  return isAt(text, at - 1, DOT) ? at : start;
}

/** `"ada lovelace"@host`: RFC 5322 lets a quoted part hold nearly anything; here, what a person would write. */
function quotedStart(text: string, at: number): number {
  const from = Math.max(0, at - longestLocal);
  const found = /"[\w .+!#$%&'*/=?^`{|}~-]{1,62}"$/.exec(text.slice(from, at));
  return found === null ? at : at - found[0].length;
}

/** `//user@host` and `//user:password@host` are logins of a URL. */
function isUserInfo(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  if (before === 47) return text[start - 2] === '/';
  if (before !== 58) return false;
  const userStart = runStart(text, start - 1, LOCAL | PLUS_SLASH, start - longestLocal);
  return text.slice(userStart, start).includes('//');
}

/** `git@github.com:owner/repository`. */
function isSshTarget(text: string, start: number, at: number, end: number): boolean {
  return text[end] === ':' && text.slice(start, at) === 'git';
}

const isLatin = (code: number) => code >= 0xc0 && code <= 0x24f;
const isForeignLetter = (text: string, at: number) =>
  text.charCodeAt(at) > 0x36f && /[\p{L}\p{M}\p{N}]/u.test(text[at]!);

/** End of the domain, or -1 when it has no dot or its last label is no top-level domain. */
function domainEnd(text: string, from: number): number {
  if (text[from] === '[') return literalEnd(text, from);
  const limit = Math.min(text.length, from + longestDomain);
  const isForeign = isForeignLetter(text, from);
  const isInLabel = (at: number) =>
    isAt(text, at, ALPHANUMERIC) || isLatin(text.charCodeAt(at)) || (isForeign && isForeignLetter(text, at));
  let end = from;
  while (end < limit) {
    const code = text.charCodeAt(end);
    if (!isIn(code, DASH) && !isInLabel(end)) {
      const isInnerDot = isIn(code, DOT) && isInLabel(end + 1) && end > from;
      if (!isInnerDot) break;
    }
    end++;
  }
  while (end > from && isAt(text, end - 1, DASH)) end--;
  const domain = text.slice(from, end);
  const dot = domain.lastIndexOf('.');
  const label = domain.slice(dot + 1).toLowerCase();
  if (dot <= 0 || label.length < 2 || fileEndings.has(label) || text[end] === '@') return -1;
  const isTopLevel = isForeign ? /^[\p{L}\p{M}a-z]+$/u : /^(?:[a-z]+|xn--[a-z\d-]+)$/;
  return isTopLevel.test(label) ? end : -1;
}

/** `[192.168.2.1]` or `[IPv6:2001:db8::1]` in place of a domain (RFC 5321, 4.1.3). */
function literalEnd(text: string, from: number): number {
  const found = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[\da-f:.]{2,45})\]/i.exec(text.slice(from, from + 53));
  return found === null ? -1 : from + found[0].length;
}
