import { describe, expect, it } from 'vitest';
import { openLog } from './open-log.fixture.ts';
import { rangeIds, START } from './sample-export.fixture.ts';
import { lastCheckpoint } from './store.ts';
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
