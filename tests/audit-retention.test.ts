// Events whose retention is over, in a log that an earlier server wrote: backdated here, since nobody waits for days.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditEvent } from '../packages/server/src/audit/entry.ts';
import { AuditLedger } from '../packages/server/src/audit/ledger.ts';
import { leafOf } from '../packages/server/src/audit/recorder.ts';
import { currentSigner } from '../packages/server/src/audit/signing-keys/current-signer.ts';
import { GroupCommit } from '../packages/server/src/database/group-commit.ts';
import { sqliteReader } from '../packages/server/src/database/reader.ts';
import { connect } from '../packages/server/src/database/sqlite.ts';
import { localKeyProvider } from '../packages/server/src/encryption/envelope.ts';
import { openKeyring } from '../packages/server/src/encryption/keyring.ts';
import { dataKey } from '../packages/server/src/encryption/seal.ts';
import { loadServerSecrets } from '../packages/server/src/encryption/server-keys.ts';
import { sqliteSecretStore } from '../packages/server/src/encryption/store.ts';
import { exportedCheckpoints, exportLog, verifyLog, verifyLogAsText } from './audit-log.ts';
import { memhold, type Server, settingsFor, startServer, temporaryFolder } from './server-process.ts';

const DAY = 86_400_000;
const ADA = '01890000-0000-7000-8000-00000000000a';
const BOB = '01890000-0000-7000-8000-00000000000b';
const retention = { MEMHOLD_AUDIT_RETENTION: 'reads=30d,security=60d' };

/** Appends events to the log of a stopped server, as it would have done some days ago. Returns their positions. */
async function happened(dataDir: string, events: [AuditEvent['type'], daysAgo: number, who: string][]) {
  const { kek, pageKey } = await openKeyring(join(dataDir, 'keyring.json'), { keyFile: `${dataDir}.key` });
  const db = connect(join(dataDir, 'memhold.db'), pageKey, 'write');
  const provider = localKeyProvider(kek);
  const secrets = sqliteSecretStore(db, 'existing');
  const key = dataKey((await loadServerSecrets(secrets, provider)).records);
  const { signer } = await currentSigner(sqliteReader(db), secrets, provider);
  const ledger = new AuditLedger(db, signer, key, Date.now);
  const first = ledger.size;
  const leaves = events.map(([type, daysAgo, id]) => {
    const time = Date.now() - daysAgo * DAY;
    return leafOf(
      { type, time, actor: { kind: 'account', id }, success: true, private: { note: `words of ${id}` } },
      key,
    );
  });
  new GroupCommit(db, ledger).commit([{ steps: [], leaves }]);
  ledger.checkpoint();
  db.close();
  return events.map((_, i) => first + i);
}

let server: Server;
const outside = { key: '', checkpoint: '' };
let old: number[];
beforeAll(async () => {
  const before = await startServer({ settings: retention });
  await before.stop();
  old = await happened(before.dataDir, [
    ['memory.searched', 90, ADA],
    ['memory.searched', 80, BOB],
    ['memory.searched', 70, BOB],
    ['auth.lockout', 65, BOB],
    ['audit.exported', 64, BOB],
    ['memory.created', 63, BOB],
    ['memory.searched', 31, ADA],
    ['auth.lockout', 31, BOB],
    ['memory.searched', 29, BOB],
  ]);
  const { file, key } = await exportLog(before.dataDir);
  outside.key = key;
  outside.checkpoint = join(temporaryFolder(), 'checkpoint.txt');
  writeFileSync(outside.checkpoint, exportedCheckpoints(file).at(-1)!);
  server = await before.restart();
});
afterAll(() => server.stop());

const shell = async (...args: string[]) => {
  const { code, output, errors } = await memhold(args, settingsFor(server.dataDir, retention));
  expect([code, errors]).toEqual([0, '']);
  return output.trimEnd();
};
const retained = () => shell('policies', 'run', 'audit-retention');

/** The exported lines of the aged events: whether each still has its event. */
async function exported() {
  const { file } = await exportLog(server.dataDir);
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const kept = old.map((position) => lines.find(({ index }) => index === position).event !== undefined);
  return { file, lines, kept };
}

test('what is over goes, except what a hold keeps; the log verifies as before, with what was kept outside', async () => {
  const id = JSON.parse(
    await shell('audit', 'hold', 'place', '--reason', 'case 9', '--user', ADA, '--json'),
  ).id;
  expect(await retained()).toBe('audit-retention: 3 removed, 2 held, 0 damaged');
  const { file, lines, kept } = await exported();
  expect(kept).toEqual([true, false, false, false, true, true, true, true, true]);
  const named = lines
    .filter(({ event }) => event?.type === 'audit.records.removed')
    .map(({ event, private: details }) => [
      event.actor.kind,
      details.class,
      details.count,
      event.resource.ids,
    ]);
  expect(named).toEqual([
    ['operator', 'reads', 2, [`${old[1]}-${old[2]}`]],
    ['operator', 'security', 1, [`${old[3]}`]],
  ]);
  const { code, report } = await verifyLog(file, outside);
  expect([code, report.ok, report.problems]).toEqual([0, true, []]);
  const { text } = await verifyLogAsText(file, outside);
  expect(text).toMatch(/3 more events were removed/);

  expect(await retained()).toBe('audit-retention: 0 removed, 2 held, 0 damaged');
  await shell('audit', 'hold', 'lift', id, '--reason', 'case closed');
  expect(await retained()).toBe('audit-retention: 2 removed, 0 held, 0 damaged');
  const after = await exported();
  expect(after.kept).toEqual([false, false, false, false, true, true, false, true, true]);
  expect(JSON.stringify(after.lines)).not.toContain(`words of ${ADA}`);
  expect((await verifyLog(after.file, outside)).report).toMatchObject({ ok: true, problems: [] });
});

test('a start goes on with the same log, and verifies it still', async () => {
  await server.stop();
  server = await server.restart();
  expect(await retained()).toBe('audit-retention: 0 removed, 0 held, 0 damaged');
  const { file } = await exported();
  expect((await verifyLog(file, outside)).code).toBe(0);
});

test('whoever takes an event out without saying so is found', async () => {
  await server.stop();
  const { dataDir } = server;
  const { pageKey } = await openKeyring(join(dataDir, 'keyring.json'), { keyFile: `${dataDir}.key` });
  const db = connect(join(dataDir, 'memhold.db'), pageKey, 'write');
  const take = "UPDATE audit_events SET skeleton = x'', private_sealed = NULL WHERE seq = ?";
  db.prepare(take).run(old[5]);
  db.close();
  const { file } = await exportLog(dataDir);
  const { code, report } = await verifyLog(file, outside);
  expect([code, report.problems[0]]).toMatchObject([1, { code: 'event-missing', index: old[5] }]);
  server = await server.restart();
});
