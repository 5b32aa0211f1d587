import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import decodeQR from 'qr/decode.js';
import { describe, expect, it } from 'vitest';
import { base32, newSecret, qrSvg, stepOf, totpUri } from './totp.ts';

/** RFC 4226 section 5.3, written out: what the library is held against. */
function hotp(secret: Uint8Array, counter: number): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac('sha1', secret).update(message).digest();
  const number = mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

const SECRET = Buffer.from('12345678901234567890');

describe('a code of the app', () => {
  // RFC 6238 appendix B, SHA-1: the eight digits there end in the six here.
  it.each([
    [59, '94287082', 0x1],
    [1111111109, '07081804', 0x23523ec],
    [1111111111, '14050471', 0x23523ed],
    [1234567890, '89005924', 0x273ef07],
    [2000000000, '69279037', 0x3f940aa],
    [20000000000, '65353130', 0x27bc86aa],
  ])('is that of RFC 6238 at %i s: %s', (seconds, eight, step) => {
    expect(stepOf(eight.slice(2), SECRET, seconds * 1000)).toBe(step);
  });

  it('is looked for one step back and one ahead, no further', () => {
    const time = fc.integer({ min: 30, max: 4_102_444_800 });
    const secret = fc.uint8Array({ minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(time, secret, fc.integer({ min: -4, max: 4 }), (seconds, key, offset) => {
        const current = Math.floor(seconds / 30);
        const code = hotp(key, Math.max(0, current + offset));
        const window = [current - 1, current, current + 1];
        const expected = window.find((step) => hotp(key, step) === code);
        expect(stepOf(code, key, seconds * 1000 + 999)).toBe(expected);
        if (Math.abs(offset) <= 1) expect(expected).toBeDefined();
      }),
    );
  });

  it('may have spaces; any other form is no code', () => {
    for (const good of ['287082', '287 082', ' 28 70 82 ']) expect(stepOf(good, SECRET, 59_000)).toBe(1);
    for (const bad of [
      '',
      '28708',
      '2870820',
      '94287082',
      '287-082',
      '287.082',
      '287\t082',
      '287\u00a0082',
      '287082\n',
      '+287082',
      '0x4616A',
      '٢٨٧٠٨٢',
      '２８７０８２',
      '28708e',
    ])
      expect(stepOf(bad, SECRET, 59_000), JSON.stringify(bad)).toBeUndefined();
  });

  it('is never an exception, whatever the text and the time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 8.64e15 }), (text, now) => {
        stepOf(text, SECRET, now);
      }),
    );
    expect(stepOf('755224', SECRET, 0)).toBe(0);
  });
});

describe('a secret', () => {
  it('is 160 bits, and another one each time', () => {
    const made = Array.from({ length: 20 }, newSecret);
    for (const one of made) expect(one).toHaveLength(20);
    expect(new Set(made.map((one) => one.toString('hex'))).size).toBe(20);
    expect(base32(SECRET)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  });

  it('goes to the app as an address that no name can break out of', () => {
    const uri = totpUri({ issuer: 'Memhold', account: 'Zoë&secret=AAAA?#/%', secret: SECRET });
    const { protocol, host, pathname, searchParams, hash } = new URL(uri);
    expect([protocol, host, hash]).toEqual(['otpauth:', 'totp', '']);
    expect(decodeURIComponent(pathname)).toBe('/Memhold:Zoë&secret=AAAA?#/%');
    expect(searchParams.getAll('secret')).toEqual(['GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ']);
    expect(searchParams.get('issuer')).toBe('Memhold');
    // Apps take SHA-1, six digits and 30 seconds where nothing is said.
    for (const [key, usual] of [
      ['algorithm', 'SHA1'],
      ['digits', '6'],
      ['period', '30'],
    ] as const)
      expect([usual, null]).toContain(searchParams.get(key));
  });
});

describe('the QR symbol', () => {
  const uri = totpUri({ issuer: 'Memhold', account: 'alice', secret: SECRET });
  const svg = qrSvg(uri);

  it('is read by a scanner as the address', () => {
    const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)![1]);
    const SCALE = 4;
    const width = size * SCALE;
    const data = new Uint8Array(width * width * 4).fill(255);
    const dark = [...svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(
      ([, x, y]) => [Number(x), Number(y)] as const,
    );
    for (const [x, y] of dark)
      for (let i = 0; i < SCALE * SCALE; i++) {
        const at = ((y * SCALE + Math.floor(i / SCALE)) * width + x * SCALE + (i % SCALE)) * 4;
        data.fill(0, at, at + 3);
      }
    expect(decodeQR({ width, height: width, data })).toBe(uri);
    const coordinates = dark.flat();
    expect(Math.min(...coordinates)).toBe(4);
    expect(Math.max(...coordinates)).toBe(size - 5);
  });

  it('is black on white, and nothing but two shapes', () => {
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="[\d ]+" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h\d+v\d+H0z"\/><path fill="#000" d="[Mhvz\d -]+"\/><\/svg>$/,
    );
  });
});
