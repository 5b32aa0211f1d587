import { expect, test } from 'vitest';
import { apiOf, bearer } from './api.ts';
import { type Entered, entered, PASSWORD } from './attacks/entrance.ts';
import { exportedEvents, exportLog } from './audit-log.ts';
import { type Server, startServer } from './server-process.ts';

/** All at once, so that the stop finds the queue full. */
const SEARCHES = 500;

/** The administrator's first password has to be changed before anything else. */
async function adminOf({ url, adminPassword }: Server): Promise<Entered> {
  const open = apiOf(url);
  const login = await open('POST', '/auth/login', { username: 'admin', password: adminPassword });
  const words = { current_password: adminPassword, new_password: PASSWORD };
  return entered(url, await open('POST', '/auth/change-password', words, bearer(login.body.access_token)));
}

test('a namespace that defers its read events loses none of them at a clean stop', async () => {
  const server = await startServer();
  const admin = await adminOf(server);
  const changed = await admin.api('PATCH', `/namespaces/${admin.namespace}`, { audit_reads: 'deferred' });
  expect(changed.body.settings).toMatchObject({ audit_reads: 'deferred' });
  const made = await server.api('POST', '/memories', { content: 'who reads this is told', user_id: 'u' });
  const searches = Array.from({ length: SEARCHES }, () =>
    server.api('POST', '/memories/search', { query: 'told', user_id: 'u' }),
  );
  const answers = await Promise.all(searches);
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  await server.stop();

  const events = exportedEvents((await exportLog(server.dataDir)).file);
  const searched = events.filter(({ type }) => type === 'memory.searched');
  expect(searched).toHaveLength(SEARCHES);
  expect(searched.every(({ resource }) => resource?.ids[0] === made.body.id)).toBe(true);
});

test('at level debug the log tells of every right that was looked up, at info of none', async () => {
  const counts = [];
  for (const MEMHOLD_AUDIT_LEVEL of ['debug', 'info']) {
    const server = await startServer({ settings: { MEMHOLD_AUDIT_LEVEL } });
    await (await adminOf(server)).api('GET', '/users');
    await server.stop();
    const events = exportedEvents((await exportLog(server.dataDir)).file);
    const of = (type: string) => events.filter((event) => event.type === type).length;
    counts.push([of('authz.permission.checked'), of('authz.access.granted')]);
  }
  expect(counts).toEqual([
    [2, 2],
    [0, 0],
  ]);
});
