import { describe, expect, it } from 'vitest';
import { newSigner, sampleExport } from './sample-export.fixture.ts';
import { verifyExport } from './verify.ts';

const [first, second] = [newSigner(), newSigner()] as const;
const size = 8;

/** Small enough to be cut at every byte: one as it is at first, one with everything that can happen to a log. */
const exports = {
  plain: sampleExport({ signer: first, size, every: 3 }),
  'with a replaced key and removed events': sampleExport({
    signer: first,
    size,
    every: 3,
    rotations: [{ after: 4, signer: second }],
    removal: {
      at: 6,
      ranges: [
        [1, 2],
        [5, 5],
      ],
    },
  }),
};

describe('an export cut anywhere is named at its first bad index', () => {
  it.each(Object.entries(exports))('%s', async (name, { lines, keys, notes }) => {
    const whole = Buffer.concat(lines);
    const options = { key: keys[0]!, checkpoint: notes.get(size)! };
    expect(await verifyExport([whole], options)).toMatchObject({ ok: true, size });
    // A leaf is there once its line is, with or without the newline.
    const ends: number[] = [];
    let at = 0;
    for (const line of lines) {
      at += line.length;
      if (line.includes('{"index":')) ends.push(at - 1);
    }
    for (let cut = 0; cut < whole.length; cut++) {
      const { ok, problems } = await verifyExport([whole.subarray(0, cut)], options);
      const expected = ends.filter((end) => end <= cut).length;
      const indices = problems.flatMap(({ index }) => index ?? []);
      expect(ok, `cut at byte ${cut}`).toBe(false);
      expect(Math.min(...indices), `cut at byte ${cut}: ${JSON.stringify(problems)}`).toBe(expected);
    }
    console.info(`${name}: ${whole.length} cuts, each named at its first bad index`);
    expect(whole.length).toBeGreaterThan(2000);
  });
});
