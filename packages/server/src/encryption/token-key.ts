import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import { EncryptionError } from './errors.ts';
import { type Address, type DataKey, open, seal } from './seal.ts';

/** The public half as others read it (RFC 7517, RFC 8037). */
export interface TokenJwk {
  kty: 'OKP';
  crv: 'Ed25519';
  x: string;
  kid: string;
  use: 'sig';
  alg: 'EdDSA';
}

/** An Ed25519 key pair that signs access tokens. */
export interface TokenKey {
  /** The thumbprint of the public key (RFC 7638): no two keys share it, and none chooses its own. */
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
  jwk: TokenJwk;
}

const address = (kid: string): Address => ({
  namespace: 0,
  table: 'token_keys',
  row: kid,
  field: 'private_key',
});

/** RFC 7638, of an Ed25519 key: SHA-256 of its required members in order, base64url. */
export function ed25519Thumbprint(x: string): string {
  return hash('sha256', JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }), 'base64url');
}

function tokenKey(privateKey: KeyObject): TokenKey {
  const publicKey = createPublicKey(privateKey);
  const { x } = publicKey.export({ format: 'jwk' }) as { x: string };
  const kid = ed25519Thumbprint(x);
  return {
    kid,
    privateKey,
    publicKey,
    jwk: { kty: 'OKP', crv: 'Ed25519', x, kid, use: 'sig', alg: 'EdDSA' },
  };
}

export function newTokenKey(): TokenKey {
  return tokenKey(generateKeyPairSync('ed25519').privateKey);
}

/** The private half (PKCS#8, DER) as it is stored. */
export function sealTokenKey(records: DataKey, { kid, privateKey }: TokenKey): Buffer {
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  try {
    return seal(records, address(kid), der);
  } finally {
    der.fill(0);
  }
}

/**
 * The pair behind a stored key. The public half is derived, not read: who can write to the database but has no key
 * to seal with can add none that verifies.
 * @throws EncryptionError `decryption_failed` when the seal does not open, or the key is not the one of that id.
 */
export function openTokenKey(records: DataKey, kid: string, sealed: Uint8Array): TokenKey {
  const der = open(records, address(kid), sealed);
  const key = tokenKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  der.fill(0);
  if (key.kid !== kid)
    throw new EncryptionError('decryption_failed', 'A stored token key is not the one that its id names.');
  return key;
}
