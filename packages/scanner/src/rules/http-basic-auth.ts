import { BASE64, EQUALS, isAt, runEnd, startsToken } from '../characters.ts';
import { isPlaceholderPassword } from '../matchers/placeholder.ts';
import type { Match, Rule, Verdict } from '../rule.ts';
import { credentialMappings } from '../rule.ts';

const longest = 1024;
const header = /authorization["'\]\\]{0,3}[ \t]{0,4}[:=,(][ \t]{0,4}\\?["'`]?$/i;

/**
 * `Authorization: Basic <base64 of user:password>` (RFC 7617, section 2) and the answers of NTLM (MS-NLMP, 2.2.1.3,
 * AUTHENTICATE_MESSAGE), with or without the name of the header. What does not decode is no credential.
 */
export const httpBasicAuth: Rule = {
  id: 'http-basic-auth',
  category: 'secret',
  title: 'User and password in an HTTP header',
  patterns: ['(?i:basic) [0-9A-Za-z+/]{8,1024}={0,2}', '(?i:ntlm) TlRMTVNTUAAD[0-9A-Za-z+/]+={0,2}'],
  severity: 'high',
  confidence: 'medium',
  keywords: ['basic ', 'ntlm '],
  keywordAt: 0,
  maximumLength: longest + 8,
  match(text, keywordStart, keywordEnd): Match | undefined {
    if (!startsToken(text, keywordStart)) return undefined;
    const bodyEnd = runEnd(text, keywordEnd, BASE64, keywordEnd + longest);
    const end = runEnd(text, bodyEnd, EQUALS, bodyEnd + 2);
    if (bodyEnd - keywordEnd < 8 || isAt(text, end, BASE64 | EQUALS)) return undefined;
    const value = text.slice(keywordEnd, end);
    if (text[keywordStart] === 'n' || text[keywordStart] === 'N') {
      return value.startsWith(ntlmAnswer) ? { start: keywordEnd, end } : undefined;
    }
    const password = passwordOf(value);
    if (password === undefined) return undefined;
    const isHeader = header.test(text.slice(Math.max(0, keywordStart - 28), keywordStart));
    const isWeak = isPlaceholderPassword(password);
    return { start: keywordEnd, end, ...(isWeak ? weak : isHeader ? sure : {}) };
  },
  validate: (value): Verdict =>
    value.startsWith(ntlmAnswer) || passwordOf(value) !== undefined ? 'plausible' : 'refuted',
  remediation: {
    steps: [
      'Change the password: base64 hides nothing.',
      'Take the header from the environment or a secret store where the request is made.',
      'Remove the value from the text, its history and its backups.',
    ],
    references: ['https://www.rfc-editor.org/rfc/rfc7617'],
  },
  mappings: { ...credentialMappings, cwe: ['CWE-798', 'CWE-522'] },
};

const weak = { severity: 'low', confidence: 'low' } as const;
const sure = { confidence: 'high' } as const;
/** Base64 of the signature `NTLMSSP\0` and of the message type 3. */
const ntlmAnswer = 'TlRMTVNTUAAD';

/** The password in `user:password`, or undefined when the value is no base64 of such a pair in printable text. */
function passwordOf(value: string): string | undefined {
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  const pair = /^[^\p{Cc}:\ufffd]{1,128}:([^\p{Cc}\ufffd]{1,256})$/u.exec(decoded);
  return pair?.[1];
}
