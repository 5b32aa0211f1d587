import { describe, expect, it } from 'vitest';
import { dataKey } from '../encryption/seal.ts';
import { type AuditEvent, encodeEvent } from './entry.ts';
import { openLog, recordsKey } from './open-log.fixture.ts';
import { rangeIds, START } from './sample-export.fixture.ts';
import { lastCheckpoint } from './store.ts';
import { subjectName } from './subject-events.ts';
import { verifyExport } from './verify.ts';

/** A log of 20 events, of which every third has no private part. */
async function sampleLog() {
  const log = await openLog();
  log.append(20);
  const remove = (first: number, last: number) =>
    log.db
      .prepare("UPDATE audit_events SET skeleton = x'', private_sealed = NULL WHERE seq BETWEEN ? AND ?")
      .run(first, last);
  const tell = (ranges: [number, number][]) =>
    log.record({
      type: 'audit.records.removed',
      time: START,
      actor: { kind: 'system' },
      resource: { type: 'audit_event', ids: rangeIds(ranges) },
      success: true,
    });
  return { ...log, remove, tell };
}
type Log = Awaited<ReturnType<typeof sampleLog>>;

async function problemsOf(log: Log) {
  const { lines, key } = await log.export();
  const { problems } = await verifyExport(lines, { key });
  return problems.map(({ code, index, last }) => [code, index, ...(last === undefined ? [] : [last])]);
}

describe('an export of a log with removed events', () => {
  it('verifies where the log tells of the removal', async () => {
    const log = await sampleLog();
    log.remove(3, 5);
    log.remove(9, 9);
    log.tell([
      [3, 5],
      [9, 9],
    ]);
    const { lines, key } = await log.export();
    expect(await verifyExport(lines, { key })).toMatchObject({ ok: true, size: 21, removed: 4 });
    expect(
      lines.filter((line) => /^\{"index":\d+,"leaf":"[^"]{44}"\}\n$/.test(line.toString())),
    ).toHaveLength(4);
  });

  it('names events that somebody took out of the database', async () => {
    const log = await sampleLog();
    log.remove(3, 5);
    expect(await problemsOf(log)).toEqual([['event-missing', 3, 5]]);
  });

  it('names an event that was to be removed and is still there', async () => {
    const log = await sampleLog();
    log.remove(3, 4);
    log.tell([[3, 5]]);
    expect(await problemsOf(log)).toEqual([['event-not-removed', 5]]);
  });
});

describe('a private part that is gone from the database', () => {
  it('is no erasure: that leaves the sealed bytes and takes their key, so the event is named', async () => {
    const log = await sampleLog();
    log.db.exec('UPDATE audit_events SET private_sealed = NULL WHERE seq IN (7, 10)');
    expect(await problemsOf(log)).toEqual([
      ['private-mismatch', 7],
      ['private-mismatch', 10],
    ]);
  });

  it('is none where there never was one', async () => {
    const log = await sampleLog();
    log.db.exec('UPDATE audit_events SET private_sealed = NULL WHERE seq IN (0, 3, 18)');
    expect(await problemsOf(log)).toEqual([]);
  });
});

describe('a private part whose key is gone', () => {
  const subject = dataKey(Buffer.alloc(32, 5));
  const keyById = async (id: Uint8Array) => (recordsKey.id.equals(id) ? recordsKey : 'erased');
  const actor = { kind: 'system' } as const;
  const event = (type: AuditEvent['type'], namespace = 'home'): AuditEvent => {
    return { type, namespace, time: START, actor, success: true, private: { address: '192.0.2.1' } };
  };
  const destroyed = (keyId = subject.id, details: Partial<AuditEvent> = {}): AuditEvent => {
    const resource = { type: 'subject', ids: ['other', subjectName(keyId)] };
    return {
      type: 'key.destroyed',
      namespace: 'home',
      time: START,
      actor,
      resource,
      success: true,
      ...details,
    };
  };
  /** Writes the name of the erased key over that of the key that sealed the private part. */
  const relabel = ({ db }: Pick<Log, 'db'>, seq: number) => {
    const sealed = db
      .prepare('SELECT private_sealed FROM audit_events WHERE seq = ?')
      .pluck()
      .get(seq) as Buffer;
    sealed.set(subject.id, 1);
    db.prepare('UPDATE audit_events SET private_sealed = ? WHERE seq = ?').run(sealed, seq);
  };
  async function verified(log: Pick<Log, 'export'>) {
    const { lines, key } = await log.export(keyById);
    const report = await verifyExport(lines, { key });
    const found = report.problems.map(({ code, index }) => [code, index]);
    return { found, told: report.notProven.join('\n') };
  }

  it('was erased where the log tells of it, before or after', async () => {
    const log = await openLog();
    log.record(event('memory.created'), false, subject);
    log.append(1500);
    log.record(destroyed());
    log.record(event('cluster.retrieved'), false, subject);
    const { found, told } = await verified(log);
    expect(found).toEqual([]);
    expect(told).toMatch(/What the private parts of 2 events said: they were erased/);
  });

  it.each([
    ['of another key', destroyed(Buffer.alloc(32, 1))],
    ['in another namespace', destroyed(subject.id, { namespace: 'other' })],
    ['of something that failed', destroyed(subject.id, { success: false })],
    ['of another kind', destroyed(subject.id, { type: 'key.created' })],
    [
      'of another resource',
      destroyed(subject.id, { resource: { type: 'memory', ids: [subjectName(subject.id)] } }),
    ],
  ])('is named where the log tells of nothing, or %s', async (_, told) => {
    const log = await openLog();
    log.record(event('memory.created'), false, subject);
    log.record(told);
    expect((await verified(log)).found).toEqual([['private-mismatch', 0]]);
  });

  it('is named where the event that would tell of it was edited into the database', async () => {
    const log = await openLog();
    log.record(event('memory.created'), false, subject);
    log.record(destroyed(Buffer.alloc(32, 1)));
    const { skeleton } = encodeEvent(destroyed());
    log.db.prepare('UPDATE audit_events SET skeleton = ? WHERE seq = 1').run(skeleton);
    expect((await verified(log)).found).toEqual([
      ['private-mismatch', 0],
      ['leaf-mismatch', 1],
    ]);
  });

  it('is named where the name of a key that was really erased was written over that of its own', async () => {
    const log = await openLog();
    log.record(destroyed());
    log.record(event('auth.login.failed'));
    log.record(event('memory.created', 'elsewhere'), false, dataKey(Buffer.alloc(32, 6)));
    for (const seq of [1, 2]) relabel(log, seq);
    expect((await verified(log)).found).toEqual([
      ['private-mismatch', 1],
      ['private-mismatch', 2],
    ]);
  });
});

describe('a leaf that says so', () => {
  it('never stands in the log without a checkpoint over it', async () => {
    const log = await openLog();
    log.append(3);
    expect(await log.reader.all(lastCheckpoint, {})).toEqual([]);
    log.record({ type: 'audit.listed', time: START, actor: { kind: 'system' }, success: true }, true);
    expect(await log.reader.all(lastCheckpoint, {})).toMatchObject([{ size: 4 }]);
    log.append(2);
    expect(await log.reader.all(lastCheckpoint, {})).toMatchObject([{ size: 4 }]);
  });
});
