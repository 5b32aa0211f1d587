import { describe, expect, it } from 'vitest';
import { Claims } from './claims.ts';

describe('claims of several threads', () => {
  it.each([0, 1, 2, 31, 1000, 100_003])('cover a list of %i once, without gaps', (length) => {
    const first = new Claims(length, 3);
    const threads = [first, new Claims(length, 3, first.memory), new Claims(length, 3, first.memory)];
    let at = 0;
    for (let i = 0; ; i++) {
      const claim = threads[i % 3]!.take();
      if (claim === undefined) break;
      expect(claim.from).toBe(at);
      expect(claim.to).toBeGreaterThan(at);
      at = claim.to;
    }
    expect([at, first.dealt]).toEqual([length, length]);
  });

  it('grow small towards the end, so that nobody waits for the last one', () => {
    const claims = new Claims(200, 2);
    const sizes: number[] = [];
    for (let claim = claims.take(); claim; claim = claims.take()) sizes.push(claim.to - claim.from);
    expect(sizes.slice(-10)).toEqual(new Array(10).fill(1));
    expect(sizes[0]).toBeGreaterThan(1);
  });
});
