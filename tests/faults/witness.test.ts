import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { exportLog, verifyLog } from '../audit-log.ts';
import { memhold, settingsFor, startServer, temporaryFolder } from '../server-process.ts';
import { expectRefusal, serve } from './installation.ts';
import { eventsIn, eventsOf, store, untilEvents } from './sink-events.ts';
import { smallVolume } from './volume.ts';

const WITHIN_MS = 5000;

/** Leaves that the notes of a file cover, oldest first. */
const witnessed = (path: string) =>
  [...readFileSync(path, 'utf8').matchAll(/^memhold\.invalid\/log\/[0-9a-f]+\n(\d+)\n/gm)].map(([, size]) =>
    Number(size),
  );
const lastNote = (path: string) => readFileSync(path, 'utf8').split('\n').slice(-7).join('\n');

describe('a witness file', () => {
  test('has a checkpoint of the whole log after an orderly stop, which proves an export', async () => {
    const folder = temporaryFolder();
    const witness = join(folder, 'witness.txt');
    const server = await startServer({ settings: { MEMHOLD_AUDIT_WITNESS_FILE: witness } });
    for (let i = 0; i < 3; i++) await store(server, `memory ${i}`);
    await server.stop();
    const { length } = await eventsIn(server.dataDir);
    expect(witnessed(witness).at(-1)).toBe(length);
    expect(witnessed(witness)).toEqual([...new Set(witnessed(witness))].sort((a, b) => a - b));
    const note = join(folder, 'note.txt');
    writeFileSync(note, lastNote(witness));
    const { file, key } = await exportLog(server.dataDir);
    const verified = await verifyLog(file, { key, checkpoint: note });
    expect(verified).toMatchObject({ code: 0, report: { ok: true } });
    // The export itself was an event.
    expect(verified.report.proven).toContain(
      `The first ${length} leaves are exactly those of the checkpoint that you kept outside.`,
    );
    const again = await server.restart();
    await store(again, 'after a restart');
    await again.stop();
    expect(witnessed(witness).at(-1)).toBe((await eventsIn(server.dataDir)).length);
  });

  test('on a full disk holds nobody up, is told of in 5 s, and catches up by itself when there is room', async () => {
    const volume = smallVolume(64);
    if (!volume) return;
    onTestFinished(() => volume.unmount());
    const witness = join(volume.path, 'witness.txt');
    const stream = join(volume.path, 'audit.jsonl');
    const settings = {
      MEMHOLD_AUDIT_WITNESS_FILE: witness,
      MEMHOLD_AUDIT_STREAMS: `file://${stream}`,
    };
    const server = await startServer({ settings });
    await store(server, 'with room');
    await vi.waitFor(
      () => {
        expect(witnessed(witness).length).toBeGreaterThan(0);
        expect(readFileSync(stream, 'utf8')).toMatch(/\n$/);
      },
      { timeout: 20_000 },
    );
    volume.fill();
    // Their last pages would take some more records: new files have none.
    for (const path of [witness, stream]) renameSync(path, `${path}.1`);
    const since = Date.now();
    await store(server, 'on a full disk');
    const failed = await untilEvents(server, 'audit.sink.failed', 2);
    for (const { time } of failed) expect(time - since).toBeLessThanOrEqual(WITHIN_MS);
    for (let i = 0; i < 20; i++) await store(server, `on a full disk ${i}`);
    expect((await server.api('GET', '/ready')).status).toBe(200);
    volume.empty();
    await untilEvents(server, 'audit.sink.recovered', 2);
    await server.stop();
    const { length } = await eventsIn(server.dataDir);
    expect(witnessed(witness).at(-1)).toBe(length);
    expect(readFileSync(witness, 'utf8')).toMatch(
      /^(memhold\S+\n\d+\n\S+\ntime \d+\n\n\u2014 \S+ \S+\n\n?)+$/,
    );
    const lines = [`${stream}.1`, stream].flatMap((path) => readFileSync(path, 'utf8').trimEnd().split('\n'));
    const ids = lines.map((line) => JSON.parse(line).id);
    expect([...new Set(ids)]).toEqual([...Array(length).keys()].slice(ids[0]));
    expect(await eventsOf(server, 'audit.sink.failed')).toHaveLength(2);
  });
});

describe('a witness on the web', () => {
  /** An address that does with the notes what a test says. */
  async function witness() {
    const state = { mode: 'take' as 'take' | 'refuse' | 'hang', sizes: [] as number[] };
    const http: HttpServer = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        if (state.mode === 'hang') return;
        if (state.mode === 'take') state.sizes.push(Number(body.split('\n')[1]));
        response.writeHead(state.mode === 'take' ? 200 : 503).end();
      });
    });
    await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
    onTestFinished(() => {
      http.closeAllConnections();
      http.close();
    });
    return { state, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/notes` };
  }

  test.each(['refuse', 'hang'] as const)(
    'that begins to %s holds nobody up, is told of in 5 s, and again when it is back',
    async (mode) => {
      const { state, url } = await witness();
      const server = await startServer({ settings: { MEMHOLD_AUDIT_WITNESS_URL: url } });
      await store(server, 'first');
      await vi.waitFor(() => expect(state.sizes.length).toBeGreaterThan(0), { timeout: 10_000 });
      state.mode = mode;
      const since = Date.now();
      await store(server, 'while it is away');
      const [failed] = await untilEvents(server, 'audit.sink.failed', 1);
      expect(failed!.time - since).toBeLessThanOrEqual(WITHIN_MS);
      for (let i = 0; i < 20; i++) await store(server, `while it is away ${i}`);
      state.mode = 'take';
      const back = Date.now();
      const [recovered] = await untilEvents(server, 'audit.sink.recovered', 1);
      expect(recovered!.time - back).toBeLessThanOrEqual(WITHIN_MS);
      await server.stop();
      expect(state.sizes.at(-1)).toBe((await eventsIn(server.dataDir)).length);
      expect(await eventsOf(server, 'audit.sink.failed')).toHaveLength(1);
    },
  );
});

describe('an older copy of the data folder that is put back', () => {
  test('does not start beside its witness file; once that is moved away, it does', async () => {
    const witness = join(temporaryFolder(), 'witness.txt');
    const settings = { MEMHOLD_AUDIT_WITNESS_FILE: witness };
    let server = await startServer({ settings });
    const { dataDir } = server;
    await store(server, 'before the backup');
    await server.stop();
    const backup = join(temporaryFolder(), 'backup');
    cpSync(dataDir, backup, { recursive: true });
    server = await server.restart();
    await store(server, 'an event to be forgotten');
    await server.stop();
    const events = witnessed(witness).at(-1)!;

    rmSync(dataDir, { recursive: true });
    cpSync(backup, dataDir, { recursive: true });
    const told = new RegExp(`but ${events} were signed.*witness\\.txt.*move that file away`);
    expectRefusal(await serve(settingsFor(dataDir, settings)), told);
    const before = readFileSync(witness, 'utf8');
    expectRefusal(await serve(settingsFor(dataDir, settings)), told);
    expect(readFileSync(witness, 'utf8')).toBe(before);

    renameSync(witness, `${witness}.evidence`);
    server = await startServer({ dataDir, settings });
    await store(server, 'after it was looked at');
    await server.stop();
    expect(witnessed(witness).length).toBeGreaterThan(0);
  });

  test('does not start either where the signing key was replaced since, so that all newer notes are of another key', async () => {
    const witness = join(temporaryFolder(), 'witness.txt');
    const settings = { MEMHOLD_AUDIT_WITNESS_FILE: witness };
    let server = await startServer({ settings });
    const { dataDir } = server;
    await server.stop();
    const backup = join(temporaryFolder(), 'backup');
    cpSync(dataDir, backup, { recursive: true });
    server = await server.restart();
    expect((await memhold(['audit', 'rotate-key'], settingsFor(dataDir, settings))).code).toBe(0);
    await store(server, 'an event to be forgotten');
    await server.stop();
    const events = witnessed(witness).at(-1)!;
    const notes = readFileSync(witness, 'utf8').split(/(?<=\n\u2014 [^\n]+\n)\n/);
    const from = notes.findIndex((note) => note.includes('\nkey rotation\n'));
    writeFileSync(witness, notes.slice(from).join('\n'));
    server = await server.restart();
    await server.stop();

    rmSync(dataDir, { recursive: true });
    cpSync(backup, dataDir, { recursive: true });
    const told = new RegExp(`but ${witnessed(witness).at(-1)} were signed.*witness\\.txt`);
    expect(witnessed(witness).at(-1)).toBeGreaterThan(events);
    expectRefusal(await serve(settingsFor(dataDir, settings)), told);
  });
});
