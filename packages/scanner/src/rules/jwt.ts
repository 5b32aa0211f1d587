import { BASE64URL, isAt, runEnd, startsToken } from '../characters.ts';
import type { Rule } from '../rule.ts';
import { credentialMappings } from '../rule.ts';

const longestHeader = 2048;
const longestPayload = 12_288;
const longestSignature = 1400;
const shortestSignature = 20;

/**
 * Three base64url parts whose first two decode to JSON objects, the first with `alg` (RFC 7519, RFC 7515). Without a
 * signature (`alg: none`, or cut off) it opens nothing that is made well, but tells about its subject: a note.
 */
export const jwt: Rule = {
  id: 'jwt',
  category: 'secret',
  title: 'JSON Web Token',
  patterns: [String.raw`eyJ[0-9A-Za-z_-]+\.e[0-9A-Za-z_-]+(?:\.[0-9A-Za-z_-]{20,1400})?`],
  severity: 'high',
  confidence: 'high',
  keywords: ['eyj'],
  keywordAt: 0,
  maximumLength: longestHeader + longestPayload + longestSignature,
  match(text, start, keywordEnd) {
    if (!text.startsWith('eyJ', start) || !startsToken(text, start, BASE64URL)) return undefined;
    const headerEnd = runEnd(text, keywordEnd, BASE64URL, start + longestHeader);
    if (text[headerEnd] !== '.' || text[headerEnd + 1] !== 'e') return undefined;
    if (typeof parsePart(text.slice(start, headerEnd))?.alg !== 'string') return undefined;
    const payloadEnd = runEnd(text, headerEnd + 1, BASE64URL, headerEnd + longestPayload);
    if (isAt(text, payloadEnd, BASE64URL)) return undefined;
    if (text[payloadEnd] !== '.' || !isAt(text, payloadEnd + 1, BASE64URL)) {
      return { start, end: payloadEnd, publicPrefix: 3, severity: 'low', confidence: 'low' };
    }
    const end = runEnd(text, payloadEnd + 1, BASE64URL, payloadEnd + longestSignature);
    if (end - payloadEnd - 1 < shortestSignature || isAt(text, end, BASE64URL)) return undefined;
    return { start, end, publicPrefix: 3 };
  },
  validate(value) {
    const [, payload = '', signature] = value.split('.');
    if (parsePart(payload) === undefined) return 'refuted';
    return signature === undefined ? 'plausible' : 'proved';
  },
  remediation: {
    steps: [
      'End the session or revoke the token at its issuer; if that is impossible, rotate the signing key.',
      'Shorten the life of tokens, and bind them to the client (RFC 9449).',
      'Remove the value from the text, its history and its backups.',
    ],
    references: ['https://www.rfc-editor.org/rfc/rfc8725', 'https://www.rfc-editor.org/rfc/rfc9449'],
  },
  mappings: { ...credentialMappings, cwe: ['CWE-522', 'CWE-312'] },
};

/** The JSON object that a base64url part holds, or undefined. */
function parsePart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
