import { BASE64, DIGIT, EQUALS, isAt, QUOTE, runEnd, SPACE, UPPER } from '../characters.ts';
import type { Match, Rule } from '../rule.ts';
import { credentialMappings } from '../rule.ts';

const longestHeader = 64;
const longest = 32_768;
const shortestRun = 32;
const longestPreamble = 512;
const footer = /-{4,5} ?END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)? ?-{4,5}/y;

/**
 * PEM blocks of private keys (RFC 7468, RFC 4716, OpenSSH, OpenPGP) and PuTTY's files, whole or cut off, also
 * inside a JSON or source string. Certificates, public keys and bare headers in prose are none.
 */
export const privateKey: Rule = {
  id: 'private-key',
  category: 'secret',
  title: 'Private key',
  patterns: [
    '-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----',
    '---- ?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY ----',
    '(?i:private-lines:)',
  ],
  severity: 'critical',
  confidence: 'high',
  keywords: ['private key-----', 'private key block-----', 'private key ----', 'private-lines:'],
  maximumLength: longest,
  match(text, keywordStart, keywordEnd) {
    if (text[keywordStart + 7] === '-') {
      const body = bodyOf(text, keywordEnd, keywordStart + longest, false);
      return body && { start: body.first, end: body.end };
    }
    const start = headerStart(text, keywordStart);
    if (start === -1) return undefined;
    const limit = Math.min(text.length, start + longest);
    const dashes = text.slice(keywordEnd, limit).indexOf('----');
    const bodyLimit = dashes === -1 ? limit : keywordEnd + dashes;
    footer.lastIndex = bodyLimit;
    const end = dashes !== -1 && footer.test(text) ? footer.lastIndex : -1;
    const body = bodyOf(text, keywordEnd, bodyLimit, end !== -1);
    if (body === undefined) return undefined;
    const isEncrypted = text.slice(start, body.first).includes('ENCRYPTED');
    const match: Match = { start, end: end === -1 || end > start + longest ? body.end : end };
    return isEncrypted ? { ...match, severity: 'high' } : match;
  },
  validate(value) {
    const body = bodyOf(value, Math.min(value.length, 20), value.length, true);
    if (body === undefined || !footerAtEnd(value)) return 'plausible';
    const isDer = value[body.first] === 'M';
    return isDer || value.startsWith('b3BlbnNzaC1rZXkt', body.first) ? 'proved' : 'plausible';
  },
  remediation: {
    steps: [
      'Replace the key pair and remove its public half from every host, service and certificate authority.',
      'Revoke certificates issued for it.',
      'Keep the new key in a key store or an agent, encrypted with a passphrase.',
      'Remove the value from the text, its history and its backups.',
    ],
    references: ['https://www.rfc-editor.org/rfc/rfc7468', 'https://cwe.mitre.org/data/definitions/321.html'],
  },
  mappings: { ...credentialMappings, cwe: ['CWE-321', 'CWE-312'] },
};

/** Start of the dashes before `BEGIN` and the label that the keyword ends, or -1. */
function headerStart(text: string, keywordStart: number): number {
  const from = Math.max(0, keywordStart - longestHeader);
  const header = text.slice(from, keywordStart);
  for (const opening of ['-----BEGIN ', '---- BEGIN ']) {
    const at = header.lastIndexOf(opening);
    // Only a label between: the footer of an elided block has its own header on the same line.
    const label = header.slice(at + opening.length);
    if (at !== -1 && runEnd(label, 0, UPPER | DIGIT | SPACE, label.length) === label.length) return from + at;
  }
  return -1;
}

const footerAtEnd = (value: string) => value.endsWith('----');

/**
 * First long base64 run and the end of the last one. Without a footer, what follows the body could be
 * anything, so that the walk stops at the first character that no key file has.
 */
function bodyOf(
  text: string,
  from: number,
  limit: number,
  hasFooter: boolean,
): { first: number; end: number } | undefined {
  let first = -1;
  let end = -1;
  for (let at = from; at < Math.min(limit, text.length); ) {
    const stop = runEnd(text, at, BASE64, limit);
    if (first === -1 && stop - at >= shortestRun) first = startOfRun(text, at);
    if (first === -1 && stop > from + longestPreamble) return undefined;
    if (first !== -1 && !hasFooter) {
      const isWord = stop - at < shortestRun && (text[at - 1] === ' ' || '-:'.includes(text[stop] ?? ' '));
      if (isWord && stop > at) break;
    }
    if (first !== -1 && stop > at) end = stop;
    if (first !== -1 && !hasFooter && !isBodySeparator(text, stop)) break;
    at = stop + 1;
  }
  return first === -1 ? undefined : { first, end };
}

const isBodySeparator = (text: string, at: number) =>
  isAt(text, at, SPACE | EQUALS | QUOTE) || text[at] === '\\' || text[at] === ',';

/** The `n` of an escaped newline is no part of the run that follows it. */
function startOfRun(text: string, at: number): number {
  return text[at - 1] === '\\' && text[at] === 'n' ? at + 1 : at;
}
