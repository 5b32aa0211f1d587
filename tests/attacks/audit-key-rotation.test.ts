import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { localFetch } from '../../packages/server/src/http/local-fetch.ts';
import { localSocketPath } from '../../packages/server/src/http/local-socket-path.ts';
import { exportedCheckpoints, exportedEvents, exportLog, verifyLog, verifyLogAsText } from '../audit-log.ts';
import { memhold, type Server, settingsFor, startServer, temporaryFolder } from '../server-process.ts';
import { newPerson, startWithAdmin } from './cast.ts';

interface Rotated {
  key: string;
  previous_key: string;
  size: number;
  generation: number;
}

async function rotateKey(dataDir: string): Promise<Rotated> {
  const { code, output, errors } = await memhold(['audit', 'rotate-key', '--json'], settingsFor(dataDir));
  if (code !== 0) throw new Error(`audit rotate-key ended with ${code}: ${output}${errors}`);
  return JSON.parse(output);
}

function noteFile(note: string): string {
  const file = join(temporaryFolder(), 'checkpoint.txt');
  writeFileSync(file, note);
  return file;
}

const tellTales = (server: Server, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, i) =>
      server.api('POST', '/memories', { content: `fact ${i}`, user_id: 'u' }),
    ),
  );

describe('a log whose key was replaced, by a running server and by none', () => {
  /** Key texts, oldest first, and a checkpoint that each of them has signed last. */
  const keys: string[] = [];
  const checkpoints: string[] = [];
  let file: string;
  let sizes: number[];

  beforeAll(async () => {
    const server = await startServer();
    await tellTales(server, 5);
    const first = await rotateKey(server.dataDir);
    await tellTales(server, 5);
    await server.stop();
    const second = await rotateKey(server.dataDir);
    expect([first.generation, second.generation, second.previous_key]).toEqual([1, 2, first.key]);
    const again = await server.restart();
    await tellTales(again, 5);
    await again.stop();
    const exported = await exportLog(server.dataDir);
    file = exported.file;
    sizes = [first.size, second.size, exported.size];
    expect(exported.key).toBe(second.key);
    keys.push(first.previous_key, first.key, second.key);
    const sizeOf = (note: string) => Number(note.split('\n')[1]);
    const notes = exportedCheckpoints(file);
    checkpoints.push(...sizes.map((size) => noteFile(notes.findLast((note) => sizeOf(note) === size)!)));
  });

  test('tells of both replacements', () => {
    const events = exportedEvents(file);
    const rotated = events.flatMap(({ type }, index) => (type === 'audit.key.rotated' ? [index] : []));
    expect(rotated).toEqual(sizes.slice(0, 2));
    for (const [i, index] of rotated.entries())
      expect(events[index]!.resource).toEqual({
        type: 'audit_key',
        ids: [keys[i], keys[i + 1]].map((key) => key!.split('+')[1]),
      });
  });

  test.each([
    [0, 0],
    [0, 2],
    [1, 0],
    [2, 0],
    [2, 1],
  ])('verifies with key %i of three, and a checkpoint that key %i has signed', async (i, by) => {
    const outside = { key: keys[i]!, checkpoint: checkpoints[by]! };
    const { code, report } = await verifyLog(file, outside);
    expect(code).toBe(0);
    expect(report).toMatchObject({ ok: true, size: sizes[2], key: keys[i] });
    const { text } = await verifyLogAsText(file, outside);
    expect(text).toContain(`the key that you gave (number ${i + 1} of 3)`);
    expect(/Who signed after the first \d+ leaves/.test(text)).toBe(i < 2);
  });

  test('does not verify with the key of another server', async () => {
    const other = await startServer();
    await other.stop();
    const { key } = await exportLog(other.dataDir);
    const { code, report } = await verifyLog(file, { key });
    expect([code, report.problems[0].code]).toEqual([1, 'key-mismatch']);
  });
});

describe('who may replace the key', () => {
  test('an administrator who logged in lately; no key, and nobody else', async () => {
    const { server, admin } = await startWithAdmin();
    const person = await newPerson(server, 'mallory');
    const path = '/audit/signing-key/rotate';
    const refused = [
      await server.api('POST', path, undefined, { 'x-api-key': 'mh_none' }),
      await server.api('POST', path),
      await person.api('POST', path),
    ];
    expect(refused.map(({ status }) => status)).toEqual([401, 403, 403]);
    const { status, body } = await admin.api('POST', path);
    expect([status, body.generation]).toEqual([200, 1]);
    await server.stop();
    const { file, key } = await exportLog(server.dataDir);
    expect(key).toBe(body.key);
    expect(exportedEvents(file).filter(({ type }) => type === 'audit.key.rotated')).toHaveLength(1);
  });
});

describe('a server that is killed while it replaces the key', () => {
  test('leaves a log that opens and verifies, with one key or the other', { timeout: 600_000 }, async () => {
    const rounds = process.env.MEMHOLD_TEST_LONG ? 30 : 5;
    let server = await startServer();
    await tellTales(server, 3);
    const { key } = await exportLog(server.dataDir);
    const rotate = () =>
      localFetch(localSocketPath(server.dataDir), { method: 'POST', path: '/audit/signing-key/rotate' });
    const began = performance.now();
    expect((await rotate()).status).toBe(200);
    const usual = performance.now() - began;
    let answered = 1;
    for (let round = 0; round < rounds; round++) {
      const rotating = rotate().then(
        ({ status }) => {
          if (status === 200) answered++;
        },
        () => undefined,
      );
      const writing = tellTales(server, 5).catch(() => undefined);
      // From before it has begun to after its end.
      await pause((2 * usual * round) / rounds);
      await server.kill('SIGKILL');
      await Promise.all([rotating, writing]);
      server = await server.restart();
    }
    await tellTales(server, 3);
    await server.stop();
    const { file, key: newest } = await exportLog(server.dataDir);
    const rotated = exportedEvents(file).filter(({ type }) => type === 'audit.key.rotated').length;
    console.info(`${rounds} kills: ${answered} rotations were answered, ${rotated} are in the log`);
    expect(rotated).toBeGreaterThanOrEqual(answered);
    for (const outside of [key, newest])
      expect(await verifyLog(file, { key: outside })).toMatchObject({ code: 0, report: { ok: true } });
    expect((await rotateKey(server.dataDir)).generation).toBe(rotated + 1);
  });
});
