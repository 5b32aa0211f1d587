import { keyedDigest } from '../../encryption/digest.ts';
import { randomBytes } from '../../encryption/randomness.ts';

/** 32 letters without those that are read for one another (0 and o, 1 and l): five bits each. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const HALF = 5;
const CODE = /^([a-km-np-z2-9]{5})-?([a-km-np-z2-9]{5})$/;

/** Codes that an account has after they were made. */
export const RECOVERY_CODES = 10;

/** 50 random bits as `xxxxx-xxxxx`. A byte's five low bits are an even choice of 32. */
function newCode(): string {
  const letters = Array.from(randomBytes(2 * HALF), (byte) => ALPHABET[byte & 31]).join('');
  return `${letters.slice(0, HALF)}-${letters.slice(HALF)}`;
}

/** Ten different codes, each good once in place of a code of the app. */
export function newRecoveryCodes(): string[] {
  const codes = new Set<string>();
  while (codes.size < RECOVERY_CODES) codes.add(newCode());
  return [...codes];
}

/**
 * What is stored of a code: a keyed digest, for this account only. Case, spaces and a missing dash make no
 * difference. Undefined when the text is not in the form of a recovery code.
 */
export function digestOf(code: string, accountPublicId: string, digestKey: Uint8Array): Buffer | undefined {
  const halves = CODE.exec(code.replaceAll(' ', '').toLowerCase());
  if (!halves) return undefined;
  return keyedDigest(digestKey, `recovery-code:${accountPublicId}:${halves[1]}-${halves[2]}`);
}
