import { describe, expect, it } from 'vitest';
import { dataKey } from '../encryption/seal.ts';
import { openCheckpoint } from './checkpoint.ts';
import { AuditLedger } from './ledger.ts';
import { openLog } from './open-log.fixture.ts';
import { lastCheckpoint } from './store.ts';
import { verifyExport } from './verify.ts';

type Log = Awaited<ReturnType<typeof openLog>>;

/** A log of 8 events with a checkpoint after each 4, none of them in the future. */
async function signedLog(): Promise<Log> {
  const log = await openLog();
  for (let i = 0; i < 2; i++) {
    log.append(4);
    log.ledger.checkpoint();
  }
  return log;
}

const newest = async ({ reader }: Log) => (await reader.all(lastCheckpoint, {}))[0]!;
/** Cuts the log to its first 4 events, which a checkpoint of its own covers. */
const cut = ({ db }: Log) =>
  db.exec('DELETE FROM audit_events WHERE seq >= 4; DELETE FROM audit_checkpoints WHERE size > 4');
async function codesOf(log: Log) {
  const { lines, key } = await log.export();
  return (await verifyExport(lines, { key })).problems.map(({ code }) => code);
}

describe('somebody who can write to the database but has no key', () => {
  it('cannot have a time of their choice signed, by the writer or by an export', async () => {
    const log = await signedLog();
    const far = 9_000_000_000_000_000;
    log.db.prepare('UPDATE audit_checkpoints SET created_at = ?').run(far);
    const again = await openLog(log.folder);
    again.append(1);
    const { signer } = await again.current();
    const exported = (await again.export()).lines.at(-1)!.toString();
    const { checkpoint } = JSON.parse(exported) as { checkpoint: string };
    expect(openCheckpoint(checkpoint, [signer])).toMatchObject({ size: 9 });
    expect(openCheckpoint(checkpoint, [signer]).time).toBeLessThan(far);
    again.ledger.checkpoint();
    expect(openCheckpoint((await newest(again)).note, [signer]).time).toBeLessThan(far);
  });

  it('cannot put an old checkpoint in the place of all newer ones', async () => {
    const log = await signedLog();
    log.db.exec(
      'INSERT INTO audit_checkpoints SELECT 1000000, note, created_at FROM audit_checkpoints WHERE size = 4',
    );
    await expect(openLog(log.folder)).rejects.toMatchObject({ code: 'audit_log_tampered' });
  });

  it('cannot have the log begin again under its name and key', async () => {
    const log = await signedLog();
    log.db.exec('DELETE FROM audit_tree; DELETE FROM audit_events; DELETE FROM audit_checkpoints');
    const { signer } = await log.current();
    const start = () =>
      new AuditLedger(log.db, signer, dataKey(Buffer.alloc(32)), Date.now, { mayBeNew: false });
    expect(start).toThrow(expect.objectContaining({ code: 'audit_log_tampered' }));
    expect(await codesOf(log)).toEqual(['truncated']);
  });

  it.each(['DELETE FROM audit_tree', "UPDATE audit_tree SET frontier = x'00'"])(
    'cannot cut the end off where the state of the log is gone: %s',
    async (sql) => {
      const log = await signedLog();
      log.db.exec(sql);
      cut(log);
      expect(await codesOf(log)).toEqual(['truncated']);
    },
  );

  it('cannot have an export go on for ever, nor one line stand in it twice', async () => {
    const log = await openLog();
    log.append(1002);
    log.ledger.checkpoint();
    log.db.exec('DELETE FROM audit_events WHERE seq = 5');
    const { lines, key } = await log.export();
    expect((await verifyExport(lines, { key })).problems).toMatchObject([{ code: 'leaf-missing', index: 5 }]);
    log.db.exec(
      'INSERT INTO audit_events SELECT 9007199254740990, leaf, skeleton, private_sealed FROM audit_events WHERE seq = 6',
    );
    expect(await codesOf(log)).toContain('leaf-missing');
  });
});
