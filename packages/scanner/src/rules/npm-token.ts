import { ALPHANUMERIC } from '../characters.ts';
import { hasBase62Checksum } from '../checksum.ts';
import { judgeBody, matchPrefixToken } from '../matchers/prefix-token.ts';
import type { Rule } from '../rule.ts';
import { credentialMappings, revokeAndRotate } from '../rule.ts';

const format = { prefix: 'npm_', alphabet: ALPHANUMERIC, minimum: 36, maximum: 36 };

/**
 * `npm_`, 30 random base62 characters, six of CRC-32.
 * Source: https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/
 */
export const npmToken: Rule = {
  id: 'npm-token',
  category: 'secret',
  title: 'npm access token',
  patterns: ['npm_[0-9A-Za-z]{36}'],
  severity: 'critical',
  confidence: 'high',
  keywords: ['npm_'],
  keywordAt: 0,
  maximumLength: 40,
  match: (text, start) => matchPrefixToken(text, start, format),
  validate(value) {
    const body = value.slice(4);
    return hasBase62Checksum(body) ? 'proved' : judgeBody(body, 'plausible');
  },
  remediation: revokeAndRotate('npm (Access Tokens)', ['https://docs.npmjs.com/revoking-access-tokens']),
  mappings: credentialMappings,
};
