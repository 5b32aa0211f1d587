import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { EncryptionError } from './errors.ts';
import { fillRandom } from './randomness.ts';

/**
 * Where a sealed value belongs. It is authenticated, not stored: a value moved to another tenant, table, row or
 * field does not open.
 */
export interface Address {
  namespace: number;
  table: string;
  row: string | Uint8Array;
  field: string;
}

/**
 * A key ready for use: the cipher key, and the 32-byte commitment that names it.
 * Both come from one secret by HKDF, so a value sealed under one key cannot be opened under another one, even by
 * someone who chose both (AES-GCM alone does not promise that).
 */
export interface DataKey {
  readonly id: Buffer;
  readonly cipher: KeyObject;
  /** 32 bytes that key the audit log's commitments to what was before and after a change: they end with the key. */
  readonly commitment: Buffer;
}

const VERSION = 1;
const ID_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NONCE_AT = 1 + ID_BYTES;
const TAG_AT = NONCE_AT + NONCE_BYTES;
/** Bytes that sealing adds to a plaintext. */
export const SEAL_OVERHEAD = TAG_AT + TAG_BYTES;

/** Derives the working key of a 32-byte secret (HKDF-SHA256, RFC 5869). */
export function dataKey(secret: Uint8Array): DataKey {
  if (secret.length !== 32) throw new RangeError('a data key is made of 32 bytes');
  const bytes = Buffer.from(hkdfSync('sha256', secret, new Uint8Array(0), 'memhold seal v1', 96));
  const key = {
    cipher: createSecretKey(bytes.subarray(0, 32)),
    id: Buffer.from(bytes.subarray(32, 64)),
    commitment: Buffer.from(bytes.subarray(64)),
  };
  bytes.fill(0);
  return key;
}

/** Names with their length before them; there are some dozen of tables and fields. */
const named = new Map<string, Buffer>();
const NAMES_KEPT = 1000;

function lengthAndName(name: string): Buffer {
  let bytes = named.get(name);
  if (!bytes) {
    const text = Buffer.from(name);
    bytes = Buffer.allocUnsafeSlow(4 + text.length);
    bytes.writeUInt32BE(text.length);
    bytes.set(text, 4);
    if (named.size >= NAMES_KEPT) named.clear();
    named.set(name, bytes);
  }
  return bytes;
}

/** Length-prefixed, so that no two different addresses have the same encoding. */
function associatedData(key: DataKey, { namespace, table, row, field }: Address): Buffer {
  const rowBytes = typeof row === 'string' ? Buffer.from(row) : row;
  const tableBytes = lengthAndName(table);
  const fieldBytes = lengthAndName(field);
  const out = Buffer.allocUnsafe(
    1 + 8 + tableBytes.length + 4 + rowBytes.length + fieldBytes.length + ID_BYTES,
  );
  out[0] = VERSION;
  out.writeUInt32BE(Math.floor(namespace / 2 ** 32), 1);
  out.writeUInt32BE(namespace % 2 ** 32, 5);
  out.set(tableBytes, 9);
  let at = out.writeUInt32BE(rowBytes.length, 9 + tableBytes.length);
  out.set(rowBytes, at);
  at += rowBytes.length;
  out.set(fieldBytes, at);
  out.set(key.id, at + fieldBytes.length);
  return out;
}

/**
 * Seals bytes with AES-256-GCM (NIST SP 800-38D) under a random 96-bit nonce.
 * Layout: version 1, key id 32, nonce 12, tag 16, ciphertext.
 */
export function seal(key: DataKey, address: Address, plaintext: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(SEAL_OVERHEAD + plaintext.length);
  out[0] = VERSION;
  out.set(key.id, 1);
  fillRandom(out, NONCE_AT, NONCE_BYTES);
  const nonce = out.subarray(NONCE_AT, TAG_AT);
  const cipher = createCipheriv('aes-256-gcm', key.cipher, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(key, address));
  out.set(cipher.update(plaintext), SEAL_OVERHEAD);
  cipher.final();
  out.set(cipher.getAuthTag(), TAG_AT);
  return out;
}

/** The id of the key that a sealed value was made with: where to look for it in the key ring. */
export function sealedKeyId(sealed: Uint8Array): Buffer {
  if (sealed.length < SEAL_OVERHEAD || sealed[0] !== VERSION)
    throw new EncryptionError(
      'decryption_failed',
      'A stored value is not in the sealed format: it was damaged.',
    );
  return Buffer.from(sealed.buffer, sealed.byteOffset + 1, ID_BYTES);
}

/**
 * Opens what `seal` made at the same address.
 * @throws EncryptionError `decryption_failed` when the key, the address or any byte differs.
 */
export function open(key: DataKey, address: Address, sealed: Uint8Array): Buffer {
  if (!sealedKeyId(sealed).equals(key.id))
    throw new EncryptionError('decryption_failed', 'A stored value was sealed with another key.');
  const decipher = createDecipheriv('aes-256-gcm', key.cipher, sealed.subarray(NONCE_AT, TAG_AT), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associatedData(key, address));
  decipher.setAuthTag(sealed.subarray(TAG_AT, SEAL_OVERHEAD));
  const plaintext = decipher.update(sealed.subarray(SEAL_OVERHEAD));
  try {
    decipher.final();
  } catch (cause) {
    const message = `A stored value does not open at ${address.table}.${address.field}: it was changed or moved.`;
    throw new EncryptionError('decryption_failed', message, { cause });
  }
  return plaintext;
}
