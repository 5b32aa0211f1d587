import { expect } from 'vitest';
import { makeTokens } from '../../packages/scanner/src/testing/tokens.ts';

export const tokens = makeTokens(71);
/** Validated by its checksum: critical, which nothing overrides. */
export const critical = () => `GITHUB_TOKEN=${tokens.github()}\n`;
/** A password by its name and looks: high, which a reason overrides. */
export const high = () => `db_password = "${tokens.password()}${tokens.password()}"\n`;
/** Personal, and no credential: medium, which warns. */
export const medium = () => `Date of birth: 198${tokens.digits(1)}-03-12\n`;
export const health =
  'Patient diagnosed with diabetes, ICD-10 E11.9; prescription: insulin. Medical record follows.\n';

interface Push {
  readonly ok: boolean;
  readonly said: string;
}

export function expectBlocked(push: Push): void {
  expect(push.said).toContain('SECURITY VETO');
  expect(push.ok).toBe(false);
}

export function expectPassed(push: Push): void {
  expect(push.said).not.toContain('VETO');
  expect(push.ok).toBe(true);
}
