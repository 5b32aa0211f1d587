import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyedDigest } from './digest.ts';
import { randomBytes } from './randomness.ts';
import { type Address, dataKey, open, SEAL_OVERHEAD, seal, sealedKeyId } from './seal.ts';

const key = dataKey(randomBytes(32));
const address: Address = { namespace: 7, table: 'memories', row: randomBytes(16), field: 'body.1' };

describe('sealing', () => {
  it('gives back what was sealed, and never the same bytes twice', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        const sealed = seal(key, address, bytes);
        expect(sealed.length).toBe(bytes.length + SEAL_OVERHEAD);
        expect(new Uint8Array(open(key, address, sealed))).toEqual(bytes);
        expect(seal(key, address, bytes)).not.toEqual(sealed);
      }),
    );
  });

  it('does not open at another address', () => {
    const sealed = seal(key, address, Buffer.from('secret'));
    const others: Address[] = [
      { ...address, namespace: 8 },
      { ...address, table: 'memory_versions' },
      { ...address, row: randomBytes(16) },
      { ...address, field: 'body.2' },
      { ...address, table: 'memoriesX', row: address.row.slice(1) },
    ];
    for (const other of others) expect(() => open(key, other, sealed)).toThrow(/changed or moved/);
  });

  it('does not open when any one byte differs or any bytes are missing', () => {
    const sealed = seal(key, address, Buffer.from('a memory'));
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed[i]! ^= 1;
      expect(() => open(key, address, changed), `byte ${i}`).toThrow();
      expect(() => open(key, address, sealed.subarray(0, i)), `cut at ${i}`).toThrow();
    }
  });

  it('commits to its key: another key is refused before anything is decrypted', () => {
    const other = dataKey(randomBytes(32));
    const sealed = seal(key, address, Buffer.from('x'));
    expect(sealedKeyId(sealed)).toEqual(key.id);
    expect(() => open(other, address, sealed)).toThrow(/another key/);
    other.id.copy(sealed, 1);
    expect(() => open(other, address, sealed)).toThrow(/changed or moved/);
  });
});

describe('keyed digests', () => {
  it('are HMAC-SHA256', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.string(), (secret, message) => {
        expect(keyedDigest(secret, message)).toEqual(createHmac('sha256', secret).update(message).digest());
      }),
    );
  });
});
