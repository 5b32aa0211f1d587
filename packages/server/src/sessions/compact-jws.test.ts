import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCanonicalCompact } from './compact-jws.ts';

const part = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((b) => Buffer.from(b).toString('base64url'));
const compact = fc.tuple(part, fc.oneof(part, fc.constant('')), part).map((parts) => parts.join('.'));

describe('the compact form of a JWS', () => {
  it('is taken for any bytes', () => {
    fc.assert(fc.property(compact, isCanonicalCompact));
  });

  it('is refused with any other character anywhere, that decoders would skip', () => {
    const other = fc.constantFrom(' ', '\n', '\r', '\t', '\0', '=', '+', '/', '?', '#', '.', 'é', '\u00ad');
    fc.assert(
      fc.property(compact, other, fc.nat(), (token, character, at) => {
        const place = at % (token.length + 1);
        return !isCanonicalCompact(token.slice(0, place) + character + token.slice(place));
      }),
    );
  });

  it('is the only one of its bytes', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    fc.assert(
      fc.property(compact, fc.nat({ max: 2 }), fc.constantFrom(...alphabet), (token, which, last) => {
        const parts = token.split('.');
        const bytes = Buffer.from(parts[which]!, 'base64url');
        if (bytes.length === 0) return true;
        const other = [...parts];
        other[which] = parts[which]!.slice(0, -1) + last;
        const sameBytes = Buffer.from(other[which]!, 'base64url').equals(bytes);
        return other[which] === parts[which] || !sameBytes || !isCanonicalCompact(other.join('.'));
      }),
    );
  });

  it.each(['', '.', '..', 'YQ', 'YQ.YQ', '.YQ.YQ', 'YQ.YQ.', 'YQ.YQ.YQ.YQ', 'YQ.YQ.YR', 'YQ.Y.YQ'])(
    'is not %j',
    (token) => {
      expect(isCanonicalCompact(token)).toBe(false);
    },
  );
});
