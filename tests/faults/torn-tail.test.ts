import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { exportLog, verifyLog } from '../audit-log.ts';
import { type Server, startServer, temporaryFolder } from '../server-process.ts';
import { eventsIn, eventsOf, store, untilEvents } from './sink-events.ts';

const long = process.env.MEMHOLD_TEST_LONG === '1';
const CUTS = long ? [1, 2, 7, 40] : [1, 40];
const sizeIn = (note: string) => Number(note.split('\n')[1]);

/** Waits until the copy in the data folder covers as many events as the log has now. */
async function untilCopied(server: Server): Promise<number> {
  const copy = join(server.dataDir, 'audit-checkpoint.txt');
  return vi.waitFor(
    async () => {
      const { length } = await eventsIn(server.dataDir);
      expect(sizeIn(readFileSync(copy, 'utf8'))).toBe(length);
      return length;
    },
    { timeout: 20_000, interval: 300 },
  );
}

test('files that a crash tore are cut to their last whole record, sent again from there, and it is said', async () => {
  const folder = temporaryFolder();
  const witness = join(folder, 'witness.txt');
  const stream = join(folder, 'audit.jsonl');
  const settings = { MEMHOLD_AUDIT_WITNESS_FILE: witness, MEMHOLD_AUDIT_STREAMS: `file://${stream}` };
  let server = await startServer({ settings });
  let torn = 0;
  for (const cut of CUTS) {
    for (let i = 0; i < 3; i++) await store(server, `before cut ${cut}: ${i}`);
    await untilCopied(server);
    // The copy, the witness and the stream are each written by themselves: all three are waited for.
    for (const path of [witness, stream]) {
      const written = () => expect(statSync(path).size).toBeGreaterThan(100);
      await vi.waitFor(written, { timeout: 20_000, interval: 100 });
    }
    await server.kill('SIGKILL');
    // Not the whole last record: a file that ends between two records is not torn.
    for (const path of [witness, stream]) truncateSync(path, statSync(path).size - cut);
    torn += 2;
    server = await server.restart();
    const repaired = await untilEvents(server, 'audit.tail.repaired', torn);
    expect(repaired).toHaveLength(torn);
  }
  await store(server, 'the last one');
  await server.stop();
  const { length: size } = await eventsIn(server.dataDir);
  const lines = readFileSync(stream, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  const ids: number[] = lines.map((line) => JSON.parse(line).id);
  // A crash sends some again; none is missing, and the log of the end of each run is in order.
  expect([...new Set(ids)].sort((a, b) => a - b)).toEqual([...Array(size).keys()].slice(ids[0]));
  const notes = readFileSync(witness, 'utf8').split(/(?<=\n\u2014 [^\n]+\n)\n/);
  for (const note of notes)
    expect(note).toMatch(/^memhold\.invalid\/log\/\w+\n\d+\n\S+\ntime \d+\n\n\u2014 \S+ \S+\n$/);
  expect(sizeIn(notes.at(-1)!)).toBe(size);
  console.log(`${torn} torn files repaired, ${ids.length} lines for ${size - ids[0]!} events`);
});

describe('a database that lost its newest transactions', () => {
  const DAMAGES: [string, (bytes: Buffer) => Buffer][] = [
    ['was cut off', (bytes) => bytes.subarray(0, Math.floor(bytes.length * 0.6))],
    ['ends in zeros', (bytes) => bytes.fill(0, Math.floor(bytes.length * 0.6))],
  ];
  test.each(DAMAGES)(
    'because its write-ahead log %s says so at the next start, once, and goes on',
    async (_, damage) => {
      let server = await startServer();
      const { dataDir } = server;
      for (let i = 0; i < 30; i++) await store(server, `memory ${i} ${'x'.repeat(2000)}`);
      const before = await untilCopied(server);
      await server.kill('SIGKILL');
      const wal = join(dataDir, 'memhold.db-wal');
      writeFileSync(wal, damage(readFileSync(wal)));
      server = await server.restart();
      expect(server.output()).toMatch(new RegExp(`has \\d+ events, but ${before} were signed`));
      const [lost] = await untilEvents(server, 'audit.tail.lost', 1);
      expect(lost).toMatchObject({ success: false, severity: 'critical' });
      await store(server, 'it goes on');
      await untilCopied(server);
      await server.stop();
      server = await server.restart();
      expect(await eventsOf(server, 'audit.tail.lost')).toHaveLength(1);
      expect(server.output()).not.toMatch(/were signed/);
      await server.stop();
      const { file, key } = await exportLog(dataDir);
      expect(await verifyLog(file, { key })).toMatchObject({ code: 0 });
      // The checkpoint that the database forgot was kept, and proves that this is not the log it was.
      const kept = join(dataDir, `audit-checkpoint.lost-${before}.txt`);
      expect((await verifyLog(file, { key, checkpoint: kept })).code).not.toBe(0);
    },
  );

  test('and a copy that was torn is said, and no reason not to start', async () => {
    let server = await startServer();
    await store(server, 'memory');
    await untilCopied(server);
    await server.kill('SIGKILL');
    truncateSync(join(server.dataDir, 'audit-checkpoint.txt'), 50);
    server = await server.restart();
    expect(server.output()).toMatch(/audit-checkpoint\.txt cannot be read as a checkpoint/);
    await store(server, 'memory');
    await untilCopied(server);
    await server.stop();
    expect(await eventsOf(server, 'audit.tail.lost')).toEqual([]);
  });
});
