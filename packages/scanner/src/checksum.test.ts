import { describe, expect, it } from 'vitest';
import { base62Checksum, crc32, hasBase62Checksum, hasLuhnChecksum } from './checksum.ts';
import { makeTokens } from './testing/tokens.ts';

describe('checksums', () => {
  it('compute the check value of CRC-32', () => {
    expect(crc32('123456789')).toBe(0xcbf43926);
  });

  it('agree with a published example of the GitHub format', () => {
    // In two pieces, and without its prefix. Source: coolaj86, gist eb8cddfd3e4251258712dfed03e1f86d.
    expect(base62Checksum(`zQWBuTSOoRi4A9s${'pHcVY5ncnsDkxkJ'}`)).toBe('0mLq17');
  });

  it('notice every changed character', () => {
    const token = makeTokens(1).npm().slice(4);
    for (let i = 0; i < token.length; i++) {
      const changed = token.slice(0, i) + (token[i] === 'a' ? 'b' : 'a') + token.slice(i + 1);
      expect(hasBase62Checksum(changed)).toBe(false);
    }
    expect(hasBase62Checksum(token)).toBe(true);
  });

  it('accept the example of ISO/IEC 7812 and none of its neighbours', () => {
    const valid = Array.from({ length: 10 }, (_, digit) => `7992739871${digit}`).filter(hasLuhnChecksum);
    expect(valid).toEqual(['79927398713']);
  });
});
