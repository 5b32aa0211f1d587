import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seeded } from '../testing/tokens.ts';
import { FIPS_PADDING, keccak256 } from './keccak.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('Keccak-256', () => {
  // Of the short messages in the known answers that its authors submitted, and what Ethereum calls the empty hash.
  it.each([
    ['', 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'],
    ['cc', 'eead6dbfc7340a56caedc044696a168870549a6a7f6f56961e84a54bd9970b8a'],
    ['616263', '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45'],
  ])('has the published hash of %j', (message, hash) => {
    expect(hex(keccak256(Buffer.from(message, 'hex')))).toBe(hash);
  });

  it('is SHA3-256 but for its padding, at every length about the block', () => {
    const random = seeded(55);
    for (let length = 0; length <= 300; length++) {
      const message = Uint8Array.from({ length }, () => Math.floor(random() * 256));
      expect(hex(keccak256(message, FIPS_PADDING))).toBe(
        createHash('sha3-256').update(message).digest('hex'),
      );
    }
  });
});
