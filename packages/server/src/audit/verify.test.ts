import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { signCheckpoint } from './checkpoint.ts';
import { encodeEvent } from './entry.ts';
import { exportCheckpoint, exportHeader, exportLeaf } from './export-format.ts';
import { leafHash } from './merkle.ts';
import { encodeVerifierKey, rawPublicKey } from './note.ts';
import { newSigner, ORIGIN, START, sampleEvent, sampleExport } from './sample-export.fixture.ts';
import { VerifyKeyError, verifyExport } from './verify.ts';

const signer = newSigner();
const size = 35;
const sample = sampleExport({ signer, size });
const anchors = { key: sample.key, checkpoint: sample.notes.get(size)! };
const lineOf = (index: number) => sample.lines.findIndex((line) => line.includes(`{"index":${index},`));
const codes = (report: Awaited<ReturnType<typeof verifyExport>>) =>
  report.problems.map(({ code, index, last }) => [code, index, ...(last === undefined ? [] : [last])]);
/** Verifies the sample with one line replaced (or removed, or more put in its place). */
const withLine = (index: number, ...lines: (Buffer | string)[]) =>
  verifyExport(sample.lines.toSpliced(lineOf(index), 1, ...lines.map((line) => Buffer.from(line))), anchors);
const textOf = (index: number) => sample.lines[lineOf(index)]!.toString();

describe('an untouched export', () => {
  it('verifies from memory, from a file and in pieces cut anywhere', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'memhold-verify-'));
    const path = join(folder, 'audit.jsonl');
    const bytes = Buffer.concat(sample.lines);
    await writeFile(path, bytes);
    const bytewise = Array.from(bytes, (byte) => Buffer.of(byte));
    for (const source of [sample.lines, path, bytewise, [bytes.toString()]]) {
      const report = await verifyExport(source, anchors);
      expect(report).toMatchObject({
        ok: true,
        size,
        problems: [],
        problemCount: 0,
        key: sample.key,
        notProven: [],
      });
      expect(report.root).toBe(Buffer.from(sample.root).toString('base64'));
      expect(report.proven.join('\n')).toMatch(
        /All 35 events[\s\S]*signed with the key that you gave[\s\S]*kept outside/,
      );
    }
    await rm(folder, { recursive: true });
  });

  it('accepts the key in each of its three forms, and refuses to guess', async () => {
    const pem = signer.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const raw = rawPublicKey(signer.publicKey).toString('base64');
    for (const key of [pem, raw, `${sample.key}\n`]) {
      const report = await verifyExport(sample.lines, { key });
      expect(report).toMatchObject({ ok: true, key: sample.key });
    }
    for (const key of ['', 'nonsense', '-----BEGIN PUBLIC KEY-----']) {
      await expect(verifyExport(sample.lines, { key })).rejects.toThrow(VerifyKeyError);
    }
  });

  it('says what was not proven where no key or checkpoint came from outside', async () => {
    const bare = await verifyExport(sample.lines);
    expect(bare.ok).toBe(true);
    expect(bare.notProven.join('\n')).toMatch(/Who wrote this export[\s\S]*cut off at the end/);
    const partly = await verifyExport(sample.lines, { key: sample.key, checkpoint: sample.notes.get(20)! });
    expect(partly.ok).toBe(true);
    expect(partly.notProven).toEqual([expect.stringContaining('after leaf 19')]);
  });

  it('verifies without the private parts that were erased, and says so', async () => {
    const erased = sampleExport({ signer, size, erased: (index) => index < 20 });
    const report = await verifyExport(erased.lines, { key: erased.key, checkpoint: erased.notes.get(size)! });
    expect(report.ok).toBe(true);
    expect(report.notProven).toEqual([expect.stringContaining('private parts of 13 events')]);
  });

  it('verifies when it holds no leaf', async () => {
    const empty = sampleExport({ signer, size: 0 });
    const note = signCheckpoint({ origin: ORIGIN, size: 0, root: empty.root, time: 1 }, signer);
    const report = await verifyExport([...empty.lines, exportCheckpoint(note)], {
      key: empty.key,
      checkpoint: note,
    });
    expect(report).toMatchObject({ ok: true, size: 0, notProven: [] });
    const later = await verifyExport(sample.lines, { key: sample.key, checkpoint: note });
    expect(later.ok).toBe(true);
    expect(later.proven.join()).not.toMatch(/kept outside/);
    expect(later.notProven).toEqual([
      expect.stringMatching(/of the empty log, and covers none of 35 leaves/),
    ]);
  });

  it('tells of a clock that was set back, without calling it a forgery', async () => {
    const event = (index: number) => ({
      ...sampleEvent(index),
      time: index < 12 ? START : START - 3_600_000,
    });
    const back = sampleExport({ signer, size: 20, event });
    const report = await verifyExport(back.lines, { key: back.key, checkpoint: back.notes.get(20)! });
    expect(report.ok).toBe(true);
    expect(report.notProven).toEqual([expect.stringMatching(/8 events from leaf 12 on/)]);
  });
});

describe('an altered leaf is named by its index', () => {
  it('when its event was edited', async () => {
    const report = await withLine(7, textOf(7).replace('"success":true', '"success":false'));
    expect(codes(report)).toEqual([['leaf-mismatch', 7]]);
    expect(report.proven.join()).toContain('The first 35 leaves');
  });

  it('when its leaf hash was edited', async () => {
    const other = leafHash(Buffer.from('x')).toString('base64');
    const report = await withLine(7, textOf(7).replace(/"leaf":"[^"]*"/, `"leaf":"${other}"`));
    expect(codes(report)).toEqual([['leaf-mismatch', 7]]);
  });

  it('and then no private part is said to be the one that was logged: the event commits to any', async () => {
    const forged = sampleExport({ signer: newSigner(), size: 3 });
    const { lines } = forged;
    const ofAnother = await verifyExport(lines, { key: encodeVerifierKey(newSigner()) });
    const uncovered = await verifyExport(lines.slice(0, -1), { key: forged.key });
    for (const { ok, proven } of [ofAnother, uncovered]) {
      expect(ok).toBe(false);
      expect(proven.join()).not.toContain('private parts are the ones');
    }
    expect((await verifyExport(lines, { key: forged.key })).proven.join()).toContain(
      '2 private parts are the ones',
    );
  });

  it('when its private part, or its salt, was edited or moved here', async () => {
    const from = (index: number) => /,"private":\{.*\}\n$/.exec(textOf(index))![0];
    const changed = [textOf(7).replace('192.0.2.1', '192.0.2.2'), textOf(7).replace(from(7), from(8))];
    for (const line of changed) expect(codes(await withLine(7, line))).toEqual([['private-mismatch', 7]]);
    const given = textOf(6).replace(/\}\n$/, from(8));
    expect(codes(await withLine(6, given))).toEqual([['private-mismatch', 6]]);
  });

  it.each([
    ['a second event', (line: string) => line.replace(/\}\n$/, ',"event":{"type":"auth.logout"}}\n')],
    ['another key before', (line: string) => line.replace('{"index"', '{"note":1,"index"')],
    ['another key inside', (line: string) => line.replace(',"event"', ',"note":1,"event"')],
    ['whitespace', (line: string) => line.replace('"event":', '"event": ')],
    ['an unbalanced event', (line: string) => line.replace('"actor":{', '"actor":')],
    ['deep nesting', (line: string) => line.replace('"actor":', `"actor":${'['.repeat(1e5)}`)],
    ['a carriage return', (line: string) => line.replace('\n', '\r\n')],
    ['an invalid byte', (line: string) => Buffer.from(line.replace('search', '\xff'), 'latin1')],
  ])('when it has %s', async (_, edit) => {
    const report = await withLine(7, edit(textOf(7)));
    expect(report.ok).toBe(false);
    expect(report.problems[0]).toMatchObject({ index: 7 });
  });

  it('when a signed event is not canonical and would show differently elsewhere', async () => {
    for (const text of [
      '{"type":"a","type":"b"}',
      '{"b":1,"a":2}',
      '{"n":1e999}',
      '{"n":1.0}',
      '{"\\u0061":1}',
    ]) {
      const skeleton = Buffer.from(text);
      const leaf = leafHash(skeleton);
      const note = signCheckpoint({ origin: ORIGIN, size: 1, root: leaf }, signer);
      const lines = [
        exportHeader({ origin: ORIGIN, size: 1, key: sample.key }),
        exportLeaf({ index: 0, leafHash: leaf, skeleton }),
        exportCheckpoint(note),
      ];
      const report = await verifyExport(lines, { key: sample.key, checkpoint: note });
      expect(codes(report), text).toEqual([['event-not-canonical', 0]]);
    }
  });
});

describe('order', () => {
  const move = (edit: (lines: Buffer[]) => Buffer[]) => verifyExport(edit([...sample.lines]), anchors);
  const swapped = (a: number, b: number) =>
    move((lines) => lines.with(lineOf(a), lines[lineOf(b)]!).with(lineOf(b), lines[lineOf(a)]!));

  it.each([0, 7, 9, 10, 33, 34])('names leaf %i when it was deleted', async (index) => {
    expect(codes(await withLine(index))).toEqual([['leaf-missing', index]]);
  });

  it('names the range when several were deleted, also across a checkpoint', async () => {
    const report = await move((lines) => lines.filter((_, at) => at < lineOf(7) || at > lineOf(13)));
    expect(codes(report)).toEqual([['leaf-missing', 7, 13]]);
  });

  it.each([
    [0, 1],
    [7, 8],
    [33, 34],
  ])('names neighbours %i and %i when swapped', async (a, b) => {
    expect(codes(await swapped(a, b))).toEqual([['leaf-swapped', a, b]]);
  });

  it.each([
    [9, 10],
    [3, 5],
    [0, 34],
    [7, 25],
  ])('names leaves %i and %i when swapped', async (a, b) => {
    const found = codes(await swapped(a, b)).filter(([code]) => code === 'leaf-out-of-place');
    expect(found).toEqual([
      ['leaf-out-of-place', a],
      ['leaf-out-of-place', b],
    ]);
  });

  it.each([
    [7, 8],
    [7, 20],
    [34, 35],
  ])('names leaf %i when it stands once more as line %i', async (index, at) => {
    const report = await move((lines) =>
      lines.toSpliced(at < 35 ? lineOf(at) : -1, 0, lines[lineOf(index)]!),
    );
    expect(codes(report)).toEqual([['leaf-repeated', index]]);
  });

  it('narrows a leaf whose hash was made to fit to the leaves between two checkpoints', async () => {
    const { skeleton, leafHash: hash } = encodeEvent({ ...sampleEvent(6), success: false });
    const report = await withLine(6, exportLeaf({ index: 6, leafHash: hash, skeleton }));
    expect(codes(report).filter(([code]) => code === 'checkpoint-root')).toEqual([['checkpoint-root', 0, 9]]);
    const later = await withLine(17, exportLeaf({ index: 17, leafHash: hash, skeleton }));
    expect(codes(later).filter(([code]) => code === 'checkpoint-root')).toEqual([
      ['checkpoint-root', 10, 19],
    ]);
  });
});

describe('checkpoints', () => {
  const at = (n: number) =>
    sample.lines.findIndex((line) => line.includes(JSON.stringify(sample.notes.get(n)).slice(1, -1)));
  const putAt = (n: number, line: Buffer | string) =>
    verifyExport(sample.lines.with(at(n), Buffer.from(line)), anchors);
  const root = leafHash(Buffer.from('x'));

  it('are refused with a root, origin, time, place or signature that does not hold', async () => {
    const signed = (part: object, by = signer) => {
      const [, , , line] = sample.notes.get(20)!.split('\n');
      const original = {
        origin: ORIGIN,
        size: 20,
        root: Buffer.from(sample.notes.get(20)!.split('\n')[2]!, 'base64'),
      };
      return exportCheckpoint(signCheckpoint({ ...original, time: Number(line!.slice(5)), ...part }, by));
    };
    expect(codes(await putAt(20, signed({})))).toEqual([]);
    expect(codes(await putAt(20, signed({ root })))[0]).toEqual(['checkpoint-root', 10, 19]);
    expect(codes(await putAt(20, signed({ origin: 'other' })))).toEqual([['checkpoint-origin', 20]]);
    expect(codes(await putAt(20, signed({ time: START })))).toEqual([['checkpoint-time', 20]]);
    expect(codes(await putAt(20, signed({ size: 19 })))).toEqual([['checkpoint-position', 19]]);
    expect(codes(await putAt(20, signed({}, newSigner())))).toEqual([['checkpoint-signature', 20]]);
    expect(codes(await putAt(20, '{"checkpoint":"x"}\n'))).toEqual([['checkpoint-unreadable', 20]]);
    expect(codes(await putAt(20, signed({}).replace('{', '{"checkpoint":"x",')))).toEqual([
      ['checkpoint-unreadable', 20],
    ]);
  });

  it('must end the export', async () => {
    const report = await verifyExport(sample.lines.slice(0, -1), anchors);
    expect(codes(report)).toEqual([['truncated', size]]);
    const open = await verifyExport(
      [...sample.lines.slice(0, -1), sample.lines.at(-1)!.subarray(0, -1)],
      anchors,
    );
    expect(codes(open)).toEqual([['truncated', size]]);
  });
});

describe('the header', () => {
  const { key } = sample;
  it.each([
    ['size', exportHeader({ origin: ORIGIN, size: size - 1, key }), 'size-mismatch'],
    ['origin', exportHeader({ origin: 'other', size, key }), 'checkpoint-origin'],
    ['key', exportHeader({ origin: ORIGIN, size, key: 'x' }), 'key-unreadable'],
    ['spelling', sample.lines[0]!.toString().replace(',', ', '), 'header-unreadable'],
  ])('is held against the rest: %s', async (_, line, code) => {
    const report = await verifyExport(sample.lines.with(0, Buffer.from(line)), anchors);
    expect(report.problems[0]).toMatchObject({ code });
  });
});

describe('against a checkpoint kept outside', () => {
  it('finds an export that ends earlier, though it is consistent in itself', async () => {
    const shorter = sampleExport({ signer, size: 20 });
    expect((await verifyExport(shorter.lines, { key: sample.key })).ok).toBe(true);
    expect(codes(await verifyExport(shorter.lines, anchors))).toEqual([['truncated', 20]]);
  });

  it('finds a log that was rewound and written anew with the same key', async () => {
    const anew = sampleExport({ signer, size: 50 });
    expect((await verifyExport(anew.lines, { key: sample.key })).ok).toBe(true);
    for (const kept of [10, 35]) {
      const report = await verifyExport(anew.lines, { key: sample.key, checkpoint: sample.notes.get(kept)! });
      expect(codes(report)).toEqual([['fork', undefined]]);
    }
  });

  it('does not accept one of another key or log, or none at all', async () => {
    const other = sampleExport({ signer: newSigner(), size });
    const report = await verifyExport(sample.lines, { checkpoint: other.notes.get(size)! });
    expect(report.problems.map(({ code }) => code)).toContain('outside-checkpoint-signature');
    const bad = await verifyExport(sample.lines, { checkpoint: 'nonsense' });
    expect(bad.problems.map(({ code }) => code)).toEqual(['outside-checkpoint-unreadable']);
  });
});

describe('a file that is no export', () => {
  it.each([
    ['empty', ''],
    ['one newline', '\n'],
    ['text', 'hello\nworld\n'],
    ['other JSON', '{"a":1}\n[]\n'],
    ['binary', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 73 + (i >> 3)) & 255))],
    ['a header alone', sample.lines[0]!],
    ['a header cut', sample.lines[0]!.subarray(0, 40)],
    ['another version', sample.lines[0]!.toString().replace('"version":1', '"version":2')],
  ])('is reported, not thrown: %s', async (_, content) => {
    const report = await verifyExport([content], anchors);
    expect(report.ok).toBe(false);
    expect(report.problems[0]).toMatchObject({ index: 0 });
    expect(report.problems.length).toBeLessThanOrEqual(20);
  });

  it('is read in bounded memory when it has no newline', async () => {
    const megabyte = Buffer.alloc(1 << 20, 0x7b);
    const report = await verifyExport(Array.from({ length: 64 }, () => megabyte));
    expect(report.problems.map(({ code }) => code)).toContain('line-unreadable');
  });

  it('has all its problems counted, and the first twenty listed', async () => {
    const lines = sample.lines.map((line) =>
      Buffer.from(line.toString().replace('"action":"search"', '"action":"x"')),
    );
    const report = await verifyExport(lines, anchors);
    expect(report.problemCount).toBe(35);
    expect(report.problems.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });
});
