import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ed25519PublicKey,
  ed25519Sign,
  ed25519Verifies,
  hmacSha256,
  SigningKeyError,
  verifyHmac,
} from './message-signing.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const rawOf = (key: ReturnType<typeof createPublicKey>) =>
  key.export({ format: 'der', type: 'spki' }).subarray(-32);

const vectors = fileURLToPath(new URL('../../../../../shared/data/vectors/wycheproof/', import.meta.url));
const present = existsSync(vectors);
if (!present) console.warn(`SKIPPED: the Wycheproof vectors are not at ${vectors}`);

describe.skipIf(!present)('the Wycheproof vectors', () => {
  interface Test {
    tcId: number;
    msg: string;
    sig: string;
    key: string;
    tag: string;
    result: string;
  }
  interface Group {
    publicKey: { pk: string };
    tagSize: number;
    tests: Test[];
  }
  const read = (name: string) =>
    JSON.parse(readFileSync(`${vectors}${name}`, 'utf8')) as { numberOfTests: number; testGroups: Group[] };

  it('of Ed25519 all hold', () => {
    const { numberOfTests, testGroups } = read('ed25519_test.json');
    let seen = 0;
    for (const { publicKey, tests } of testGroups)
      for (const { tcId, msg, sig, result } of tests) {
        expect([tcId, ed25519Verifies(hex(publicKey.pk), hex(msg), hex(sig))]).toEqual([
          tcId,
          result === 'valid',
        ]);
        seen++;
      }
    expect(seen).toBe(numberOfTests);
    expect(seen).toBeGreaterThan(100);
  });

  it('of HMAC-SHA256 all hold, and no shortened tag is one', () => {
    const { numberOfTests, testGroups } = read('hmac_sha256_test.json');
    let seen = 0;
    for (const { tagSize, tests } of testGroups)
      for (const { tcId, key, msg, tag, result } of tests) {
        const whole = tagSize === 256;
        expect([tcId, verifyHmac(hex(key), hex(msg), hex(tag))]).toEqual([tcId, whole && result === 'valid']);
        const begins = hmacSha256(hex(key), hex(msg))
          .subarray(0, tagSize / 8)
          .equals(hex(tag));
        expect([tcId, begins]).toEqual([tcId, result === 'valid']);
        seen++;
      }
    expect(seen).toBe(numberOfTests);
    expect(seen).toBeGreaterThan(100);
  });
});

describe('HMAC-SHA256', () => {
  it('is that of RFC 4231, with keys of any length', () => {
    const tag = (key: Uint8Array, message: string) => hmacSha256(key, message).toString('hex');
    expect(tag(Buffer.alloc(20, 0x0b), 'Hi There')).toBe(
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    );
    expect(tag(Buffer.alloc(131, 0xaa), 'Test Using Larger Than Block-Size Key - Hash Key First')).toBe(
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    );
  });

  it('fits only the whole tag of this message and key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.uint8Array(), fc.nat(255), (key, message, bit) => {
        const tag = hmacSha256(key, message);
        expect(verifyHmac(key, message, tag)).toBe(true);
        expect(verifyHmac(Buffer.concat([key, Buffer.of(1)]), message, tag)).toBe(false);
        expect(verifyHmac(key, Buffer.concat([message, Buffer.of(0)]), tag)).toBe(false);
        expect(verifyHmac(key, message, tag.subarray(0, 31))).toBe(false);
        expect(verifyHmac(key, message, Buffer.concat([tag, Buffer.of(0)]))).toBe(false);
        tag[bit >> 3]! ^= 1 << (bit & 7);
        expect(verifyHmac(key, message, tag)).toBe(false);
      }),
    );
  });
});

// Little-endian y of the eight points of small order, then their second spellings: y + p.
const SMALL_ORDER = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

describe('Ed25519', () => {
  it('signs what its public key verifies, and nothing else', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const key = rawOf(publicKey);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(511), (message, bit) => {
        const signature = ed25519Sign(privateKey, message);
        expect(ed25519Verifies(key, Buffer.from(message), signature)).toBe(true);
        expect(ed25519Verifies(key, `${message} `, signature)).toBe(false);
        expect(ed25519Verifies(key, message, signature.subarray(1))).toBe(false);
        signature[bit >> 3]! ^= 1 << (bit & 7);
        expect(ed25519Verifies(key, message, signature)).toBe(false);
      }),
    );
    expect(
      ed25519Verifies(rawOf(generateKeyPairSync('ed25519').publicKey), 'm', ed25519Sign(privateKey, 'm')),
    ).toBe(false);
  });

  it.each(SMALL_ORDER)('is not fooled by the key %s, with which anybody signs', (text) => {
    const raw = hex(text);
    // R is the neutral element and S is 0: no secret is in it. OpenSSL 3.0 accepts it for one message in one to eight.
    const forged = Buffer.concat([Buffer.of(1), Buffer.alloc(63)]);
    for (let i = 0; i < 100; i++) expect(ed25519Verifies(raw, `message ${i}`, forged)).toBe(false);
    for (const encoding of ['base64', 'base64url'] as const)
      expect(() => ed25519PublicKey(raw.toString(encoding))).toThrow('signs nothing safely');
  });

  it('signs with its own private keys only', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    for (const key of [publicKey, rsa]) expect(() => ed25519Sign(key, 'm')).toThrow(SigningKeyError);
  });
});

describe('an Ed25519 public key in text', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = rawOf(publicKey);
  const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const jwk = publicKey.export({ format: 'jwk' });

  it('is read from PEM, JWK, base64 and base64url', () => {
    const texts = [
      pem,
      `\n${pem.replaceAll('\n', '\r\n')} `,
      JSON.stringify(jwk),
      JSON.stringify({ ...jwk, kid: 'a', use: 'sig', alg: 'EdDSA' }, null, 2),
      raw.toString('base64'),
      raw.toString('base64url'),
    ];
    for (const text of texts) expect(Buffer.from(ed25519PublicKey(text)), text).toEqual(raw);
  });

  it('is not read from anything else, and no message repeats it', () => {
    const other = (kind: 'x25519' | 'ed448') => generateKeyPairSync(kind as 'x25519').publicKey;
    const spki = (key: typeof publicKey) => key.export({ format: 'pem', type: 'spki' }) as string;
    const texts = [
      '',
      'x',
      '{',
      '[]',
      'null',
      '{}',
      raw.toString('hex'),
      raw.subarray(1).toString('base64'),
      Buffer.concat([raw, raw]).toString('base64'),
      `${raw.toString('base64url')}==`,
      // Stray bits after the 32nd byte: a second spelling of the same key.
      raw.toString('base64url').slice(0, -1) + (raw.toString('base64url').endsWith('B') ? 'C' : 'B'),
      spki(other('x25519')),
      spki(other('ed448')),
      spki(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey),
      pem.replaceAll('PUBLIC KEY', 'CERTIFICATE'),
      pem.replace('MCow', 'MCox'),
      `${pem}${pem}`,
      `${pem}x`,
      JSON.stringify({ ...jwk, crv: 'X25519' }),
      JSON.stringify({ ...jwk, kty: 'EC' }),
      JSON.stringify({ ...jwk, x: [jwk.x] }),
      JSON.stringify({ ...jwk, x: `${jwk.x}AA` }),
      `${raw.toString('base64')}${' '.repeat(2049)}`,
    ];
    for (const text of texts) {
      let error: unknown;
      try {
        ed25519PublicKey(text);
      } catch (thrown) {
        error = thrown;
      }
      expect(error, text).toBeInstanceOf(SigningKeyError);
      if (text.length > 20) expect((error as Error).message).not.toContain(text.slice(30, 45));
    }
  });

  it('is never a private one', () => {
    const pkcs8 = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    expect(() => ed25519PublicKey(pkcs8)).toThrow('private key');
    expect(() => ed25519PublicKey(JSON.stringify(privateKey.export({ format: 'jwk' })))).toThrow(
      'private key',
    );
    expect(createPublicKey(createPrivateKey(pkcs8)).equals(publicKey), 'OpenSSL would derive it').toBe(true);
  });

  it('is refused or read, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.base64String()), (text) => {
        try {
          expect(ed25519PublicKey(text)).toHaveLength(32);
        } catch (error) {
          expect(error).toBeInstanceOf(SigningKeyError);
        }
      }),
    );
  });
});
