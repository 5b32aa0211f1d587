import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InProcessWriter, inProcessWriter } from '../../database/testing/in-process-writer.ts';
import { signCheckpoint } from '../checkpoint.ts';
import { encodeVerifierKey, type Signer } from '../note.ts';
import { newSigner, type TestLog, testLog } from '../proofs/testing/log.ts';
import { compareWithWitnesses } from './start-check.ts';
import { FOLDER_COPY } from './witness.ts';

let folder: string;
let witnessFile: string;
let copy: string;
let writer: InProcessWriter;
let log: TestLog;

/** A log of 10 events with a checkpoint at 4 and at 10. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'memhold-start-'));
  witnessFile = join(folder, 'witness.txt');
  copy = join(folder, FOLDER_COPY);
  writer = await inProcessWriter();
  log = testLog(writer);
  for (const count of [4, 6]) {
    log.append(count);
    log.checkpoint();
  }
});
afterEach(() => {
  writer.close();
  rmSync(folder, { recursive: true });
});

const stored = (size: number) =>
  (writer.db.prepare('SELECT note FROM audit_checkpoints WHERE size = ?').get(size) as { note: string }).note;
/** A checkpoint of this log that its database does not have. */
const signed = (size: number, signer: Signer = log.signer, root = Buffer.alloc(32, 9)) =>
  signCheckpoint({ origin: signer.name, size, root, time: 5 }, signer);
const check = () =>
  compareWithWitnesses({ dataDir: folder, witnessFile, writer, logKey: encodeVerifierKey(log.signer) });
const CLEAN = { notices: [], lines: [] };
const unknownTo = (size: number) =>
  expect.objectContaining({
    kind: 'finding',
    detection: 'unknown_witness_key',
    severity: 'critical',
    resource: { type: 'audit_checkpoint', ids: [String(size)] },
    last: log.size() - 1,
  });

describe('a log that fits what was kept of it', () => {
  it('starts without a word: with nothing, with older and with equal checkpoints', async () => {
    expect(await check()).toEqual(CLEAN);
    writeFileSync(copy, stored(4));
    writeFileSync(witnessFile, `${stored(4)}\n${stored(10)}`);
    expect(await check()).toEqual(CLEAN);
    log.append(5);
    expect(await check()).toEqual(CLEAN);
  });

  it('starts after many checkpoints, of which only the end of the file is read', async () => {
    const older = `${stored(4)}\n`.repeat(1000);
    writeFileSync(witnessFile, `${older}${stored(10)}`);
    expect(await check()).toEqual(CLEAN);
  });
});

describe('a checkpoint of more events than the log has', () => {
  it('in the data folder is told to the log and to people, kept, and told once', async () => {
    writeFileSync(copy, signed(12));
    const found = await check();
    expect(found.notices).toEqual([{ kind: 'lost', witness: FOLDER_COPY, witnessedSize: 12, size: 10 }]);
    expect(found.lines).toEqual([expect.stringMatching(/10 events, but 12 were signed.*lost-12\.txt/)]);
    expect(readdirSync(folder)).toEqual(['audit-checkpoint.lost-12.txt']);
    expect(readFileSync(join(folder, 'audit-checkpoint.lost-12.txt'), 'utf8')).toBe(signed(12));
    expect(await check()).toEqual(CLEAN);
  });

  it('in an outside file refuses the start, each time, and says what to do', async () => {
    writeFileSync(witnessFile, `${stored(4)}\n${signed(12)}`);
    for (let i = 0; i < 2; i++)
      await expect(check()).rejects.toMatchObject({
        code: 'audit_log_rewound',
        message: expect.stringMatching(/10 events, but 12 were signed.*witness\.txt.*move that file away/),
      });
  });

  it('counts wherever it stands among the last ones', async () => {
    writeFileSync(witnessFile, [signed(12), stored(4), stored(10)].join('\n'));
    await expect(check()).rejects.toMatchObject({ code: 'audit_log_rewound' });
  });

  it('refuses no start when another key signed it, or nobody, and is told aloud and to the log', async () => {
    const other = { ...newSigner(), name: log.signer.name };
    const forged = signed(12).replace('\n12\n', '\n13\n');
    writeFileSync(witnessFile, [signed(12, other), forged, signed(3, other)].join('\n'));
    expect(await check()).toEqual({
      notices: [unknownTo(13)],
      lines: [
        expect.stringMatching(/WARNING: .*witness\.txt: 2 checkpoints of up to 13 events.*which has 10/),
        expect.stringMatching(/1 notes at its end.*no key of this log has signed/),
      ],
    });
    rmSync(witnessFile);
    writeFileSync(copy, signed(12, other));
    const found = await check();
    expect([found.notices, found.lines]).toEqual([[unknownTo(12)], [expect.stringMatching(/^WARNING/)]]);
    expect(readFileSync(join(folder, 'audit-checkpoint.unknown-12.txt'), 'utf8')).toBe(signed(12, other));
    expect(await check()).toEqual(CLEAN);
  });
});

describe('a log that was set back and went on', () => {
  it('is found by another root at a size that it has signed too', async () => {
    writeFileSync(witnessFile, signed(4));
    await expect(check()).rejects.toMatchObject({
      code: 'audit_log_rewound',
      message: expect.stringMatching(/first 4 events .* are not those that were signed/),
    });
  });

  it('is found by a size that it has never signed', async () => {
    writeFileSync(witnessFile, signed(7));
    await expect(check()).rejects.toMatchObject({ code: 'audit_log_rewound' });
  });
});

describe('leaves that are not those of a checkpoint, though the database has that checkpoint', () => {
  const damage = (sql: string) => writer.db.exec(sql);
  const DAMAGES = [
    ["leaf = x'00'", 'UPDATE audit_events SET leaf = zeroblob(32) WHERE seq = 7'],
    ['a leaf that is gone', 'DELETE FROM audit_events WHERE seq = 3'],
  ] as const;

  it.each(DAMAGES)('refuse the start beside a witness outside: %s', async (_, sql) => {
    writeFileSync(witnessFile, `${stored(4)}\n${stored(10)}`);
    damage(sql);
    await expect(check()).rejects.toMatchObject({
      code: 'audit_log_tampered',
      message: expect.stringMatching(/first 10 events.*witness\.txt.*Keep a copy.*verify it/),
    });
  });

  it.each(DAMAGES)('are told of where only the copy in the folder shows them: %s', async (_, sql) => {
    writeFileSync(copy, stored(10));
    damage(sql);
    const found = await check();
    expect(found.lines).toEqual([expect.stringMatching(/first 10 events.*audit-checkpoint\.txt/)]);
    expect(found.notices).toEqual([
      expect.objectContaining({
        kind: 'finding',
        detection: 'audit_log_tampered',
        severity: 'critical',
        last: 9,
      }),
    ]);
    expect(readdirSync(folder)).toEqual([FOLDER_COPY]);
  });

  it('are found in any whole tile too, by the newest size that the log still has', async () => {
    log.append(600);
    log.checkpoint();
    writeFileSync(witnessFile, stored(610));
    log.append(300);
    expect(await check()).toEqual(CLEAN);
    damage('UPDATE audit_tiles SET root = zeroblob(32) WHERE tile = 1');
    await expect(check()).rejects.toMatchObject({ code: 'audit_log_tampered' });
  });

  it('are compared with what the log signed, not with what somebody wrote beside it', async () => {
    const torn = stored(10).replace(/(?<=— \S+ \S{20})./, (one) => (one === 'A' ? 'B' : 'A'));
    writeFileSync(witnessFile, `${stored(4)}\n${torn}`);
    damage('UPDATE audit_events SET leaf = zeroblob(32) WHERE seq = 7');
    expect(await check()).toEqual(CLEAN);
    damage('UPDATE audit_events SET leaf = zeroblob(32) WHERE seq = 2');
    await expect(check()).rejects.toMatchObject({ message: expect.stringMatching(/first 4 events/) });
  });
});

describe('a copy of another log in the data folder', () => {
  it('is kept, and said', async () => {
    const foreign = signed(50, newSigner());
    writeFileSync(copy, foreign);
    const found = await check();
    expect(found).toEqual({
      notices: [],
      lines: [expect.stringMatching(/checkpoint of another log.*audit-checkpoint\.other-log\.txt/)],
    });
    expect(readFileSync(join(folder, 'audit-checkpoint.other-log.txt'), 'utf8')).toBe(foreign);
    expect(await check()).toEqual(CLEAN);
  });
});

describe('a file that says nothing', () => {
  it('is reported, never fatal: rubbish, a torn note, zeros', async () => {
    for (const rubbish of ['rubbish', signed(12).slice(0, 60), '\0'.repeat(500), '\n\n\n\u2014 x y\n']) {
      writeFileSync(witnessFile, rubbish);
      writeFileSync(copy, rubbish);
      const { notices, lines } = await check();
      expect(notices).toEqual([]);
      expect(lines.join('\n')).toMatch(/witness\.txt has 1 notes/);
      expect(lines.join('\n')).toMatch(/audit-checkpoint\.txt cannot be read/);
    }
  });

  it('is a folder, or a pipe that nobody writes to', async () => {
    mkdirSync(witnessFile);
    execFileSync('mkfifo', [copy]);
    const { lines } = await check();
    expect(lines).toEqual([
      expect.stringMatching(/witness\.txt cannot be read/),
      expect.stringMatching(/audit-checkpoint\.txt cannot be read/),
    ]);
  });

  it('is of another log: that is said', async () => {
    writeFileSync(witnessFile, signed(50, newSigner()));
    const { lines } = await check();
    expect(lines).toEqual([expect.stringMatching(/checkpoints of another log/)]);
  });

  it('wherever a whole witness file is cut, the start goes on', async () => {
    const whole = Buffer.from(`${stored(4)}\n${stored(10)}`);
    for (let cut = 0; cut < whole.length; cut++) {
      writeFileSync(witnessFile, whole.subarray(0, cut));
      expect((await check()).notices).toEqual([]);
    }
  });
});
