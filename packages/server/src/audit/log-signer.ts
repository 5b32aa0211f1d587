import { createPublicKey, type KeyObject } from 'node:crypto';
import { createSigner, rawPublicKey, type Signer } from './note.ts';
import { sha256 } from './sha256.ts';

/** The log's signer. The log is named after its key, so that two logs never share a name. */
export function logSigner(privateKey: KeyObject): Signer {
  const digest = sha256(rawPublicKey(createPublicKey(privateKey)));
  return createSigner(`memhold.invalid/log/${Buffer.from(digest).toString('hex').slice(0, 16)}`, privateKey);
}
