import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Api } from '../api.ts';
import { exportedEvents, exportLog, verifyLog } from '../audit-log.ts';
import { type Server, startServer } from '../server-process.ts';
import { canInject, holderOf, inject } from './strace.ts';
import { smallVolume } from './volume.ts';
import { listAll } from './writer-model.ts';

const long = process.env.MEMHOLD_TEST_LONG === '1';
const CRASH_POINTS = long ? 40 : 6;
/** An add is about ten writes: the points lie in the first and in later ones. */
const STRIDE = 3;
const USER = 'writer';
const memory = (content: string) => ({ content, user_id: USER });

/** What is stored and what the log tells must be the same: no data without its event, no event without its data. */
async function expectAgreement(server: Server, api: Api): Promise<{ stored: number; events: number }> {
  const listed = await listAll(api, USER);
  const { file, key } = await exportLog(server.dataDir);
  expect(await verifyLog(file, { key })).toMatchObject({ code: 0, report: { ok: true } });
  const events = exportedEvents(file);
  const created = events
    .filter(({ type }) => type === 'memory.created')
    .flatMap(({ resource }) => resource!.ids);
  expect([...listed.keys()].sort()).toEqual(created.sort());
  return { stored: listed.size, events: events.length };
}

describe.skipIf(!canInject)('system calls that fail', () => {
  test(
    `a kill at ${CRASH_POINTS} points among the writes to the disk leaves no data without its event, nor the reverse`,
    async () => {
      let server = await startServer();
      let acknowledged = 0;
      let died = 0;
      for (let point = 1; point <= CRASH_POINTS; point++) {
        const tracer = await inject(
          holderOf(server.dataDir),
          `pwrite64:signal=SIGKILL:when=${1 + STRIDE * (point - 1)}`,
        );
        for (let n = 0; n < 10; n++) {
          const answer = await tracer.orDeath(server.api('POST', '/memories', memory(`${point} ${n}`)));
          if (answer === undefined) break;
          if (answer.status === 201) acknowledged++;
        }
        if ((await server.kill('SIGKILL')) === 'SIGKILL') died++;
        server = await server.restart();
        const { stored } = await expectAgreement(server, server.api);
        expect(stored).toBeGreaterThanOrEqual(acknowledged);
      }
      console.log(`${died} kills at ${CRASH_POINTS} points, ${acknowledged} acknowledged writes`);
      expect(died).toBe(CRASH_POINTS);
      expect(acknowledged).toBeGreaterThan(0);
      await server.stop();
    },
    CRASH_POINTS * 15_000,
  );

  test('an fsync that fails stops the writer: nothing is tried again and called stored', async () => {
    const server = await startServer();
    expect((await server.api('POST', '/memories', memory('before'))).status).toBe(201);
    const tracer = await inject(holderOf(server.dataDir), 'fdatasync,fsync:error=EIO');
    const failed = await server.api('POST', '/memories', memory('during'));
    expect([failed.status, failed.body.code]).toEqual([503, 'storage_failed']);
    await tracer.stop();

    // The disk works again; what this process knows of it does not.
    const after = await server.api('POST', '/memories', memory('after'));
    expect([after.status, after.body.code]).toEqual([503, 'storage_failed']);
    expect((await server.api('GET', '/ready')).status).toBe(503);
    expect(await server.api('GET', '/health')).toMatchObject({
      status: 200,
      body: { memory_service_available: false },
    });
    await server.kill('SIGTERM');

    const next = await server.restart();
    const texts = [...(await listAll(next.api, USER)).values()];
    expect(texts).toContain('before');
    expect(texts).not.toContain('after');
    await expectAgreement(next, next.api);
    expect((await next.api('POST', '/memories', memory('again'))).status).toBe(201);
    await next.stop();
  });
});

describe('a full disk', () => {
  const volume = smallVolume(24 * 1024);
  test.skipIf(!volume)(
    'refuses changes whole, keeps health up, and takes them again once there is room',
    async () => {
      onTestFinished(() => volume!.unmount());
      const server = await startServer({ dataDir: join(volume!.path, 'data') });
      expect((await server.api('POST', '/memories', memory('room'))).status).toBe(201);
      volume!.fill(64 * 1024);
      let refused = 0;
      for (let n = 0; n < 200 && refused < 5; n++) {
        const { status, body } = await server.api('POST', '/memories', memory(`${n} ${'x'.repeat(8000)}`));
        if (status === 201) continue;
        expect([status, body.code]).toEqual([503, 'storage_full']);
        refused++;
      }
      expect(refused).toBe(5);
      expect((await server.api('GET', '/health')).status).toBe(200);

      volume!.empty();
      expect((await server.api('POST', '/memories', memory('room again'))).status).toBe(201);
      await expectAgreement(server, server.api);
      await server.stop();
    },
  );
});
