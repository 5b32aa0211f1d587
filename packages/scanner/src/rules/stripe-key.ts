import { ALPHANUMERIC } from '../characters.ts';
import { judgeBody, matchPrefixToken } from '../matchers/prefix-token.ts';
import type { Rule } from '../rule.ts';
import { credentialMappings, revokeAndRotate } from '../rule.ts';

const isDocumentedLength = (length: number) => length === 24 || length >= 90;

/**
 * Secret and restricted keys, live and test: 24 characters in old accounts, about 99 in new ones. Publishable
 * keys (`pk_`) are public. Source: https://docs.stripe.com/keys
 */
export const stripeKey: Rule = {
  id: 'stripe-key',
  category: 'secret',
  title: 'Stripe secret key',
  patterns: [
    'sk_live_[0-9A-Za-z]{16,247}',
    'rk_live_[0-9A-Za-z]{16,247}',
    'sk_test_[0-9A-Za-z]{16,247}',
    'rk_test_[0-9A-Za-z]{16,247}',
  ],
  severity: 'critical',
  confidence: 'high',
  keywords: ['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_'],
  keywordAt: 0,
  maximumLength: 255,
  match(text, start, keywordEnd) {
    const prefix = text.slice(start, keywordEnd);
    if (prefix !== prefix.toLowerCase()) return undefined;
    const match = matchPrefixToken(text, start, {
      prefix,
      alphabet: ALPHANUMERIC,
      minimum: 16,
      maximum: 247,
    });
    if (match === undefined || prefix.includes('live')) return match;
    // Test keys move no money.
    return { ...match, severity: 'medium' };
  },
  validate(value) {
    const body = value.slice(8);
    return judgeBody(body, isDocumentedLength(body.length) ? 'proved' : 'plausible');
  },
  remediation: revokeAndRotate('Stripe (Developers, API keys, roll key)', [
    'https://docs.stripe.com/keys-best-practices',
  ]),
  mappings: credentialMappings,
};
