import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { sqliteReader } from '../../database/reader.ts';
import { type InProcessWriter, inProcessWriter } from '../../database/testing/in-process-writer.ts';
import { openCheckpoint, signCheckpoint } from '../checkpoint.ts';
import { leafHash, verifyConsistency } from '../merkle.ts';
import { createSigner, encodeVerifierKey } from '../note.ts';
import type { Notice } from '../notices.ts';
import { KeyChain } from '../signing-keys/key-chain.ts';
import { signRotation } from '../signing-keys/rotation-note.ts';
import { type ProofDuties, proofDuties } from './duties.ts';
import { newSigner, type TestLog, testLog } from './testing/log.ts';
import { verifyProof } from './verify-proof.ts';

let writer: InProcessWriter;
let log: TestLog;
let duties: ProofDuties;
let key: string;
let notices: Notice[] = [];

beforeAll(async () => {
  writer = await inProcessWriter();
  log = testLog(writer);
  key = encodeVerifierKey(log.signer);
  for (const count of [40, 300, 460]) {
    log.append(count);
    log.checkpoint();
  }
});
beforeEach(() => {
  notices = [];
  duties = fresh();
});
afterAll(() => writer.close());

const fresh = (patienceMs = 0) =>
  proofDuties({
    reader: sqliteReader(writer.db),
    keys: async () => KeyChain.of(log.signer),
    size: log.size,
    notify: (notice) => void notices.push(notice),
    patienceMs,
  });
const bytes = (text: string) => Buffer.from(text, 'base64');

describe('a proof of an event', () => {
  it('is in the newest checkpoint, and is verified with nothing but the key', async () => {
    const proof = await duties.proveInclusion({ index: 7 });
    expect(proof).toMatchObject({ index: 7, size: 800, consistency: [], key });
    expect(JSON.parse(proof.event!).resource.ids).toEqual(['m7']);
    expect(verifyProof(JSON.stringify(proof), { key })).toMatchObject({ ok: true, event: proof.event });
  });

  it('is in a checkpoint of the newest key, also of few events: an old one may have been stolen', async () => {
    const next = createSigner(log.signer.name, newSigner().privateKey);
    const root = Buffer.from((await duties.checkpoint({})).root, 'base64');
    const rotation = signRotation({ origin: log.signer.name, size: 340, time: 5 }, log.signer, next);
    const replace = writer.db.prepare('UPDATE audit_checkpoints SET note = ? WHERE size = 800');
    const before = (await duties.checkpoint({})).checkpoint;
    onTestFinished(() => void replace.run(before));
    replace.run(signCheckpoint({ origin: next.name, size: 800, root, time: 6 }, next));
    const rotated = proofDuties({
      reader: sqliteReader(writer.db),
      keys: async () => KeyChain.open(next.name, next, [rotation]),
      size: log.size,
      notify: (notice) => void notices.push(notice),
      patienceMs: 0,
    });
    for (const size of [40, 41, 340, 341]) {
      const proof = await rotated.proveInclusion({ index: 7, size });
      expect(openCheckpoint(proof.checkpoint, [next]).size).toBe(800);
      expect(verifyProof(JSON.stringify(proof), { key: encodeVerifierKey(next) })).toMatchObject({
        ok: true,
        size,
      });
    }
  });

  it.each([40, 41, 255, 256, 257, 340, 512, 799])(
    'is in the first %i events where that is asked for',
    async (size) => {
      const proof = await duties.proveInclusion({ index: 39, size });
      const covering = openCheckpoint(proof.checkpoint, [log.signer]);
      expect(proof.size).toBe(size);
      expect(covering.size).toBe([40, 340, 800].find((one) => one >= size));
      expect(verifyProof(JSON.stringify(proof), { key }).ok).toBe(true);
    },
  );

  it('is refused out of range, with the range', async () => {
    await expect(duties.proveInclusion({ index: 800 })).rejects.toMatchObject({
      code: 'invalid_input',
      message: 'index: must be 0 to 799',
    });
    for (const size of [0, 7, 801])
      await expect(duties.proveInclusion({ index: 7, size })).rejects.toMatchObject({
        code: 'invalid_input',
        message: 'size: must be 8 to 800',
      });
    expect(notices).toEqual([]);
  });
});

describe('a proof of consistency', () => {
  it.each([
    [1, undefined],
    [40, undefined],
    [40, 340],
    [256, 257],
    [100, 700],
    [800, 800],
  ])('from %s to %s holds before the verifier', async (first, second) => {
    const proof = await duties.proveConsistency({ first, second });
    const signed = openCheckpoint(proof.checkpoint, [log.signer]);
    const [root, next] = [bytes(proof.first_root), bytes(proof.second_root)];
    expect(proof.second).toBe(second ?? 800);
    expect(verifyConsistency(first, proof.second, proof.proof.map(bytes), root, next)).toBe(true);
    const on = proof.consistency.map(bytes);
    expect(verifyConsistency(proof.second, signed.size, on, next, signed.root)).toBe(true);
  });

  it('is refused out of range, with the range', async () => {
    for (const first of [0, 801])
      await expect(duties.proveConsistency({ first })).rejects.toMatchObject({
        code: 'invalid_input',
        message: 'first: must be 1 to 800',
      });
    await expect(duties.proveConsistency({ first: 50, second: 49 })).rejects.toMatchObject({
      code: 'invalid_input',
      message: 'second: must be 50 to 800',
    });
  });
});

describe('checkpoints', () => {
  it('are listed smallest first, page by page, and handed out by size', async () => {
    const page = await duties.checkpoints({ after: -1, limit: 2 });
    expect(page.checkpoints.map(({ size }) => size)).toEqual([40, 340]);
    const rest = await duties.checkpoints({ after: page.next!, limit: 2 });
    expect(rest).toMatchObject({ checkpoints: [{ size: 800 }], next: null });
    expect(await duties.checkpoint({ size: 340 })).toMatchObject(page.checkpoints[1]!);
    expect(await duties.checkpoint({})).toMatchObject({ size: 800, log_size: 800, key });
    await expect(duties.checkpoint({ size: 341 })).rejects.toMatchObject({ code: 'not_found' });
    expect(await duties.logKeys({})).toEqual({ origin: log.signer.name, key, keys: [key], rotations: [] });
  });

  it('are waited for when something was written that none covers', async () => {
    const other = await inProcessWriter();
    const young = testLog(other, log.signer);
    const waiting = proofDuties({
      reader: sqliteReader(other.db),
      keys: async () => KeyChain.of(log.signer),
      size: young.size,
      notify: () => undefined,
      patienceMs: 60_000,
    });
    young.append(3);
    const [proof, checkpoint] = [waiting.proveInclusion({ index: 2 }), waiting.checkpoint({})];
    young.checkpoint();
    expect(await proof).toMatchObject({ index: 2, size: 3 });
    expect(await checkpoint).toMatchObject({ size: 3 });
    young.append(2);
    const impatient = proofDuties({
      reader: sqliteReader(other.db),
      keys: async () => KeyChain.of(log.signer),
      size: young.size,
      notify: () => undefined,
      patienceMs: 0,
    });
    await expect(impatient.proveInclusion({ index: 4 })).rejects.toMatchObject({
      code: 'checkpoint_missing',
    });
    expect(await impatient.checkpoint({})).toMatchObject({ size: 3, log_size: 5 });
    other.close();
  });
});

describe('a log that was changed from outside', () => {
  const at = 300;
  const changes: Record<string, () => void> = {
    'the text of the event': () =>
      writer.db
        .prepare('UPDATE audit_events SET skeleton = ? WHERE seq = ?')
        .run(Buffer.from('{"type":"memory.deleted"}'), at),
    'the text of the event and its leaf hash': () =>
      writer.db
        .prepare('UPDATE audit_events SET skeleton = ?, leaf = ? WHERE seq = ?')
        .run(Buffer.from('{}'), leafHash(Buffer.from('{}')), at),
    'the event, which is gone': () => writer.db.prepare('DELETE FROM audit_events WHERE seq = ?').run(at),
    'an event beside it, which is gone': () =>
      writer.db.prepare('DELETE FROM audit_events WHERE seq = ?').run(at + 1),
    'a root over other events': () =>
      writer.db.prepare('UPDATE audit_tiles SET root = ? WHERE tile = 0').run(Buffer.alloc(32)),
    'the checkpoint, signed with another key': () =>
      writer.db
        .prepare('UPDATE audit_checkpoints SET note = ? WHERE size = 800')
        .run(signCheckpoint({ origin: log.signer.name, size: 800, root: Buffer.alloc(32) }, newSigner())),
    'the checkpoint, moved to another size': () =>
      writer.db.exec(
        'UPDATE audit_checkpoints SET note = (SELECT note FROM audit_checkpoints WHERE size = 340) WHERE size = 800',
      ),
  };

  it.each(Object.keys(changes))('has no proof of an event, and says so: %s', async (name) => {
    writer.db.exec('BEGIN');
    changes[name]!();
    try {
      for (let again = 0; again < 2; again++)
        await expect(duties.proveInclusion({ index: at })).rejects.toMatchObject({
          code: 'audit_log_tampered',
        });
    } finally {
      writer.db.exec('ROLLBACK');
    }
    expect(notices).toMatchObject([
      { kind: 'finding', detection: 'audit_log_tampered', severity: 'critical', first: at, last: at },
    ]);
    expect(await duties.proveInclusion({ index: at })).toMatchObject({ index: at });
  });

  it('has no proof of consistency with what was signed before', async () => {
    const root = Buffer.alloc(32, 1);
    const forged = signCheckpoint({ origin: log.signer.name, size: 40, root }, log.signer);
    writer.db.exec('BEGIN');
    writer.db.prepare('UPDATE audit_checkpoints SET note = ? WHERE size = 40').run(forged);
    await expect(duties.proveConsistency({ first: 40 })).rejects.toMatchObject({
      code: 'audit_log_tampered',
    });
    writer.db.exec('ROLLBACK; BEGIN');
    writer.db.prepare('UPDATE audit_events SET leaf = ? WHERE seq = 20').run(Buffer.alloc(32));
    // At 40 a checkpoint tells; at 50, where there is none, the proof itself does not fit.
    for (const first of [40, 50])
      await expect(duties.proveConsistency({ first })).rejects.toMatchObject({ code: 'audit_log_tampered' });
    writer.db.exec('ROLLBACK');
    expect(notices).toHaveLength(2);
  });

  it('hands out no checkpoint that the key of the log did not sign, though its root be right', async () => {
    const { root, checkpoint } = await duties.checkpoint({ size: 800 });
    const signed = { origin: log.signer.name, size: 800, root: Buffer.from(root, 'base64') };
    writer.db.exec('BEGIN');
    writer.db
      .prepare('UPDATE audit_checkpoints SET note = ? WHERE size = 800')
      .run(signCheckpoint(signed, createSigner(log.signer.name, newSigner().privateKey)));
    const refused = { code: 'audit_log_tampered' };
    await expect(duties.proveInclusion({ index: at })).rejects.toMatchObject(refused);
    await expect(duties.checkpoint({})).rejects.toMatchObject(refused);
    await expect(duties.checkpoints({ after: -1, limit: 9 })).rejects.toMatchObject(refused);
    writer.db.exec('ROLLBACK');
    expect(await duties.checkpoint({})).toMatchObject({ checkpoint });
  });

  it('still has proofs of an event that was removed in the open: its hash', async () => {
    writer.db.exec('BEGIN');
    writer.db.prepare(`UPDATE audit_events SET skeleton = x'', private_sealed = NULL WHERE seq = ?`).run(at);
    const proof = await duties.proveInclusion({ index: at });
    writer.db.exec('ROLLBACK');
    expect(proof.event).toBeNull();
    expect(verifyProof(JSON.stringify(proof), { key })).toMatchObject({ ok: true, event: undefined });
  });
});
