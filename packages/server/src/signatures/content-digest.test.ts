import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkContentDigest, contentDigest } from './content-digest.ts';
import { SignatureRefused } from './errors.ts';

const ITEM = '{"hello": "world"}\n';
const SHA_256 = 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:';
const SHA_512 =
  'sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:';

function reasonOf(header: string | undefined, body: string | Uint8Array): string {
  try {
    checkContentDigest(header, typeof body === 'string' ? Buffer.from(body) : body);
  } catch (error) {
    if (error instanceof SignatureRefused) return error.reason;
    throw error;
  }
  return 'accepted';
}

describe('Content-Digest', () => {
  it('is that of RFC 9530 (section 2, appendix B.1, B.2 and B.3) and of RFC 9421 (appendix B.2)', () => {
    expect(contentDigest(ITEM)).toBe(SHA_256);
    expect(contentDigest(Buffer.from(ITEM), 'sha-512')).toBe(SHA_512);
    expect(contentDigest('')).toBe('sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:');
    expect(contentDigest('"world"}\n')).toBe('sha-256=:jjcgBDWNAtbYUXI37CVG3gRuGOAjaaDRGpIUFsdyepQ=:');
    expect(contentDigest('{"hello": "world"}')).toBe(
      'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:',
    );
    expect(contentDigest('{"hello": "world"}', 'sha-512')).toBe(
      'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
    );
  });

  it('fits when every digest that is understood fits', () => {
    for (const header of [SHA_256, SHA_512, `${SHA_256}, ${SHA_512}`, `${SHA_256},${SHA_512}`])
      expect(reasonOf(header, ITEM)).toBe('accepted');
    expect(reasonOf(`md5=:AAAA:, ${SHA_256}, other=1`, ITEM)).toBe('accepted');
    const wrong512 = contentDigest('else', 'sha-512');
    expect(reasonOf(`${SHA_256}, ${wrong512}`, ITEM)).toBe('signature_wrong');
    expect(reasonOf(`${wrong512}, ${SHA_256}`, ITEM)).toBe('signature_wrong');
  });

  it('is refused when nothing in it is understood, or it has two readings', () => {
    const forged = contentDigest('else');
    const base64 = SHA_256.slice('sha-256='.length);
    for (const header of [
      '',
      'md5=:AAAA:',
      `SHA-256=${base64}`,
      `sha-256="${base64}"`,
      `sha-256=(${base64})`,
      'sha-256',
      SHA_256.replaceAll(':', ''),
      SHA_256.replace('=:', '= :'),
      SHA_256.replace('Dg=', 'Dh='),
      SHA_256.replace('Dg=', 'Dg'),
      `${SHA_256}, ${SHA_256}`,
      `${forged}, ${SHA_256}`,
      `${SHA_256}, ${forged}`,
      `${SHA_256},`,
    ])
      expect(reasonOf(header, ITEM), header).toBe('signature_malformed');
    expect(reasonOf('sha-256=:AAAA:', ITEM)).toBe('signature_wrong');
  });

  it('may be absent when there is no body only', () => {
    expect(reasonOf(undefined, '')).toBe('accepted');
    expect(reasonOf(undefined, 'x')).toBe('signature_wrong');
  });

  it('fits its own body and no other', () => {
    const algorithm = fc.constantFrom('sha-256' as const, 'sha-512' as const);
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), algorithm, (body, other, name) => {
        const header = contentDigest(body, name);
        expect(reasonOf(header, body)).toBe('accepted');
        if (!Buffer.from(body).equals(other)) expect(reasonOf(header, other)).toBe('signature_wrong');
      }),
    );
  });
});
