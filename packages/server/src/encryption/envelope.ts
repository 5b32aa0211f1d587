import { randomBytes } from './randomness.ts';
import { type Address, type DataKey, dataKey, open, seal } from './seal.ts';

/**
 * The key-encryption key's provider. Asynchronous, because a provider may be a remote service: callers cache what
 * it unwraps.
 */
export interface KeyProvider {
  /** Names the key-encryption key: stored beside everything that it wrapped. */
  readonly id: string;
  wrap(secret: Uint8Array, address: Address): Promise<Buffer>;
  /** @throws EncryptionError `decryption_failed` when this provider's key did not wrap it at this address. */
  unwrap(wrapped: Uint8Array, address: Address): Promise<Buffer>;
}

/** A provider whose key is in this process: from a key file or a passphrase. `secret` is 32 bytes. */
export function localKeyProvider(secret: Uint8Array): KeyProvider {
  const key = dataKey(secret);
  return {
    id: key.id.toString('hex').slice(0, 32),
    wrap: async (bytes, address) => seal(key, address, bytes),
    unwrap: async (bytes, address) => open(key, address, bytes),
  };
}

/** A fresh data-encryption key, with its wrapped form for the database. */
export async function newDataKey(
  provider: KeyProvider,
  address: Address,
): Promise<{ key: DataKey; wrapped: Buffer }> {
  const secret = randomBytes(32);
  const wrapped = await provider.wrap(secret, address);
  const key = dataKey(secret);
  secret.fill(0);
  return { key, wrapped };
}

/** The data-encryption key of its wrapped form. */
export async function unwrapDataKey(
  provider: KeyProvider,
  address: Address,
  wrapped: Uint8Array,
): Promise<DataKey> {
  const secret = await provider.unwrap(wrapped, address);
  const key = dataKey(secret);
  secret.fill(0);
  return key;
}
