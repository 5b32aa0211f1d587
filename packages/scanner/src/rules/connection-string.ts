import { ALPHANUMERIC, isAt, isIn, LETTER, SPACE } from '../characters.ts';
import { isPlaceholderPassword } from '../matchers/placeholder.ts';
import type { Match, Rule } from '../rule.ts';
import { credentialMappings } from '../rule.ts';

const longestUserInfo = 512;
// End of the authority: RFC 3986 delimiters, and what quotes or wraps a URL in text.
const terminators = '/?#"\'`<>\\|,;)]}';

/**
 * `scheme://user:password@host` (RFC 3986, userinfo); the finding is the password only. Local hosts and
 * passwords equal to the user name are reported with medium confidence: mostly development defaults.
 */
export const connectionString: Rule = {
  id: 'connection-string',
  category: 'secret',
  title: 'Password in a connection string',
  patterns: ['[0-9A-Za-z]://[^\\s/?#"\'`|\\\\]*:[^\\s/]+@[\\w\\[]'],
  severity: 'critical',
  confidence: 'high',
  keywords: ['://'],
  maximumLength: longestUserInfo,
  match(text, keywordStart, keywordEnd) {
    if (!isAt(text, keywordStart - 1, ALPHANUMERIC)) return undefined;
    const end = authorityEnd(text, keywordEnd);
    const authority = text.slice(keywordEnd, end);
    const at = authority.lastIndexOf('@');
    const colon = authority.indexOf(':');
    if (colon === -1 || at <= colon + 1 || isRedacted(authority, colon, at)) return undefined;
    const host = authority.slice(at + 1);
    if (!/^(?:[\p{L}\p{N}_-]|\[[\da-fA-F:])/u.test(host)) return undefined;
    return credential(keywordEnd, authority, colon, at, host);
  },
  validate: (value) => (isPlaceholderPassword(value) ? 'refuted' : 'plausible'),
  remediation: {
    steps: [
      'Change the password of this account at the service.',
      'Take the connection string from the environment or a secret store, or use a passwordless login.',
      'Limit from where the account may connect, and look through its log-ins.',
      'Remove the value from the text, its history and its backups.',
    ],
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html'],
  },
  mappings: credentialMappings,
};

/** Redaction put its own colon where that of the password was, as in `user[REDACTED:rule]@`. */
function isRedacted(authority: string, colon: number, at: number): boolean {
  return (
    authority.slice(0, colon).endsWith('[REDACTED') && /^[a-z-]+\]$/.test(authority.slice(colon + 1, at))
  );
}

function credential(from: number, authority: string, colon: number, at: number, host: string): Match {
  const match = { start: from + colon + 1, end: from + at };
  const isLocal = /^(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|example\.(?:com|org|net))(?::|$)/i.test(
    host,
  );
  const isDefault = authority.slice(0, colon) === authority.slice(colon + 1, at);
  return isLocal || isDefault ? { ...match, confidence: 'medium' } : match;
}

function authorityEnd(text: string, from: number): number {
  const limit = Math.min(text.length, from + longestUserInfo - 8);
  let at = from;
  let brackets = 0;
  while (at < limit) {
    const code = text.charCodeAt(at);
    if (!isIn(code, LETTER)) {
      if (isIn(code, SPACE)) break;
      const character = text[at]!;
      // An IPv6 host and a `[password]` placeholder bring their own brackets.
      if (character === '[') brackets++;
      else if (character === ']' && brackets > 0) brackets--;
      else if (terminators.includes(character) && !isTemplate(text, from, at, character)) break;
    }
    at++;
  }
  return at;
}

/** `<password>`, `${DB_PASSWORD}` and raw punctuation belong to the userinfo while its `@` is still to come. */
function isTemplate(text: string, from: number, at: number, character: string): boolean {
  if (!'<>}),;#'.includes(character)) return false;
  const rest = text.slice(at + 1, Math.min(at + 64, from + longestUserInfo));
  return /^[^\s/"'`\\]{0,63}?@/.test(rest);
}
