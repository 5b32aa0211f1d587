import { BASE64URL } from '../characters.ts';
import { judgeBody, matchPrefixToken } from '../matchers/prefix-token.ts';
import type { Rule } from '../rule.ts';
import { credentialMappings, revokeAndRotate } from '../rule.ts';

const format = { prefix: 'AIza', alphabet: BASE64URL, minimum: 35, maximum: 35 };

/** `AIza` and 35 base64url characters. Source: https://cloud.google.com/docs/authentication/api-keys */
export const googleApiKey: Rule = {
  id: 'google-api-key',
  category: 'secret',
  title: 'Google API key',
  patterns: ['AIza[0-9A-Za-z_-]{35}'],
  severity: 'high',
  confidence: 'high',
  keywords: ['aiza'],
  keywordAt: 0,
  maximumLength: 39,
  match: (text, start) => matchPrefixToken(text, start, format),
  validate: (value) => judgeBody(value.slice(4), 'proved'),
  remediation: revokeAndRotate('Google Cloud (APIs & Services, Credentials)', [
    'https://cloud.google.com/docs/authentication/api-keys-best-practices',
  ]),
  mappings: credentialMappings,
};
