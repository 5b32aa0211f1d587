import { BASE64URL } from '../characters.ts';
import { judgeBody, matchPrefixToken } from '../matchers/prefix-token.ts';
import type { Rule } from '../rule.ts';
import { credentialMappings, revokeAndRotate } from '../rule.ts';

const format = { prefix: 'sk-ant-', alphabet: BASE64URL, minimum: 40, maximum: 200 };
const exact = /^sk-ant-(?:api|admin|oat|ort)\d\d-[\w-]{93}AA$/;

/**
 * `sk-ant-`, kind and version (`api03-`, `admin01-`, `oat01-`), 93 base64url characters and `AA`.
 * Source: https://docs.claude.com/en/api/overview
 */
export const anthropicKey: Rule = {
  id: 'anthropic-key',
  category: 'secret',
  title: 'Anthropic API key',
  patterns: ['sk-ant-[0-9A-Za-z_-]{40,200}'],
  severity: 'critical',
  confidence: 'high',
  keywords: ['sk-ant-'],
  keywordAt: 0,
  maximumLength: 207,
  match: (text, start) => matchPrefixToken(text, start, format),
  validate: (value) => judgeBody(value.slice(7), exact.test(value) ? 'proved' : 'plausible'),
  remediation: revokeAndRotate('Anthropic (Console, API keys)', [
    'https://support.claude.com/en/articles/9767949-api-key-best-practices-keeping-your-keys-safe-and-secure',
  ]),
  mappings: credentialMappings,
};
