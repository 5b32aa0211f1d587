import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { signCheckpoint } from './checkpoint.ts';
import { exportHeader } from './export-format.ts';
import { leafHash } from './merkle.ts';
import { newSigner, ORIGIN, type Sample, START, sampleExport } from './sample-export.fixture.ts';
import { type VerifyOptions, verifyExport } from './verify.ts';

const long = process.env.MEMHOLD_TEST_LONG === '1';
/** Of each of ten kinds, spread over three logs. */
const numRuns = long ? 10_000 : 200;
const timeout = 600_000;
const size = 40;
const every = 20;
const signers = [newSigner(), newSigner(), newSigner()] as const;
const rotations = [
  { after: 14, signer: signers[1] },
  { after: 27, signer: signers[2] },
];
const removal = {
  at: 33,
  ranges: [
    [4, 9],
    [12, 12],
    [16, 21],
  ],
} as const;

/** A log as it is at first, one whose key was replaced twice, and one with removed events besides. */
const logs = [
  { sample: sampleExport({ signer: signers[0], size, every }), removed: () => false },
  { sample: sampleExport({ signer: signers[0], size, every, rotations }), removed: () => false },
  {
    sample: sampleExport({ signer: signers[0], size, every, rotations, removal }),
    removed: (index: number) => removal.ranges.some(([first, last]) => first <= index && index <= last),
  },
].map(({ sample, removed }) => ({
  ...sample,
  removed,
  /** Any of its keys, kept outside, and its last checkpoint. */
  anchors: (pick: number) => ({
    key: sample.keys[pick % sample.keys.length]!,
    checkpoint: sample.notes.get(size)!,
  }),
  leafLines: sample.lines.flatMap((line, at) =>
    line.subarray(0, 9).equals(Buffer.from('{"index":')) ? [at] : [],
  ),
}));
type Log = (typeof logs)[number];

type Report = Awaited<ReturnType<typeof verifyExport>>;
const names = (report: Report, index: number) =>
  report.problems.some(
    (problem) =>
      problem.index !== undefined && problem.index <= index && index <= (problem.last ?? problem.index),
  );
const verify = (lines: readonly Buffer[], options?: VerifyOptions) =>
  verifyExport([Buffer.concat(lines)], options);
const headerOf = (log: Sample, length: number, signed = size) =>
  Buffer.from(
    exportHeader({
      origin: ORIGIN,
      size: length,
      key: log.keys[rotations.filter(({ after }) => after < signed).length] ?? log.key,
      rotations: log.rotations.slice(0, rotations.filter(({ after }) => after < signed).length),
    }),
  );
const leaf = fc.nat(size - 1);
const KINDS = 10;
let total = 0;
afterAll(() => {
  console.info(`${total} mutations of an export, all found`);
  expect(total).toBeGreaterThanOrEqual(KINDS * numRuns);
});

interface Mutated {
  lines: readonly Buffer[];
  /** Leaves that must be named. */
  touched?: readonly number[];
  /** What to verify with in place of the log's own key and checkpoint. */
  anchors?: VerifyOptions;
  /** What else must hold of the verdict. */
  check?(report: Report): void | Promise<void>;
}

/** Runs a mutation many times; each must be found, and each index that it touched must be named. */
async function expectFound<T>(
  arbitrary: fc.Arbitrary<T>,
  mutate: (log: Log, value: T) => Mutated | undefined,
) {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...logs), fc.nat(2), arbitrary, async (log, key, value) => {
      const mutated = mutate(log, value);
      fc.pre(mutated !== undefined);
      const report = await verify(mutated.lines, mutated.anchors ?? log.anchors(key));
      expect(report.ok).toBe(false);
      for (const index of mutated.touched ?? [])
        expect(names(report, index), JSON.stringify(report.problems)).toBe(true);
      await mutated.check?.(report);
      found++;
    }),
    { numRuns },
  );
  console.info(`${expect.getState().currentTestName}: ${found} mutations found`);
  expect(found).toBe(numRuns);
  total += found;
}

describe('mutations', () => {
  it('of nothing are found', async () => {
    for (const log of logs)
      for (const pick of [0, 1, 2])
        expect(await verify(log.lines, log.anchors(pick))).toMatchObject({ ok: true, size });
  });

  it('of one bit of one leaf line', { timeout }, async () => {
    await expectFound(fc.tuple(leaf, fc.nat(), fc.nat(7)), (log, [index, at, bit]) => {
      const line = Buffer.from(log.lines[log.leafLines[index]!]!);
      line[at % line.length]! ^= 1 << bit;
      return { lines: log.lines.with(log.leafLines[index]!, line), touched: [index] };
    });
  });

  it('of one bit anywhere', { timeout }, async () => {
    await expectFound(fc.tuple(fc.nat(), fc.nat(7)), (log, [at, bit]) => {
      const bytes = Buffer.concat(log.lines);
      bytes[at % bytes.length]! ^= 1 << bit;
      return { lines: [bytes] };
    });
  });

  it('that delete leaves', { timeout }, async () => {
    await expectFound(fc.uniqueArray(leaf, { minLength: 1, maxLength: 3 }), (log, touched) => {
      const gone = new Set(touched.map((index) => log.leafLines[index]));
      return { lines: log.lines.filter((_, at) => !gone.has(at)), touched };
    });
  });

  it('that take an event from under its leaf hash', { timeout }, async () => {
    await expectFound(fc.uniqueArray(leaf, { minLength: 1, maxLength: 3 }), (log, picked) => {
      const touched = picked.filter((index) => !log.removed(index));
      if (touched.length === 0) return undefined;
      let lines = log.lines;
      for (const index of touched) {
        const at = log.leafLines[index]!;
        lines = lines.with(at, Buffer.from(lines[at]!.toString().replace(/,"event":.*\}\n$/, '}\n')));
      }
      return { lines, touched };
    });
  });

  it('that swap two leaves', { timeout }, async () => {
    await expectFound(fc.uniqueArray(leaf, { minLength: 2, maxLength: 2 }), (log, [a, b]) => {
      const [x, y] = [log.leafLines[a!]!, log.leafLines[b!]!];
      const lines = log.lines.with(x, log.lines[y]!).with(y, log.lines[x]!);
      return { lines, touched: [a!, b!] };
    });
  });

  it('that repeat a leaf elsewhere', { timeout }, async () => {
    await expectFound(fc.tuple(leaf, fc.nat()), (log, [index, at]) => ({
      lines: log.lines.toSpliced(1 + (at % (log.lines.length - 1)), 0, log.lines[log.leafLines[index]!]!),
      touched: [index],
    }));
  });

  it('that move an event under the leaf hash of another', { timeout }, async () => {
    await expectFound(fc.uniqueArray(leaf, { minLength: 2, maxLength: 2 }), (log, [a, b]) => {
      if (log.removed(a!) || log.removed(b!)) return undefined;
      const [x, y] = [log.leafLines[a!]!, log.leafLines[b!]!];
      const event = (at: number) => log.lines[at]!.toString().replace(/^.*?,"event":/, '');
      const line = log.lines[x]!.toString().replace(event(x), () => event(y));
      return { lines: log.lines.with(x, Buffer.from(line)), touched: [a!] };
    });
  });

  it('that edit an event and make its leaf hash fit', { timeout }, async () => {
    await expectFound(fc.tuple(leaf, fc.nat()), (log, [index, salt]) => {
      if (log.removed(index)) return undefined;
      const at = log.leafLines[index]!;
      const text = log.lines[at]!.toString();
      const [, event = ''] = /"event":(\{.*?\})(?:,"private":|\}\n$)/.exec(text) ?? [];
      const edited = event.replace(/"time":\d+/, `"time":${salt}`);
      const hash = leafHash(Buffer.from(edited)).toString('base64');
      const line = text.replace(event, () => edited).replace(/"leaf":"[^"]*"/, `"leaf":"${hash}"`);
      return { lines: log.lines.with(at, Buffer.from(line)), touched: [index] };
    });
  });

  it('that cut the file at any byte', { timeout }, async () => {
    await expectFound(fc.nat(), (log, at) => {
      const whole = Buffer.concat(log.lines);
      return { lines: [whole.subarray(0, at % whole.length)] };
    });
  });
});

/**
 * What holds together in itself: only something from outside tells. Each is verified once more without it, and must
 * say then what it could not prove.
 */
describe('forgeries that hold together in themselves', () => {
  const honest = (lines: readonly Buffer[]) => async () => {
    const bare = await verify(lines);
    expect(bare.ok, JSON.stringify(bare.problems)).toBe(true);
    expect(bare.notProven.join('\n')).toMatch(/Who wrote this export[\s\S]*cut off at the end/);
  };
  const kinds = ['truncation', 'fork', 'clock rewind', 'another key'] as const;

  it(`by turns: ${kinds.join(', ')}`, { timeout }, async () => {
    const counts = new Map<string, number>();
    await expectFound(
      fc.tuple(fc.constantFrom(...kinds), fc.nat(size - 1), fc.nat(2)),
      (log, [kind, at, pick]) => {
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
        return forge(log, kind, at, pick);
      },
    );
    console.info([...counts].map(([kind, count]) => `${kind}: ${count}`).join(', '));
    for (const kind of kinds) expect(counts.get(kind)).toBeGreaterThan(numRuns / 10);
  });

  function forge(log: Log, kind: (typeof kinds)[number], at: number, pick: number): Mutated {
    const options = { size, every, rotations: log.rotations.length > 0 ? rotations : [] };
    switch (kind) {
      case 'truncation': {
        // Cut after a checkpoint, with everything in the header made to fit.
        const kept = [...log.notes.keys()][at % (log.notes.size - 1)]!;
        const place = log.lines.findIndex((line) =>
          line.includes(JSON.stringify(log.notes.get(kept)).slice(1, -1)),
        );
        const lines = [headerOf(log, kept, kept), ...log.lines.slice(1, place + 1)];
        const key = log.keys[rotations.filter(({ after }) => after < kept).length] ?? log.key;
        const told =
          kept > removal.at || !log.leafLines.some((_, index) => index < kept && log.removed(index));
        return {
          lines,
          touched: [kept],
          anchors: { key, checkpoint: log.anchors(pick).checkpoint },
          ...(told && { check: honest(lines) }),
        };
      }
      case 'fork': {
        // The same keys write another log.
        const forked = sampleExport({ ...options, signer: signers[0] });
        return {
          lines: forked.lines,
          anchors: log.anchors(pick),
          check: async (report) => {
            expect(report.problems.map(({ code }) => code)).toContain('fork');
            await honest(forked.lines)();
          },
        };
      }
      case 'clock rewind': {
        // The checkpoint that was kept is newer than the end of the log, which has more leaves.
        const kept = [...log.notes.keys()][at % (log.notes.size - 1)]!;
        const root = Buffer.from(log.notes.get(kept)!.split('\n')[2]!, 'base64');
        const by = signers[options.rotations.filter(({ after }) => after < kept).length]!;
        const time = START + (1 + at) * 3_600_000;
        const checkpoint = signCheckpoint({ origin: ORIGIN, size: kept, root, time }, by);
        return {
          lines: log.lines,
          anchors: { ...log.anchors(pick), checkpoint },
          check: async (report) => {
            expect(report.problems.map(({ code }) => code)).toEqual(['checkpoint-time']);
            await honest(log.lines)();
          },
        };
      }
      case 'another key': {
        const forged = sampleExport({ size, signer: newSigner() });
        return {
          lines: forged.lines,
          anchors: log.anchors(pick),
          check: async (report) => {
            expect(report.problems.map(({ code }) => code)).toContain('key-mismatch');
            await honest(forged.lines)();
          },
        };
      }
    }
  }
});
