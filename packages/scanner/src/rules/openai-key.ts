import { ALPHANUMERIC, BASE64URL, classesOf, DASH, DIGIT, LOWER, UPPER } from '../characters.ts';
import { judgeBody, matchPrefixToken } from '../matchers/prefix-token.ts';
import type { Rule } from '../rule.ts';
import { credentialMappings, revokeAndRotate } from '../rule.ts';

/** Base64 of "OpenAI", which stands in the middle of every key. */
const marker = 'T3BlbkFJ';
const kinds = ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-'];
const legacy = { prefix: 'sk-', alphabet: ALPHANUMERIC, minimum: 32, maximum: 64 };

/**
 * `sk-proj-`, `sk-svcacct-`, `sk-admin-` and the older `sk-` with the marker in the middle.
 * Source: https://platform.openai.com/docs/api-reference/authentication
 */
export const openaiKey: Rule = {
  id: 'openai-key',
  category: 'secret',
  title: 'OpenAI API key',
  patterns: [
    'sk-proj-[0-9A-Za-z_-]{40,200}',
    'sk-svcacct-[0-9A-Za-z_-]{40,200}',
    'sk-admin-[0-9A-Za-z_-]{40,200}',
    'sk-None-[0-9A-Za-z_-]{40,200}',
    'sk-[0-9A-Za-z]{32,64}',
  ],
  severity: 'critical',
  confidence: 'high',
  keywords: ['sk-'],
  keywordAt: 0,
  maximumLength: 224,
  match(text, start) {
    const prefix = kinds.find((kind) => text.startsWith(kind, start));
    if (prefix !== undefined) {
      return matchPrefixToken(text, start, { prefix, alphabet: BASE64URL, minimum: 40, maximum: 200 });
    }
    const match = matchPrefixToken(text, start, legacy);
    if (match === undefined || hasMarker(text.slice(match.start, match.end))) return match;
    // Other providers use the bare `sk-` too: without the marker it is some key, hardly whose.
    return { ...match, confidence: match.end - match.start === 51 ? 'high' : 'medium' };
  },
  validate(value) {
    if (hasMarker(value)) return 'proved';
    const classes = classesOf(value.slice(3));
    if ((classes & DIGIT) === 0 || (classes & (UPPER | LOWER)) === 0) return 'refuted';
    // Kebab-case names (`sk-proj-…` as a branch or a CSS class) have short words between dashes.
    const isKebab = (classes & DASH) !== 0 && value.split('-').every((word) => word.length < 14);
    return isKebab ? 'refuted' : judgeBody(value.slice(3), 'plausible');
  },
  remediation: revokeAndRotate('OpenAI (API keys)', [
    'https://help.openai.com/en/articles/5112595-best-practices-for-api-key-safety',
  ]),
  mappings: credentialMappings,
};

function hasMarker(value: string): boolean {
  const at = value.indexOf(marker);
  return at >= 20 && value.length - at - marker.length >= 20;
}
