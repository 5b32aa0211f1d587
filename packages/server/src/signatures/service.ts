import { UnitRefused } from '../database/errors.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { keyedDigest } from '../encryption/digest.ts';
import { ed25519Verifies, verifyHmac } from '../encryption/message-signing.ts';
import { SignatureRefused } from './errors.ts';
import { combinedField } from './header-fields.ts';
import { parseSignatures, signatureBase } from './message-signature.ts';
import { FRESH_SECONDS, freshParams, requireCovered, type SigningKey, signatureOf } from './policy.ts';
import type { SignedRequest } from './signed-request.ts';
import { deleteExpiredNonces, insertNonce } from './store.ts';

export { type SignatureRefusal, SignatureRefused } from './errors.ts';
export type { SigningKey } from './policy.ts';
export type { SignedRequest } from './signed-request.ts';

export interface SignatureDeps {
  writer: Pick<WriterClient, 'commit'>;
  /** Keys the digests of nonces: the table says nothing of who signed when. */
  digestKey: Uint8Array;
  /** Epoch milliseconds. */
  now: () => number;
}

const FORGOTTEN_AT_ONCE = 20;
const KEY_BYTES = 32;

/** Signed requests (RFC 9421): whoever holds a key's text, but not what it signs with, can do nothing with it. */
export class SignatureService {
  private readonly deps: SignatureDeps;

  constructor(deps: SignatureDeps) {
    this.deps = deps;
  }

  /**
   * Verifies the signature of a request before its body is read, and uses up its nonce.
   * Resolves with the Content-Digest that the body must have: see `checkContentDigest`.
   * @throws SignatureRefused with a reason; what the database throws, when it cannot keep the nonce
   */
  async verify(request: SignedRequest, key: SigningKey): Promise<{ contentDigest: string | undefined }> {
    const { components, params, signature } = signatureOf(parseSignatures(request.rawHeaders), key);
    const { created, nonce } = freshParams(params, key, this.deps.now());
    requireCovered(request, components);
    if (!isSignedWith(key, signatureBase(request, components, params), signature))
      throw new SignatureRefused('signature_wrong');
    // Only now: a stranger could use up nonces otherwise, and fill the table.
    await this.useUp(key.keyId, nonce, created);
    return { contentDigest: combinedField(request.rawHeaders, 'content-digest') };
  }

  private async useUp(keyId: string, nonce: string, created: number): Promise<void> {
    const { writer, digestKey, now } = this.deps;
    const digest = keyedDigest(digestKey, `signature-nonce:${keyId}:${nonce}`);
    const expires = (created + 2 * FRESH_SECONDS) * 1000;
    const insert = { ...insertNonce.bind({ digest, expires }), otherwise: 'signature_replayed' };
    const forget = deleteExpiredNonces.bind({ now: now(), limit: FORGOTTEN_AT_ONCE });
    try {
      await writer.commit({ steps: [insert, forget], leaves: [] });
    } catch (error) {
      if (error instanceof UnitRefused && error.code === 'signature_replayed')
        throw new SignatureRefused('signature_replayed');
      throw error;
    }
  }
}

function isSignedWith({ algorithm, key }: SigningKey, base: string, signature: Uint8Array): boolean {
  // An empty or short secret would be everybody's.
  if (algorithm === 'hmac-sha256' ? key.length < KEY_BYTES : key.length !== KEY_BYTES)
    throw new SignatureRefused('signature_key');
  return algorithm === 'hmac-sha256'
    ? verifyHmac(key, base, signature)
    : ed25519Verifies(key, base, signature);
}
