import {
  ALPHANUMERIC,
  BASE64URL,
  DOT,
  EQUALS,
  isAt,
  PLUS_SLASH,
  QUOTE,
  runEnd,
  startsToken,
} from '../characters.ts';
import { isStandInPhrase, isTemplate } from '../matchers/placeholder.ts';
import { changesOfClass, entropy, looksRandom } from '../matchers/randomness.ts';
import type { Match, Rule } from '../rule.ts';
import { credentialMappings } from '../rule.ts';

const longest = 512;
const token68 = BASE64URL | PLUS_SLASH | DOT | EQUALS;
const header = /authorization["'\]\\]{0,3}[ \t]{0,4}[:=,(][ \t]{0,4}\\?["'`]?$/i;

/** `Authorization: <scheme> <token>` with any scheme of one word; those that have rules of their own, or sign, are none. */
const otherScheme =
  /authorization["'\]\\]{0,3}[ \t]{0,4}[:=,(][ \t]{0,4}\\?["'`]?(?!(?:basic|bearer|token|digest|ntlm|negotiate|hawk|hmac|aws4|oauth|signature)[ -])[a-z][\w-]{2,24} (?:(?:token|key|api_?key)=)?\\?["']?/iy;

/**
 * `Authorization: Bearer <token>` (RFC 6750, section 2.1), also with the scheme `token` that GitHub and Gitea use, and
 * with the schemes that services made up (`SSWS`, `GenieKey`, `sso-key`).
 * Without the name of the header, as in `"value": "Bearer …"`, the token has to look random.
 */
export const bearerToken: Rule = {
  id: 'bearer-token',
  category: 'secret',
  title: 'Bearer token in an HTTP header',
  patterns: [
    '(?i:authorization|["\'`]bearer )["\'\\]\\\\]{0,3}[ \\t]{0,4}[:=,(]?[ \\t]{0,4}\\\\?["\'`]?(?:[A-Za-z][\\w-]{2,24} )?(?:\\w+=)?\\\\?["\']?[0-9A-Za-z_+/.=-]{12,512}',
  ],
  severity: 'high',
  confidence: 'medium',
  isGeneric: true,
  keywords: ['bearer ', 'token ', 'authorization'],
  keywordAt: 0,
  maximumLength: longest + 64,
  match(text, keywordStart, keywordEnd) {
    if (!startsToken(text, keywordStart)) return undefined;
    if (keywordEnd - keywordStart === 'authorization'.length) return afterScheme(text, keywordStart);
    // `Token token=…`, as Rails writes it.
    const from = text.startsWith('token=', keywordEnd) ? keywordEnd + 6 : keywordEnd;
    const end = runEnd(text, from, token68, from + longest);
    // Punctuation of the sentence, and a token that goes on.
    const stop = text[end - 1] === '.' ? end - 1 : end;
    if (stop - from < 12 || isAt(text, end, ALPHANUMERIC)) return undefined;
    const value = text.slice(from, stop);
    if (isTemplate(value) || isStandInPhrase(value)) return undefined;
    const isHeader = header.test(text.slice(Math.max(0, keywordStart - 28), keywordStart));
    const isQuoted = isAt(text, keywordStart - 1, QUOTE);
    const isBearer = text[keywordStart] === 'b' || text[keywordStart] === 'B';
    if (isHeader ? !looksTyped(value) : isQuoted && isBearer && looksRandom(value)) {
      return { start: from, end: stop };
    }
    return undefined;
  },
  remediation: {
    steps: [
      'Revoke the token at the service that issued it.',
      'Take the header from the environment or a secret store where the request is made.',
      'Remove the value from the text, its history and its backups.',
    ],
    references: ['https://www.rfc-editor.org/rfc/rfc6750'],
  },
  mappings: { ...credentialMappings, cwe: ['CWE-798', 'CWE-522'] },
};

function afterScheme(text: string, headerStart: number): Match | undefined {
  otherScheme.lastIndex = headerStart;
  if (!otherScheme.test(text)) return undefined;
  const start = otherScheme.lastIndex;
  const end = runEnd(text, start, token68, start + longest);
  const value = text.slice(start, text[end - 1] === '.' ? end - 1 : end);
  if (value.length < 12 || isTemplate(value) || isStandInPhrase(value)) return undefined;
  return looksTyped(value) ? undefined : { start, end: start + value.length };
}

/** Words of a sentence or of an example: no digits, or hardly any different characters. */
function looksTyped(value: string): boolean {
  return !/\d/.test(value) || entropy(value) < 3 || (value.includes('-') && changesOfClass(value) < 3);
}
