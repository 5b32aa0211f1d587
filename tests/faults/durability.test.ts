import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { exportedEvents, exportLog, verifyLog } from '../audit-log.ts';
import { startServer } from '../server-process.ts';
import { listAll, WritingClient } from './writer-model.ts';

const long = process.env.MEMHOLD_TEST_LONG === '1';
const KILLS = long ? 200 : 12;
const CLIENTS = 4;
const READY_WITHIN_MS = 10_000;

test(
  `after kill -9 in a write loop, ${KILLS} times, every acknowledged write is there and the audit log holds it`,
  async () => {
    const clients = Array.from({ length: CLIENTS }, (_, i) => new WritingClient(`writer-${i}`));
    let server = await startServer();
    let slowestStart = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const key = server.apiKey;
      const writing = clients.map((client) => client.writeUntilGone(server.url, key));
      // Every other time only once something was acknowledged: on a slow machine the first write takes longer than this.
      if (kill % 2 === 0) await somethingAcknowledged(clients);
      await wait(30 + Math.random() * 250);
      await server.kill('SIGKILL');
      await Promise.all(writing);

      server = await server.restart();
      slowestStart = Math.max(slowestStart, server.startedIn);
      for (const client of clients) {
        const before = [...client.promised.keys()];
        const wrong = client.check(await listAll(server.api, client.user));
        expect(wrong, `after kill ${kill}`).toEqual([]);
        // By id as well: the newest ones each time, all of them at the end.
        for (const id of kill === KILLS ? before : before.slice(-10)) {
          const { status, body } = await server.api('GET', `/memories/${id}`);
          const state = client.promised.get(id)!;
          expect([id, status, body.content ?? null]).toEqual([id, state === null ? 404 : 200, state]);
        }
      }
    }
    const acknowledged = clients.reduce((sum, client) => sum + client.acknowledged, 0);
    console.log(
      `${KILLS} kills, ${acknowledged} acknowledged writes, slowest start ${Math.round(slowestStart)} ms`,
    );
    expect(acknowledged).toBeGreaterThan(KILLS * CLIENTS);
    expect(slowestStart).toBeLessThan(READY_WITHIN_MS);
    await server.stop();

    const { file, key } = await exportLog(server.dataDir);
    expect(await verifyLog(file, { key })).toMatchObject({ code: 0, report: { ok: true, problems: [] } });
    const events = exportedEvents(file);
    const created = new Set(events.filter(({ type }) => type === 'memory.created').flatMap(idsOf));
    const deleted = new Set(events.filter(({ type }) => type === 'memory.deleted').flatMap(idsOf));
    const promised = clients.flatMap((client) => [...client.promised]);
    const live = promised.filter(([, state]) => state !== null).map(([id]) => id);
    // `promised` was compared with the list after the last kill: it is what is stored.
    expect(promised.filter(([id]) => !created.has(id))).toEqual([]);
    expect([...created].filter((id) => !deleted.has(id)).sort()).toEqual(live.sort());
    expect(events.filter(({ type }) => type === 'system.startup')).toHaveLength(KILLS + 1);
  },
  KILLS * 10_000,
);

async function somethingAcknowledged(clients: readonly WritingClient[]): Promise<void> {
  const all = () => clients.reduce((sum, client) => sum + client.acknowledged, 0);
  const before = all();
  while (all() === before) await wait(5);
}

const idsOf = ({ resource }: { resource?: { ids: string[] } }) => resource?.ids ?? [];
