import type { Step } from '../../database/unit.ts';
import type { WriterClient } from '../../database/writer-client.ts';
import { open, seal } from '../../encryption/seal.ts';
import type { ServerKeys } from '../../encryption/server-keys.ts';
import { digestOf } from './recovery-codes.ts';
import { factorOf, recoveryCodeStands, takeRecoveryCode, takeStep } from './store.ts';
import { stepOf, totpDigits } from './totp.ts';

/** Whose factor it is. */
export interface FactorOwner {
  row: number;
  publicId: string;
}

export interface ProofDeps {
  writer: Pick<WriterClient, 'read'>;
  keys: ServerKeys;
  now: () => number;
}

const address = (publicId: string) => ({
  namespace: 0,
  table: 'account_mfa',
  row: publicId,
  field: 'secret',
});

export function sealSecret(keys: ServerKeys, publicId: string, secret: Uint8Array): Buffer {
  return seal(keys.records, address(publicId), secret);
}

export function openSecret(keys: ServerKeys, publicId: string, sealed: Uint8Array): Buffer {
  return open(keys.records, address(publicId), sealed);
}

/**
 * Steps for the unit of whatever the code is to allow; they refuse it as `code_invalid` when somebody else was
 * faster. A code of the app uses up its time step, a recovery code is deleted. Undefined for a wrong code, and for
 * an account whose factor is not in use.
 */
export async function proofSteps(
  deps: ProofDeps,
  account: FactorOwner,
  code: string,
): Promise<Step[] | undefined> {
  const step = totpDigits(code) === undefined ? recoveryStep : totpStep;
  const found = await step(deps, account, code);
  return found && [{ ...found, otherwise: 'code_invalid' }];
}

async function totpStep({ writer, keys, now }: ProofDeps, { row, publicId }: FactorOwner, code: string) {
  const [factor] = await writer.read(factorOf, { account: row });
  if (!factor || factor.confirmed_at === null) return undefined;
  const step = stepOf(code, openSecret(keys, publicId, factor.secret_sealed), now());
  if (step === undefined) return undefined;
  return takeStep.bind({ account: row, secret: factor.secret_sealed, step });
}

async function recoveryStep({ writer, keys }: ProofDeps, { row, publicId }: FactorOwner, code: string) {
  const digest = digestOf(code, publicId, keys.digest);
  if (!digest) return undefined;
  const [known] = await writer.read(recoveryCodeStands, { account: row, digest });
  return known && takeRecoveryCode.bind({ account: row, digest });
}
