import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { RecordFile, type RecordFormat } from './record-file.ts';
import { LINES, NOTES, notesIn } from './record-formats.ts';

const folder = mkdtempSync(join(tmpdir(), 'memhold-record-file-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function fresh(format: RecordFormat, bytes?: string | Buffer) {
  const path = join(folder, `file-${files++}`);
  if (bytes !== undefined) writeFileSync(path, bytes);
  const repairs: number[] = [];
  const open = () => new RecordFile(path, format, (removed) => repairs.push(removed));
  return { path, repairs, open, read: () => readFileSync(path, 'utf8') };
}

const lines = ['{"id":1}\n', '{"id":2,"text":"ä ✓ 😀"}\n', '{"id":3}\n'];
const notes = [1, 20, 300].map(
  (size) =>
    `memhold.invalid/log/00ff\n${size}\nAAAA=\ntime 12345\n\n\u2014 memhold.invalid/log/00ff Abc+/123=\n`,
);
const FORMATS: [string, RecordFormat, string[], string][] = [
  ['lines', LINES, lines, lines.join('')],
  ['notes', NOTES, notes, notes.join('\n')],
];

describe.each(FORMATS)('a file of %s', (_, format, records, text) => {
  it('has what was appended, in order, and only its owner may read it', async () => {
    const { path, open, read, repairs } = fresh(format);
    const file = open();
    for (const record of records) await file.append(record);
    await file.close();
    expect(read()).toBe(text);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(repairs).toEqual([]);
  });

  it('that was cut at any byte goes on after its last whole record, and says how much was torn', async () => {
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { open, read, repairs } = fresh(format, bytes.subarray(0, cut));
      // A record is whole once its last byte, a newline, is there.
      let whole = 0;
      for (let end = 0, i = 0; i < records.length; i++) {
        end += Buffer.byteLength((i === 0 ? '' : format.separator) + records[i]);
        if (end <= cut) whole = i + 1;
      }
      const kept = records.slice(0, whole).join(format.separator);
      const file = open();
      await file.append(records[0]!);
      await file.close();
      expect(read(), `cut at ${cut}`).toBe([...records.slice(0, whole), records[0]].join(format.separator));
      const torn = cut - Buffer.byteLength(kept);
      expect(repairs, `cut at ${cut}`).toEqual(torn === 0 ? [] : [torn]);
    }
  });

  it('zeros that a power cut left are torn as well', async () => {
    for (const [zeros, before] of [
      [1, text],
      [5000, text],
      [4096, text.slice(0, -3)],
      [100, ''],
    ] as const) {
      const { open, read, repairs } = fresh(format, before + '\0'.repeat(zeros));
      const file = open();
      await file.append(records[0]!);
      await file.close();
      expect(read()).not.toContain('\0');
      expect(read().endsWith(records[0]!)).toBe(true);
      expect(repairs).toHaveLength(1);
    }
  });

  it('bytes that this service never wrote are not touched', async () => {
    for (const foreign of [
      'root:x:0:0:root:/root:/bin/bash',
      `${text}something else`,
      '-----BEGIN KEY',
      'x',
    ]) {
      const { open, read } = fresh(format, foreign);
      await expect(open().append(records[0]!)).rejects.toMatchObject({ code: 'record_file_foreign' });
      expect(read()).toBe(foreign);
    }
  });

  it('random rubbish at the end is either taken as torn or refused: whole records stay', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 40 }), async (rubbish) => {
        const { open, path } = fresh(format, Buffer.concat([Buffer.from(text), rubbish]));
        const file = open();
        await file.append(records[0]!).catch(() => undefined);
        await file.close();
        expect(readFileSync(path).subarray(0, Buffer.byteLength(text)).toString()).toBe(text);
        rmSync(path);
      }),
    );
  });

  it('that was moved away is begun anew', async () => {
    const { path, open, read } = fresh(format);
    const file = open();
    await file.append(records[0]!);
    renameSync(path, `${path}.1`);
    await file.append(records[1]!);
    await file.close();
    expect([readFileSync(`${path}.1`, 'utf8'), read()]).toEqual([records[0], records[1]]);
  });

  it('that was emptied in place goes on at its beginning', async () => {
    const { path, open, read } = fresh(format);
    const file = open();
    await file.append(records[0]!);
    truncateSync(path);
    await file.append(records[1]!);
    await file.close();
    expect(read()).toBe(records[1]);
  });

  it('that cannot be opened, then can, has the record once', async () => {
    const { path, open, read } = fresh(format);
    mkdirSync(path);
    const file = open();
    await expect(file.append(records[0]!)).rejects.toThrow();
    rmSync(path, { recursive: true });
    await file.append(records[0]!);
    await file.close();
    expect(read()).toBe(records[0]);
  });

  it('is a regular file: a pipe that nobody reads is refused, not waited for', async () => {
    const { path, open } = fresh(format);
    execFileSync('mkfifo', [path]);
    await expect(open().append(records[0]!)).rejects.toMatchObject({ code: 'record_file_special' });
  });
});

it('a torn line longer than what is looked at first is cut off whole', async () => {
  const { open, read, repairs } = fresh(LINES, `${lines.join('')}{"text":"${'x'.repeat(3_000_000)}`);
  const file = open();
  await file.append(lines[0]!);
  await file.close();
  expect(read()).toBe(lines.join('') + lines[0]);
  expect(repairs).toEqual([3_000_009]);
});

it('a line whose middle was lost to zeros is torn, though it has an end', async () => {
  const { open, read } = fresh(LINES, `${lines[0]}{"id":2,"te\0\0\0\0\0\0"}\n`);
  const file = open();
  await file.append(lines[2]!);
  await file.close();
  expect(read()).toBe(`${lines[0]}${lines[2]}`);
});

describe('notes in a file', () => {
  it('are found one by one, with one or more signatures', () => {
    const two = `${notes[1]}\u2014 witness.example Zm9v\n`;
    expect(notesIn(`${notes[0]}\n${two}\n${notes[2]}`)).toEqual([notes[0], two, notes[2]]);
    expect(notesIn('')).toEqual([]);
  });

  it('are found wherever the end of the file was cut', () => {
    fc.assert(
      fc.property(fc.nat({ max: notes.join('\n').length }), (cut) => {
        const found = notesIn(notes.join('\n').slice(0, cut));
        const whole = notes.filter((_, i) => notes.slice(0, i + 1).join('\n').length <= cut);
        expect(found.slice(0, whole.length)).toEqual(whole);
        expect(found.length).toBeLessThanOrEqual(whole.length + 1);
      }),
    );
  });
});
