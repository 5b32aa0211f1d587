import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { KeyProvider } from './envelope.ts';
import { EncryptionError } from './errors.ts';
import { randomBytes } from './randomness.ts';
import { type Address, type DataKey, dataKey } from './seal.ts';

/** The server's own keys, kept in the database under the key-encryption key, so that replicas share them. */
export interface ServerKeys {
  /** Seals accounts, key names, namespaces and audit details that belong to no data subject. */
  records: DataKey;
  /** Makes the keyed digests that look-ups go by. 32 bytes. */
  digest: Uint8Array;
  /** Signs access tokens (HS256), at least 32 bytes. */
  tokenSecret: Uint8Array;
}

/** The bytes behind `ServerKeys`, as they travel between the threads of one process. */
export interface ServerSecrets {
  records: Uint8Array;
  digest: Uint8Array;
  tokenSecret: Uint8Array;
}

/** Where wrapped secrets are kept; `put` never replaces one. */
export interface SecretStore {
  /** True while nothing was sealed yet: a secret that is missing later was taken away, and a new one opens nothing. */
  readonly isNew: boolean;
  get(name: string): Promise<Uint8Array | undefined>;
  put(name: string, sealed: Uint8Array): Promise<void>;
}

const address = (name: string): Address => ({ namespace: 0, table: 'secrets', row: name, field: 'secret' });

/** Reads a secret, or makes it at the first start. Reads it back, so that of two that start at once one wins. */
async function secret(
  store: SecretStore,
  provider: KeyProvider,
  name: string,
  make: () => Uint8Array,
): Promise<Buffer> {
  const existing = await store.get(name);
  if (existing) return provider.unwrap(existing, address(name));
  if (!store.isNew)
    throw new EncryptionError(
      'keyring_damaged',
      `The secret "${name}" is gone from the database: restore a backup.`,
    );
  await store.put(name, await provider.wrap(make(), address(name)));
  const stored = await store.get(name);
  return provider.unwrap(stored!, address(name));
}

/** Loads the server's secrets, making those that are not there yet. */
export async function loadServerSecrets(store: SecretStore, provider: KeyProvider): Promise<ServerSecrets> {
  const random = () => randomBytes(32);
  return {
    records: await secret(store, provider, 'records', random),
    digest: await secret(store, provider, 'digest', random),
    tokenSecret: await secret(store, provider, 'token', random),
  };
}

/** Name of the secret that holds the first key of the audit log. */
export const FIRST_SIGNING_KEY = 'audit-signing';

/** The Ed25519 key that signs audit checkpoints, until its first rotation. */
export async function loadSigningKey(store: SecretStore, provider: KeyProvider): Promise<KeyObject> {
  const make = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
  return privateKey(await secret(store, provider, FIRST_SIGNING_KEY, make));
}

const rotatedKey = (generation: number): Address => ({
  namespace: 0,
  table: 'audit_keys',
  row: String(generation),
  field: 'sealed',
});

/** A new key for the audit log, and its sealed form: the key of generation 1 takes the place of the first one. */
export async function newSigningKey(
  provider: KeyProvider,
  generation: number,
): Promise<{ privateKey: KeyObject; sealed: Buffer }> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  try {
    return { privateKey, sealed: await provider.wrap(der, rotatedKey(generation)) };
  } finally {
    der.fill(0);
  }
}

/** @throws EncryptionError `decryption_failed`. */
export async function openSigningKey(
  provider: KeyProvider,
  generation: number,
  sealed: Uint8Array,
): Promise<KeyObject> {
  return privateKey(await provider.unwrap(sealed, rotatedKey(generation)));
}

function privateKey(der: Buffer): KeyObject {
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  return key;
}

export function serverKeys(secrets: ServerSecrets, configuredTokenSecret?: string): ServerKeys {
  return {
    records: dataKey(secrets.records),
    digest: secrets.digest,
    tokenSecret: configuredTokenSecret ? Buffer.from(configuredTokenSecret) : secrets.tokenSecret,
  };
}
