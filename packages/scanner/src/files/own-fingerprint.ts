import type { Finding } from '../finding.ts';

const longest = 160;
const shape = /(?:^|[^a-z0-9-])[a-z][a-z0-9-]{1,80}:[\da-f]{24}:[\da-f]{8}$/;

/**
 * Whether a finding is nothing but one of our own fingerprints (or its end), as baselines and allow-lists hold
 * them: `stripe-token:<24 hex>:<8 hex>` looks like a value that is assigned to a token.
 */
export function isOwnFingerprint(text: string, { start, end }: Pick<Finding, 'start' | 'end'>): boolean {
  // 33 code units are its two hashes: a shorter span is something inside, a longer one has the rule's id too.
  return (
    end - start >= 33 && end - start <= longest && shape.test(text.slice(Math.max(0, end - longest), end))
  );
}
