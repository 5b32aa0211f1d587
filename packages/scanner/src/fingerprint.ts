import { hash } from 'node:crypto';

/** Domain of fingerprints made without a private salt; public, so low-entropy values can be guessed from them. */
export const publicSalt = 'memhold-scanner-fingerprint-v1';

const contextLength = 32;

/**
 * `<rule id>:<24 hex of the secret>:<8 hex of the context>`, both truncated SHA-256 under the salt. Suppressing
 * the whole fingerprint leaves a different secret on the same line visible; equal middle parts under one salt
 * mean the same secret in two places. Pass a private salt wherever fingerprints of personal data are kept.
 */
export function fingerprint(ruleId: string, salt: string, text: string, start: number, end: number): string {
  const secret = hash('sha256', `${salt}\0secret\0${ruleId}\0${text.slice(start, end)}`);
  const context = hash('sha256', `${salt}\0context\0${ruleId}\0${normalisedContext(text, start)}`);
  return `${ruleId}:${secret.slice(0, 24)}:${context.slice(0, 8)}`;
}

/** What stays of a fingerprint wherever its secret stands: the rule and the hash of the value. */
export type SecretKey = string;

export const keyOf = (fingerprint: string): SecretKey => fingerprint.replace(/:[\da-f]{8}$/, '');

/**
 * The at most 32 code units before the secret on its own line, lower-cased, without anything but letters and
 * digits: indentation, quotes, operators and line numbers may change, the name it is assigned to may not.
 */
export function normalisedContext(text: string, start: number): string {
  let from = start;
  const limit = Math.max(0, start - contextLength);
  while (from > limit && text.charCodeAt(from - 1) !== 10 && text.charCodeAt(from - 1) !== 13) from--;
  return text
    .slice(from, start)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
