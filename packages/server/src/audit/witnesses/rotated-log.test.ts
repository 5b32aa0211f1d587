import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { signCheckpoint } from '../checkpoint.ts';
import { encodeVerifierKey, type Signer } from '../note.ts';
import { openLog } from '../open-log.fixture.ts';
import { newSigner } from '../proofs/testing/log.ts';
import { logKeys } from '../signing-keys/log-keys.ts';
import { signRotation } from '../signing-keys/rotation-note.ts';
import { compareWithWitnesses } from './start-check.ts';
import {
  FOLDER_COPY,
  FOLDER_ROTATIONS,
  fileWitness,
  folderWitness,
  type Witness,
  webWitness,
} from './witness.ts';
import { witnessSink } from './witness-sink.ts';

type Log = Awaited<ReturnType<typeof openLog>>;
let outside: string;
let witnessFile: string;
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'memhold-rotated-'));
  witnessFile = join(outside, 'witness.txt');
});
afterEach(() => rmSync(outside, { recursive: true }));

/** Gives a witness what the log has now, as a process does that was just started. */
async function tell(log: Log, witness: Witness): Promise<void> {
  log.ledger.checkpoint();
  const size = () => log.ledger.size;
  const sink = witnessSink(witness, { reader: log.reader, size, keys: () => logKeys(log.reader, log.key) });
  await sink.deliver();
  await sink.close();
}
const tellFile = (log: Log) =>
  tell(
    log,
    fileWitness(witnessFile, () => undefined),
  );

/** A copy of the log as it is now, to be put back later. */
function backup({ db, folder }: Log): () => Promise<Log> {
  db.pragma('wal_checkpoint(TRUNCATE)');
  const copy = join(outside, `backup-${readdirSync(outside).length}`);
  cpSync(folder, copy, { recursive: true });
  return () => openLog(copy);
}

const check = async (log: Log, file: string | null = witnessFile) =>
  compareWithWitnesses({
    dataDir: log.folder,
    witnessFile: file ?? undefined,
    writer: { read: log.reader.all },
    logKey: encodeVerifierKey((await log.current()).signer),
  });
const CLEAN = { notices: [], lines: [] };
const rewound = (told: RegExp) => ({ code: 'audit_log_rewound', message: expect.stringMatching(told) });

/** Five events, a copy of that, as many replacements of the key as asked for, and three events under each. */
async function rotated(times: number): Promise<{ log: Log; putBack: () => Promise<Log> }> {
  const log = await openLog();
  log.append(5);
  await tellFile(log);
  const putBack = backup(log);
  for (let i = 0; i < times; i++) {
    await log.rotate();
    log.append(3);
    await tellFile(log);
  }
  return { log, putBack };
}

describe('a log whose key was replaced', () => {
  it('starts without a word beside what was kept of it, before and after', async () => {
    const { log } = await rotated(3);
    await tell(log, folderWitness(log.folder));
    expect(readdirSync(log.folder)).toEqual(expect.arrayContaining([FOLDER_COPY, FOLDER_ROTATIONS]));
    expect(await check(log)).toEqual(CLEAN);
    log.append(300);
    await tellFile(log);
    expect(await check(log)).toEqual(CLEAN);
    // The file may be begun anew at any time.
    rmSync(witnessFile);
    log.append(1);
    await tellFile(log);
    expect(await check(log)).toEqual(CLEAN);
  });
});

describe('a copy from before the key was replaced', () => {
  it.each([1, 3])('does not start beside the witness file of later: %i replacements', async (times) => {
    const { log, putBack } = await rotated(times);
    const size = log.ledger.size;
    const old = await putBack();
    for (let i = 0; i < 2; i++)
      await expect(check(old)).rejects.toMatchObject(
        rewound(new RegExp(`5 events, but ${size} were signed`)),
      );
  });

  it('does not start where all notes at the end of the file are of the new key', async () => {
    const { log, putBack } = await rotated(1);
    for (let i = 0; i < 400; i++) {
      log.append(1);
      log.ledger.checkpoint();
    }
    const newer = log.db.prepare('SELECT note FROM audit_checkpoints WHERE size > 9').pluck().all();
    writeFileSync(witnessFile, ['', ...newer].join('\n'), { flag: 'a' });
    await expect(check(await putBack())).rejects.toMatchObject(rewound(/5 events, but 409 were signed/));
  });

  it('does not start beside the note of the replacement alone', async () => {
    const { log, putBack } = await rotated(1);
    const rotation = log.db.prepare('SELECT note FROM audit_keys').pluck().get() as string;
    writeFileSync(witnessFile, rotation);
    await expect(check(await putBack())).rejects.toMatchObject(rewound(/5 events, but 6 were signed/));
  });

  it('that went on further than the witness knows is found as well', async () => {
    const { putBack } = await rotated(1);
    const old = await putBack();
    old.append(20);
    await expect(check(old)).rejects.toMatchObject(
      rewound(/first 9 events .* are not those that were signed/),
    );
  });

  it('is told of where only the folder shows it, and what shows it is kept', async () => {
    const { log, putBack } = await rotated(2);
    const old = await putBack();
    await tell(log, folderWitness(old.folder));
    const found = await check(old, null);
    expect(found.notices).toEqual([{ kind: 'lost', witness: FOLDER_COPY, witnessedSize: 13, size: 5 }]);
    expect(found.lines).toEqual([expect.stringMatching(/5 events, but 13 were signed.*lost-13\.txt/)]);
    expect(readdirSync(old.folder)).toEqual(
      expect.arrayContaining(['audit-checkpoint.lost-13.txt', 'audit-key-rotations.lost-13.txt']),
    );
    expect(await check(old, null)).toEqual(CLEAN);
  });

  it('is told of aloud where the note of the replacement is missing', async () => {
    const { log, putBack } = await rotated(1);
    writeFileSync(
      witnessFile,
      log.db.prepare('SELECT note FROM audit_checkpoints WHERE size = 9').pluck().get() as string,
    );
    const found = await check(await putBack());
    expect(found.lines).toEqual([expect.stringMatching(/WARNING.*of up to 9 events.*which has 5/)]);
    expect(found.notices).toMatchObject([{ detection: 'unknown_witness_key', severity: 'critical' }]);
  });
});

describe('somebody who can write the witness file but has no key of the log', () => {
  const thief = ({ key }: Log): Signer => ({ ...newSigner(), name: key.split('+')[0]! });
  const checkpoint = (size: number, by: Signer) =>
    signCheckpoint({ origin: by.name, size, root: Buffer.alloc(32, 9), time: 5 }, by);

  it('cannot keep the server from starting, with a replacement of their own either', async () => {
    const log = await openLog();
    log.append(5);
    const { signer } = await log.current();
    const [one, two] = [thief(log), thief(log)];
    const replacing = { origin: signer.name, size: 5, time: 5 };
    const ofOthers = signRotation(replacing, one, two);
    const forged = signRotation(replacing, { ...signer, privateKey: one.privateKey }, two);
    writeFileSync(witnessFile, [ofOthers, forged, checkpoint(9, two)].join('\n'));
    expect(await check(log)).toEqual({
      notices: [expect.objectContaining({ detection: 'unknown_witness_key' })],
      lines: [expect.stringMatching(/WARNING.*of up to 9 events/)],
    });
  });

  it('cannot do so with a key that was replaced either', async () => {
    const log = await openLog();
    log.append(5);
    const { signer } = await log.current();
    await log.rotate();
    writeFileSync(witnessFile, checkpoint(50, signer));
    expect((await check(log)).notices).toMatchObject([{ detection: 'unknown_witness_key' }]);
  });
});

describe('the note of a replacement', () => {
  it('stands in the file once, before the first checkpoint of the new key, over restarts too', async () => {
    const { log } = await rotated(2);
    log.append(1);
    await tellFile(log);
    const seen = readFileSync(witnessFile, 'utf8')
      .split(/(?<=\n\u2014 [^\n]+\n)\n/)
      .map((note) => note.split('\n')[1]);
    expect(seen).toEqual(['5', 'key rotation', '9', 'key rotation', '13', '14']);
  });

  it('stands also in a file that is begun while the server runs', async () => {
    const { log } = await rotated(1);
    const rotation = log.db.prepare('SELECT note FROM audit_keys').pluck().get() as string;
    const witness = fileWitness(witnessFile, () => undefined);
    const keys = () => logKeys(log.reader, log.key);
    const sink = witnessSink(witness, { reader: log.reader, size: () => log.ledger.size, keys });
    for (let i = 0; i < 2; i++) {
      log.append(1);
      log.ledger.checkpoint();
      await sink.deliver();
      if (i === 0) rmSync(witnessFile);
    }
    await sink.close();
    const kept = readFileSync(witnessFile, 'utf8');
    expect(kept.startsWith(`${rotation}\nmemhold.invalid/log/`)).toBe(true);
    expect(kept.match(/key rotation/g)).toHaveLength(1);
  });

  it('is sent to a witness that cannot be asked before each first checkpoint of a process', async () => {
    const { log } = await rotated(1);
    const given: string[] = [];
    const http = createServer(async (request, response) => {
      given.push((await text(request)).split('\n')[1]!);
      response.end();
    });
    await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
    onTestFinished(() => void http.close());
    await tell(log, webWitness(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`, undefined));
    expect(given).toEqual(['key rotation', '9']);
  });
});
