import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InProcessWriter, inProcessWriter } from '../database/testing/in-process-writer.ts';
import { randomBytes } from '../encryption/randomness.ts';
import { checkContentDigest } from './content-digest.ts';
import { component } from './message-signature.ts';
import { SignatureRefused, SignatureService, type SignedRequest, type SigningKey } from './service.ts';
import { type RequestSigner, signRequest } from './sign.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const pair = generateKeyPairSync('ed25519');
const secret = randomBytes(32);
const BY: { signer: RequestSigner; key: SigningKey }[] = [
  {
    signer: { keyId: 'k', algorithm: 'hmac-sha256', key: secret },
    key: { keyId: 'k', algorithm: 'hmac-sha256', key: secret },
  },
  {
    signer: { keyId: 'k', algorithm: 'ed25519', privateKey: pair.privateKey },
    key: {
      keyId: 'k',
      algorithm: 'ed25519',
      key: pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
    },
  },
];

let writer: InProcessWriter;
let service: SignatureService;
beforeAll(async () => {
  writer = await inProcessWriter();
  service = new SignatureService({ writer, digestKey: randomBytes(32), now: () => NOW });
});
afterAll(() => writer.close());

/** The reason, or `accepted`; anything else that is thrown fails the test. */
async function outcome(request: SignedRequest, key: SigningKey): Promise<string> {
  try {
    await service.verify(request, key);
    return 'accepted';
  } catch (error) {
    if (error instanceof SignatureRefused) return error.reason;
    throw error;
  }
}

interface Message {
  method: string;
  path: string;
  query: string;
  field: string;
  body: string | undefined;
}

const urlText = (extra: string) =>
  fc.string({
    unit: fc.constantFrom(..."abcXYZ019-._~%!$&'()*+,;=:@/", ...extra),
    maxLength: 30,
  });
const visible = fc.string({ unit: 'grapheme-ascii', maxLength: 40 });
const message: fc.Arbitrary<Message> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'x-odd'),
  path: urlText('').map((path) => `/${path}`),
  query: fc.oneof(
    fc.constant(''),
    urlText('?').map((query) => `?${query}`),
  ),
  field: visible,
  body: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
});
const way = fc.constantFrom<string[][]>(
  ['@target-uri'],
  ['@authority', '@request-target'],
  ['@scheme', '@authority', '@path', '@query'],
);

function sign(of: Message, covered: string[], signer: RequestSigner): SignedRequest {
  const requestTarget = `${of.path}${of.query}`;
  const length = of.body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(of.body))];
  const request = {
    method: of.method,
    targetUri: `https://memory.example${requestTarget}`,
    requestTarget,
    rawHeaders: ['X-Covered', of.field, 'X-Open', 'open', ...length],
  };
  const names = ['@method', ...covered, 'x-covered', ...(of.body === undefined ? [] : ['content-digest'])];
  const components = names.map((name) => component(name));
  const fields = signRequest(request, of.body, signer, { created: NOW / 1000, components });
  return { ...request, rawHeaders: [...request.rawHeaders, ...Object.entries(fields).flat()] };
}
const fieldOf = ({ rawHeaders }: SignedRequest, name: string) => rawHeaders[rawHeaders.indexOf(name) + 1]!;
const withValue = (request: SignedRequest, name: string, value: string): SignedRequest => {
  const rawHeaders = [...request.rawHeaders];
  rawHeaders[rawHeaders.indexOf(name) + 1] = value;
  return { ...request, rawHeaders };
};

/** One character of a text is another, is gone, or is new. */
function changed(text: string, at: number, character: string, kind: 'replace' | 'drop' | 'insert'): string {
  const index = text.length === 0 ? 0 : at % text.length;
  const rest = text.slice(kind === 'insert' ? index : index + 1);
  return text.slice(0, index) + (kind === 'drop' ? '' : character) + rest;
}

describe('any request', () => {
  it('that is signed is accepted once, with its body', async () => {
    await fc.assert(
      fc.asyncProperty(message, way, fc.constantFrom(...BY), async (of, covered, { signer, key }) => {
        const request = sign(of, covered, signer);
        const { contentDigest } = await service.verify(request, key);
        checkContentDigest(contentDigest, Buffer.from(of.body ?? ''));
        expect(() => checkContentDigest(contentDigest, Buffer.from(`${of.body ?? ''}x`))).toThrow(
          SignatureRefused,
        );
        expect(await outcome(request, key)).toBe('signature_replayed');
      }),
    );
  });

  it('is refused once one character of what was signed differs, and still good as it was', async () => {
    const places = fc.constantFrom(
      'method',
      'requestTarget',
      'authority',
      'x-covered',
      'content-digest',
      'signature-input',
      'signature',
    );
    const edit = fc.record({
      place: places,
      at: fc.nat(),
      character: fc.oneof(
        visible.filter((c) => c.length > 0).map((c) => c[0]!),
        fc.constantFrom('\u00e9', '"', '0'),
      ),
      kind: fc.constantFrom('replace' as const, 'drop' as const, 'insert' as const),
    });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        message,
        way,
        fc.constantFrom(...BY),
        edit,
        async (of, covered, by, { place, ...how }) => {
          const request = sign(of, covered, by.signer);
          const change = (text: string) => changed(text, how.at, how.character, how.kind);
          let forged: SignedRequest;
          if (place === 'method') forged = { ...request, method: change(of.method) };
          else if (place === 'requestTarget') {
            const requestTarget = change(request.requestTarget);
            forged = { ...request, requestTarget, targetUri: `https://memory.example${requestTarget}` };
            // Where path and query are covered apart, an empty query is none (RFC 9421 §2.2.7).
            const bare = (target: string) => target.replace(/^([^?]*)\?$/, '$1');
            if (covered.includes('@query')) fc.pre(bare(requestTarget) !== bare(request.requestTarget));
          } else if (place === 'authority') {
            const authority = change('memory.example');
            forged = { ...request, targetUri: `https://${authority}${request.requestTarget}` };
            fc.pre(authority.toLowerCase().replace(/:(443)?$/, '') !== 'memory.example');
          } else {
            const name = place === 'x-covered' ? 'X-Covered' : place;
            fc.pre(request.rawHeaders.includes(name));
            const value = change(fieldOf(request, name));
            // Whitespace around a value is no part of it.
            fc.pre(value.trim() !== fieldOf(request, name).trim());
            forged = withValue(request, name, value);
          }
          fc.pre(JSON.stringify(forged) !== JSON.stringify(request));
          expect(await outcome(forged, by.key)).toMatch(/^signature_(?!replayed)/);
          expect(await outcome(request, by.key)).toBe('accepted');
          refused++;
        },
      ),
      { numRuns: 600 },
    );
    expect(refused).toBe(600);
  });

  it('is refused when created, nonce or keyid differ in one character', async () => {
    const parameter = fc.constantFrom(/created=(\d+)/, /nonce="([^"]+)"/, /keyid="([^"]+)"/, /alg="([^"]+)"/);
    await fc.assert(
      fc.asyncProperty(
        message,
        parameter,
        fc.nat(),
        fc.constantFrom(...'0123456789azAZ-_'),
        async (of, pattern, at, character) => {
          const { signer, key } = BY[0]!;
          const request = sign(of, ['@target-uri'], signer);
          const input = fieldOf(request, 'signature-input');
          const forged = input.replace(pattern, (whole, value: string) =>
            whole.replace(value, changed(value, at, character, 'replace')),
          );
          fc.pre(forged !== input);
          expect(await outcome(withValue(request, 'signature-input', forged), key)).not.toBe('accepted');
          expect(await outcome(request, key)).toBe('accepted');
        },
      ),
    );
  });

  it('may differ in what was not signed', async () => {
    const { signer, key } = BY[0]!;
    const of = { method: 'GET', path: '/', query: '', field: 'a', body: undefined };
    expect(await outcome(withValue(sign(of, ['@target-uri'], signer), 'X-Open', 'other'), key)).toBe(
      'accepted',
    );
  });
});

describe('arbitrary signature fields', () => {
  const piece = fc.constantFrom(
    ...['sig1', '=', '(', ')', '"@method"', '"@target-uri"', '"x"', ' ', ', ', ';', 'created=1', 'keyid="k"'],
    ...[
      'nonce="aaaaaaaaaaaaaaaaaaaaaaaz"',
      ':AA==:',
      ':',
      '"',
      '@1',
      '%"a"',
      '?1',
      '?',
      '-',
      '1.0',
      '\\',
      '\t',
      '*',
    ],
    ...['sf', 'key="a"', 'bs', 'name="a"', '\u00e9', '\0', '\r\n ', '\n', '__proto__'],
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 20 }).map((pieces) => `sig1=("@method" "@target-uri")${pieces.join('')}`),
  );

  it('are refused, and crash nothing', async () => {
    await fc.assert(
      fc.asyncProperty(text, text, fc.constantFrom(...BY), async (input, signature, { key }) => {
        const rawHeaders = ['Signature-Input', input, 'Signature', signature, 'Content-Digest', input];
        const request = { method: 'GET', targetUri: 'https://a.example/', requestTarget: '/', rawHeaders };
        expect(await outcome(request, key)).toMatch(/^signature_/);
      }),
      { numRuns: 2000 },
    );
  });

  it('are refused with arbitrary targets, methods and headers too', async () => {
    const { signer, key } = BY[0]!;
    const of = { method: 'GET', path: '/', query: '', field: 'a', body: undefined };
    await fc.assert(
      fc.asyncProperty(text, text, text, async (method, requestTarget, field) => {
        const request = sign(of, ['@scheme', '@authority', '@path', '@query'], signer);
        const targetUri = `https://memory.example${requestTarget}`;
        fc.pre(method !== 'GET');
        const forged = { ...withValue(request, 'X-Covered', field), method, requestTarget, targetUri };
        expect(await outcome(forged, key)).toMatch(/^signature_(wrong|malformed)$/);
      }),
    );
  });
});
