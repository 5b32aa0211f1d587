import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportLeaf } from './export-format.ts';
import { newSigner, rangeIds, sampleEvent, sampleExport } from './sample-export.fixture.ts';
import { verifyExport } from './verify.ts';

const signer = newSigner();
const size = 45;
type Range = readonly [number, number];
type Report = Awaited<ReturnType<typeof verifyExport>>;
const codes = (report: Report) =>
  report.problems.map(({ code, index, last }) => [code, index, ...(last === undefined ? [] : [last])]);
const removedAs = (ranges: Range[], at = 40) => sampleExport({ signer, size, removal: { at, ranges } });
const verify = ({ lines, key, notes }: ReturnType<typeof removedAs>, changed = lines) =>
  verifyExport(changed, { key, checkpoint: notes.get(size)! });
const CUTOFF = '2026-06-23T14:13:20.400Z';
/** A record of the removal of events 3 to 5, with a private part. */
const saying = (details: Record<string, string | number>) => ({
  removal: {
    at: 40,
    ranges: [[3, 5]] as Range[],
    private: { class: 'reads', cutoff: CUTOFF, count: 3, ...details },
  },
});
const lineOf = (lines: Buffer[], index: number) =>
  lines.findIndex((line) => line.includes(`{"index":${index},`));
const bare = (line: Buffer) => Buffer.from(line.toString().replace(/,"event":.*\}\n$/, '}\n'));

describe('events that were removed', () => {
  it('are accepted where a later event names each of them', async () => {
    const report = await verify(
      removedAs([
        [3, 3],
        [12, 20],
        [39, 39],
      ]),
    );
    expect(report).toMatchObject({ ok: true, size, removed: 11, problems: [] });
    expect(report.proven).toContain('All 34 events match their leaf hashes and stand in order.');
    expect(report.proven).toContain(
      '11 more events were removed, and 1 later events tell of it: their leaf hashes are still there.',
    );
    expect(report.notProven).toEqual([
      "What the 11 removed events said, and that their time was over: only their leaf hashes are left, and only the log's own word says why. Whoever runs the server could have hidden an event like that.",
      'Event 40, of 2026-09-21T14:13:20.400Z, says that it removed 11 events (3, 12-20, 39); its private part, which says why, is not here.',
    ]);
  });

  it('are named with the class and age that the record gives, a bounded number of them', async () => {
    const report = await verify(sampleExport({ signer, size, ...saying({}) }));
    const told = { class: 'reads', cutoff: CUTOFF };
    expect(report).toMatchObject({
      ok: true,
      removals: [{ index: 40, count: 3, positions: ['3-5'], ...told }],
    });
    expect(report.notProven.at(-1)).toBe(
      `Event 40, of 2026-09-21T14:13:20.400Z, says that it removed 3 events (3-5) of class reads, from ${CUTOFF} or before.`,
    );
    const many = Array.from({ length: 15 }, (_, i): Range => [2 * i, 2 * i]);
    const [removal] = (await verify(removedAs(many))).removals;
    expect(removal).toMatchObject({ ranges: 15, positions: many.slice(0, 10).map(([at]) => String(at)) });
  });

  it.each([
    ['a class that is never removed', { class: 'evidence' }],
    ['no class', { class: 'other' }],
    ['another number of events', { count: 2 }],
    ['a time after its own', { cutoff: '2026-09-21T14:13:20.401Z' }],
    ['a time less than a day before', { cutoff: '2026-09-20T14:13:20.401Z' }],
    ['a time that is none', { cutoff: 'yesterday' }],
    ['no time', { cutoff: 0 }],
  ])('are doubted where the record says of them %s', async (_, details) => {
    const report = await verify(sampleExport({ signer, size, ...saying(details) }));
    expect(codes(report)).toEqual([['removal-implausible', 40]]);
  });

  it('are not doubted where they are a day old to the millisecond', async () => {
    const report = await verify(
      sampleExport({ signer, size, ...saying({ cutoff: '2026-09-20T14:13:20.400Z' }) }),
    );
    expect(report.ok).toBe(true);
  });

  it('are missing where none does: the index, or the range, is named', async () => {
    const whole = removedAs([[3, 3]]);
    const at = lineOf(whole.lines, 7);
    expect(codes(await verify(whole, whole.lines.with(at, bare(whole.lines[at]!))))).toEqual([
      ['event-missing', 7],
    ]);
    const emptied = whole.lines.map((line, i) =>
      i >= at && i <= lineOf(whole.lines, 12) && line.includes('"index"') ? bare(line) : line,
    );
    expect(codes(await verify(whole, emptied))).toEqual([['event-missing', 7, 12]]);
  });

  it('are missing where only an earlier event names them', async () => {
    const report = await verify(removedAs([[42, 43]], 40));
    expect(codes(report)).toEqual([
      ['event-not-removed', 42],
      ['event-missing', 42, 43],
    ]);
  });

  it('must not be there after all, once a record says that they were removed', async () => {
    const whole = sampleExport({ signer, size });
    const claimed = removedAs([[5, 8]]);
    const at = lineOf(claimed.lines, 7);
    const again = exportLeaf({ index: 7, ...leafOf(whole.lines, 7) });
    expect(codes(await verify(claimed, claimed.lines.with(at, again)))).toContainEqual([
      'event-not-removed',
      7,
    ]);
  });

  it('cannot be named twice', async () => {
    const report = await verify(
      removedAs([
        [3, 5],
        [5, 6],
      ]),
    );
    expect(codes(report)).toEqual([
      ['event-not-removed', 5],
      ['event-missing', 6],
    ]);
  });

  it('keep their place: a changed leaf hash is found, and a line that is left out too', async () => {
    const sample = removedAs([[3, 6]]);
    const at = lineOf(sample.lines, 4);
    const text = sample.lines[at]!.toString();
    const other = Buffer.from(text.replace(/"leaf":"(.)/, (_, c) => `"leaf":"${c === 'A' ? 'B' : 'A'}`));
    expect(codes(await verify(sample, sample.lines.with(at, other)))[0]).toEqual(['checkpoint-root', 0, 9]);
    const unreadable = Buffer.from(text.replace(/"leaf":"./, '"leaf":"!'));
    expect(codes(await verify(sample, sample.lines.with(at, unreadable)))[0]).toEqual(['leaf-mismatch', 4]);
    expect(codes(await verify(sample, sample.lines.toSpliced(at, 1)))[0]).toEqual(['leaf-missing', 4]);
  });

  it.each([
    [['7-']],
    [['-7']],
    [['7-7']],
    [['8-7']],
    [['07']],
    [['1-2-3']],
    [['1e1']],
    [['9007199254740993']],
  ])('are not named by what is no range: %j', async (ids) => {
    const event = (index: number) =>
      index === 40
        ? {
            ...sampleEvent(index),
            type: 'audit.records.removed' as const,
            resource: { type: 'audit_event', ids },
          }
        : sampleEvent(index);
    expect(codes(await verify(sampleExport({ signer, size, event })))).toEqual([['removal-unreadable', 40]]);
  });

  it('end a hostile range at its first wrong position', async () => {
    const report = await verify(removedAs([[44, 9_007_199_254_740_000]]));
    expect(codes(report)[0]).toEqual(['event-not-removed', 44]);
  });

  it('hold for every set of positions, and for no other set', async () => {
    const positions = fc.uniqueArray(fc.nat(59), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(positions, fc.nat(), async (removed, pick) => {
        const ranges = rangesOf(removed);
        const sample = sampleExport({ signer, size: 65, every: 13, removal: { at: 62, ranges } });
        const options = { key: sample.key, checkpoint: sample.notes.get(65)! };
        const report = await verifyExport(sample.lines, options);
        expect(report).toMatchObject({ ok: true, removed: removed.length });
        expect(rangeIds(ranges).length).toBeLessThanOrEqual(removed.length);
        // One more that nobody named.
        const left = Array.from({ length: 60 }, (_, i) => i).filter((i) => !removed.includes(i));
        const extra = left[pick % left.length]!;
        const at = lineOf(sample.lines, extra);
        const emptied = sample.lines.with(at, bare(sample.lines[at]!));
        expect(codes(await verifyExport(emptied, options))).toEqual([['event-missing', extra]]);
      }),
      { numRuns: 50 },
    );
  });
});

function rangesOf(positions: readonly number[]): Range[] {
  const ranges: [number, number][] = [];
  for (const at of [...positions].sort((x, y) => x - y)) {
    const last = ranges.at(-1);
    if (last && last[1] === at - 1) last[1] = at;
    else ranges.push([at, at]);
  }
  return ranges;
}

function leafOf(lines: Buffer[], index: number): { leafHash: Buffer; skeleton: Buffer } {
  const text = lines[lineOf(lines, index)]!.toString();
  const [, leaf, event] = /"leaf":"([^"]+)","event":(\{.*?\})(?:,"private"|\}\n$)/.exec(text)!;
  return { leafHash: Buffer.from(leaf!, 'base64'), skeleton: Buffer.from(event!) };
}
