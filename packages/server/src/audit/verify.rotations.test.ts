import { describe, expect, it } from 'vitest';
import { signCheckpoint } from './checkpoint.ts';
import { exportCheckpoint, exportHeader } from './export-format.ts';
import { encodeVerifierKey, rawPublicKey, type Signer } from './note.ts';
import { newSigner, ORIGIN, type Sample, START, sampleExport } from './sample-export.fixture.ts';
import { signRotation } from './signing-keys/rotation-note.ts';
import { verifyExport } from './verify.ts';

const [first, second, third] = [newSigner(), newSigner(), newSigner()] as [Signer, Signer, Signer];
const size = 35;
const rotations = [
  { after: 12, signer: second },
  { after: 20, signer: third },
];
const sample = sampleExport({ signer: first, size, rotations });
type Report = Awaited<ReturnType<typeof verifyExport>>;
const codes = (report: Report) => report.problems.map(({ code, index }) => [code, index]);
const checkpoint = sample.notes.get(size)!;
const header = (of: Sample, rotated = of.rotations, key = of.key) =>
  Buffer.from(exportHeader({ origin: ORIGIN, size, key, rotations: rotated }));

describe('an export whose key was replaced', () => {
  it.each([0, 1, 2])('verifies with key %i of three, and says which one that is', async (generation) => {
    const report = await verifyExport(sample.lines, { key: sample.keys[generation]!, checkpoint });
    expect(report).toMatchObject({ ok: true, problems: [], key: sample.keys[generation] });
    expect(report.proven.join('\n')).toContain(
      `signed with the key that you gave (number ${generation + 1} of 3) and those linked to it: the key was replaced 2 times, after 12, 20 leaves`,
    );
    const open = report.notProven.join('\n');
    if (generation === 2) expect(open).toBe('');
    else expect(open).toContain(`Who signed after the first ${rotations[generation]!.after} leaves`);
  });

  it('verifies with a bare old public key, and without any', async () => {
    const raw = rawPublicKey(first.publicKey).toString('base64');
    expect(await verifyExport(sample.lines, { key: raw })).toMatchObject({ ok: true, key: sample.keys[0] });
    const bare = await verifyExport(sample.lines);
    expect(bare).toMatchObject({ ok: true, key: sample.key });
    expect(bare.notProven.join('\n')).toContain('the key was taken from the export itself');
  });

  it('holds against a checkpoint of any of its keys, each in its own time', async () => {
    for (const [at, note] of sample.notes)
      for (const key of sample.keys)
        expect(await verifyExport(sample.lines, { key, checkpoint: note }), `size ${at}`).toMatchObject({
          ok: true,
        });
    const root = Buffer.from(checkpoint.split('\n')[2]!, 'base64');
    for (const by of [first, second]) {
      const late = signCheckpoint({ origin: ORIGIN, size, root, time: START }, by);
      const report = await verifyExport(sample.lines, { key: sample.keys[0]!, checkpoint: late });
      expect(codes(report)).toEqual([['outside-checkpoint-signature', undefined]]);
    }
  });

  it('is byte for byte what it was before keys could be replaced, where none was', () => {
    const plain = sampleExport({ signer: first, size: 3 });
    expect(plain.lines[0]!.toString()).toBe(
      `{"format":"memhold-audit","version":1,"origin":"${ORIGIN}","size":3,"first":0,"key":"${plain.key}"}\n`,
    );
  });
});

describe('a checkpoint counts only under the key whose time it is of', () => {
  it.each([
    ['an old key after it was replaced', 30, first],
    ['an old key after it was replaced', 21, second],
    ['a new key before its time', 10, second],
    ['a new key at the last size of the old one', 12, second],
    ['the newest key before its time', 20, third],
  ])('%s, at %i leaves', async (_, at, by) => {
    const note = sample.notes.get(at)!;
    const [, , root, time] = note.split('\n');
    const forged = signCheckpoint(
      { origin: ORIGIN, size: at, root: Buffer.from(root!, 'base64'), time: Number(time!.slice(5)) },
      by,
    );
    const place = sample.lines.findIndex((line) => line.equals(Buffer.from(exportCheckpoint(note))));
    const lines = sample.lines.with(place, Buffer.from(exportCheckpoint(forged)));
    for (const key of sample.keys)
      expect(codes(await verifyExport(lines, { key }))).toContainEqual(['checkpoint-signature', at]);
  });
});

describe('somebody with a stolen old key', () => {
  const thief = newSigner();

  it('names a successor of their own: the newest key tells, the oldest says what it cannot know', async () => {
    const forged = sampleExport({ signer: first, size, rotations: [{ after: 12, signer: thief }] });
    for (const key of sample.keys.slice(1))
      expect(codes(await verifyExport(forged.lines, { key }))[0]).toEqual(['key-mismatch', undefined]);
    const oldest = await verifyExport(forged.lines, { key: sample.keys[0]! });
    expect(oldest.ok).toBe(true);
    expect(oldest.notProven.join('\n')).toMatch(/Who signed after the first 12 leaves[\s\S]*newest key/);
    const kept = await verifyExport(forged.lines, { key: sample.keys[0]!, checkpoint });
    expect(codes(kept)).toContainEqual(['outside-checkpoint-signature', undefined]);
  });

  it('cuts the log to where their key had signed, with the true rotation in the header', async () => {
    const short = sampleExport({ signer: first, size: 9 });
    const cut = exportHeader({
      origin: ORIGIN,
      size: 9,
      key: sample.keys[1]!,
      rotations: sample.rotations.slice(0, 1),
    });
    const report = await verifyExport(short.lines.with(0, Buffer.from(cut)), { key: sample.keys[1]! });
    expect(codes(report)).toEqual([['truncated', 9]]);
  });

  it('splices their own rotation between the true ones', async () => {
    const between = [
      signRotation({ origin: ORIGIN, size: 12, time: 1 }, first, thief),
      signRotation({ origin: ORIGIN, size: 20, time: 1 }, thief, third),
    ];
    const unwilling = between[1]!.split('\n').toSpliced(-2, 1).join('\n');
    for (const chain of [between, [between[0]!, unwilling], [between[0]!, sample.rotations[1]!]]) {
      const report = await verifyExport(sample.lines.with(0, header(sample, chain)), { key: sample.key });
      expect(report.ok).toBe(false);
    }
  });
});

describe('the chain in the header is held against the log', () => {
  const withHeader = (line: Buffer, key = sample.key) =>
    verifyExport(sample.lines.with(0, line), { key, checkpoint });

  it('finds a chain that is cut, swapped, of another log, or that is none', async () => {
    const [one, two] = sample.rotations as [string, string];
    const headless = await withHeader(header(sample, [two]));
    expect(codes(headless)).toContainEqual(['rotation-event', 12]);
    expect(codes(headless)).toContainEqual(['checkpoint-signature', 10]);
    for (const chain of [[two, one], [one], [one, one, two], ['x'], ['']])
      expect(codes(await withHeader(header(sample, chain)))[0]).toEqual(['rotation-invalid', undefined]);
    const otherLog = signRotation({ origin: 'other', size: 12, time: 1 }, first, second);
    expect(codes(await withHeader(header(sample, [otherLog, two])))[0]![0]).toBe('rotation-invalid');
  });

  it('finds a header that keeps the replacements to itself', async () => {
    const report = await withHeader(header(sample, []));
    expect(codes(report)).toContainEqual(['rotation-event', 12]);
    expect(codes(report)).toContainEqual(['rotation-event', 20]);
    expect(codes(report)).toContainEqual(['checkpoint-signature', 10]);
  });

  it('finds replacements that no event tells of', async () => {
    const plain = sampleExport({ signer: third, size });
    const [old, next] = [newSigner(), third];
    const note = signRotation({ origin: ORIGIN, size: 5, time: 1 }, old, next);
    const report = await verifyExport(plain.lines.with(0, header(plain, [note])), { key: plain.key });
    expect(codes(report)).toEqual([['rotation-event', 5]]);
  });

  it('finds an event that tells of other keys', async () => {
    const stranger = newSigner();
    const other = sampleExport({ signer: first, size, rotations: [{ after: 12, signer: stranger }] });
    const note = signRotation({ origin: ORIGIN, size: 12, time: 1 }, first, third);
    const lines = other.lines.with(0, header(other, [note], encodeVerifierKey(third)));
    expect(codes(await verifyExport(lines, { key: sample.keys[0]! }))).toContainEqual(['rotation-event', 12]);
  });

  it.each([
    ['a list that is empty', '"rotations":[]'],
    ['something else than a list', '"rotations":"x"'],
    ['something else than notes', '"rotations":[1]'],
  ])('refuses %s', async (_, text) => {
    const line = header(sample)
      .toString()
      .replace(/"rotations":\[.*\]/, text);
    expect(codes(await withHeader(Buffer.from(line)))[0]).toEqual(['header-unreadable', 0]);
  });
});
