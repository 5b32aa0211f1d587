import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportHeader } from './export-format.ts';
import { newSigner, ORIGIN, sampleExport } from './sample-export.fixture.ts';
import { verifyExport } from './verify.ts';

const long = process.env.MEMHOLD_TEST_LONG === '1';
const numRuns = long ? 10_000 : 300;
const size = 40;
const sample = sampleExport({ signer: newSigner(), size });
const anchors = { key: sample.key, checkpoint: sample.notes.get(size)! };
const header = sample.lines[0]!;
const leafLines = sample.lines.flatMap((line, at) =>
  line.subarray(0, 9).equals(Buffer.from('{"index":')) ? [at] : [],
);

type Report = Awaited<ReturnType<typeof verifyExport>>;
const names = (report: Report, index: number) =>
  report.problems.some(
    (problem) =>
      problem.index !== undefined && problem.index <= index && index <= (problem.last ?? problem.index),
  );
const verify = (lines: Buffer[]) => verifyExport([Buffer.concat(lines)], anchors);
const leaf = fc.nat(size - 1);
let found = 0;

/** Runs a mutation many times; each must be found, and each index that it touched must be named. */
async function expectFound<T>(
  arbitrary: fc.Arbitrary<T>,
  mutate: (value: T) => { lines: Buffer[]; touched: number[] } | undefined,
) {
  found = 0;
  await fc.assert(
    fc.asyncProperty(arbitrary, async (value) => {
      const mutated = mutate(value);
      fc.pre(mutated !== undefined);
      const report = await verify(mutated.lines);
      expect(report.ok).toBe(false);
      for (const index of mutated.touched)
        expect(names(report, index), JSON.stringify(report.problems)).toBe(true);
      found++;
    }),
    { numRuns },
  );
  console.info(`${expect.getState().currentTestName}: ${found} mutations found`);
  expect(found).toBe(numRuns);
}

describe('random mutations of an export are all found, given a key and a checkpoint from outside', () => {
  it('one bit of one leaf line', { timeout: 300_000 }, async () => {
    await expectFound(fc.tuple(leaf, fc.nat(), fc.nat(7)), ([index, at, bit]) => {
      const line = Buffer.from(sample.lines[leafLines[index]!]!);
      line[at % line.length]! ^= 1 << bit;
      return { lines: sample.lines.with(leafLines[index]!, line), touched: [index] };
    });
  });

  it('one bit anywhere', { timeout: 300_000 }, async () => {
    const whole = Buffer.concat(sample.lines);
    await expectFound(fc.tuple(fc.nat(whole.length - 1), fc.nat(7)), ([at, bit]) => {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1 << bit;
      return { lines: [bytes], touched: [] };
    });
  });

  it('deleted leaves', { timeout: 300_000 }, async () => {
    await expectFound(fc.uniqueArray(leaf, { minLength: 1, maxLength: 3 }), (touched) => {
      const gone = new Set(touched.map((index) => leafLines[index]));
      return { lines: sample.lines.filter((_, at) => !gone.has(at)), touched };
    });
  });

  it('two leaves swapped', { timeout: 300_000 }, async () => {
    await expectFound(fc.uniqueArray(leaf, { minLength: 2, maxLength: 2 }), ([a, b]) => {
      const [x, y] = [leafLines[a!]!, leafLines[b!]!];
      const lines = sample.lines.with(x, sample.lines[y]!).with(y, sample.lines[x]!);
      return { lines, touched: [a!, b!] };
    });
  });

  it('a leaf repeated elsewhere', { timeout: 300_000 }, async () => {
    await expectFound(fc.tuple(leaf, fc.nat(sample.lines.length - 2)), ([index, at]) => ({
      lines: sample.lines.toSpliced(at + 1, 0, sample.lines[leafLines[index]!]!),
      touched: [index],
    }));
  });

  it('an event moved under the leaf hash of another', { timeout: 300_000 }, async () => {
    await expectFound(fc.uniqueArray(leaf, { minLength: 2, maxLength: 2 }), ([a, b]) => {
      const [x, y] = [leafLines[a!]!, leafLines[b!]!];
      const event = (at: number) => sample.lines[at]!.toString().replace(/^.*?,"event":/, '');
      const line = sample.lines[x]!.toString().replace(event(x), () => event(y));
      return { lines: sample.lines.with(x, Buffer.from(line)), touched: [a!] };
    });
  });

  it('the file cut at any byte', { timeout: 300_000 }, async () => {
    const whole = Buffer.concat(sample.lines);
    await expectFound(fc.nat(whole.length - 1), (at) => ({ lines: [whole.subarray(0, at)], touched: [] }));
  });

  it('lines removed from the end, with the header made to agree', { timeout: 300_000 }, async () => {
    await expectFound(fc.nat(size - 1), (kept) => {
      const end = leafLines[kept]!;
      const shorter = Buffer.from(exportHeader({ origin: ORIGIN, size: kept, key: sample.key }));
      return { lines: [shorter, ...sample.lines.slice(1, end)], touched: [kept] };
    });
  });

  it('all checkpoints signed anew with another key, and the key in the header replaced or not', async () => {
    const forged = sampleExport({ signer: newSigner(), size });
    expect((await verify(forged.lines)).problems[0]!.code).toBe('key-mismatch');
    expect((await verify([header, ...forged.lines.slice(1)])).problems[0]!.code).toBe('checkpoint-signature');
    expect((await verify(sample.lines.with(0, forged.lines[0]!))).problems.map(({ code }) => code)).toEqual([
      'key-mismatch',
    ]);
    expect((await verify(sample.lines)).ok).toBe(true);
  });
});
