import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Frontier, leafHash } from '../../packages/server/src/audit/merkle.ts';
import { sealFrontier } from '../../packages/server/src/audit/tree-state.ts';
import { type Connection, connect } from '../../packages/server/src/database/sqlite.ts';
import { localKeyProvider } from '../../packages/server/src/encryption/envelope.ts';
import { openKeyring } from '../../packages/server/src/encryption/keyring.ts';
import { type DataKey, dataKey } from '../../packages/server/src/encryption/seal.ts';
import { loadServerSecrets } from '../../packages/server/src/encryption/server-keys.ts';
import { sqliteSecretStore } from '../../packages/server/src/encryption/store.ts';
import { exportedCheckpoints, exportedEvents, exportLog, verifyLog, verifyLogAsText } from '../audit-log.ts';
import { memhold, type Server, settingsFor, startServer, temporaryFolder } from '../server-process.ts';
import { made, newPerson } from './cast.ts';

/** The public key and a checkpoint, as somebody outside kept them before the attack. */
const outside = { key: '', checkpoint: '' };
let server: Server;
let honest: string;
let size: number;

beforeAll(async () => {
  server = await startServer();
  for (let i = 0; i < 20; i++) await server.api('POST', '/memories', { content: `fact ${i}`, user_id: 'u' });
  await server.stop();
  // A checkpoint stands at the end of each run.
  server = await server.restart();
  await server.api('GET', '/memories?user_id=u');
  await server.stop();
  const exported = await exportLog(server.dataDir);
  honest = exported.file;
  size = exported.size;
  outside.key = exported.key;
  outside.checkpoint = noteFile(exportedCheckpoints(honest).at(-1)!);
});

function noteFile(note: string): string {
  const file = join(temporaryFolder(), 'checkpoint.txt');
  writeFileSync(file, note);
  return file;
}

/** A copy of the stopped installation, changed by an insider who has the key of the pages. */
async function tampered(change: (db: Connection) => void | Promise<void>): Promise<string> {
  const dataDir = join(temporaryFolder(), 'data');
  cpSync(server.dataDir, dataDir, { recursive: true });
  copyFileSync(`${server.dataDir}.key`, `${dataDir}.key`);
  const { pageKey } = await openKeyring(join(dataDir, 'keyring.json'), { keyFile: `${dataDir}.key` });
  const db = connect(join(dataDir, 'memhold.db'), pageKey, 'write');
  await change(db);
  db.close();
  return dataDir;
}

interface Row {
  seq: number;
  leaf: Buffer;
  skeleton: Buffer;
}
const rowAt = (db: Connection, seq: number) =>
  db.prepare('SELECT seq, leaf, skeleton FROM audit_events WHERE seq = ?').get(seq) as Row;

function setSkeleton(db: Connection, seq: number, text: string): void {
  db.prepare('UPDATE audit_events SET skeleton = ? WHERE seq = ?').run(Buffer.from(text), seq);
}

const keyAlone = () => ({ key: outside.key });

/** What `audit verify` says of a tampered folder: with the public key from outside, unless more is given. */
async function verdict(dataDir: string, kept: { key: string; checkpoint?: string } = keyAlone()) {
  const { file } = await exportLog(dataDir);
  return verifyLog(file, kept);
}

test('the honest log verifies, with the key and the checkpoint from outside', async () => {
  expect(size).toBeGreaterThan(20);
  const { code, report } = await verifyLog(honest, outside);
  expect(code).toBe(0);
  expect(report).toMatchObject({ ok: true, size, problems: [] });
  const asText = await verifyLogAsText(honest, outside);
  expect(asText).toEqual({ code: 0, text: expect.stringMatching(/events, verified/) });
});

test('without anything from outside it says what is not proven', async () => {
  const { code, report } = await verifyLog(honest);
  expect(code).toBe(0);
  expect(report.notProven.join(' ')).toMatch(/key/);
  expect(report.notProven.join(' ')).toMatch(/checkpoint/);
});

describe('an insider with the key of the database', () => {
  const at = 9;

  test('edits one event: its index is named', async () => {
    const dataDir = await tampered((db) => {
      const text = rowAt(db, at).skeleton.toString();
      expect(text).toContain('"type":"memory.created"');
      setSkeleton(db, at, text.replace('memory.created', 'memory.deleted'));
    });
    const { file } = await exportLog(dataDir);
    const { code, report } = await verifyLog(file, keyAlone());
    expect([code, report.ok]).toEqual([1, false]);
    expect(report.problems[0]).toMatchObject({ index: at });
    const asText = await verifyLogAsText(file, keyAlone());
    expect(asText.code).toBe(1);
    expect(asText.text).toMatch(new RegExp(`event ${at}: `));
    expect(asText.text).toMatch(/NOT verified/);
  });

  test('edits one character of one event: its index is named', async () => {
    const dataDir = await tampered((db) => {
      const text = rowAt(db, at).skeleton.toString();
      setSkeleton(
        db,
        at,
        text.replace(/"time":(\d+)(\d)/, (_, most, last) => `"time":${most}${(Number(last) + 1) % 10}`),
      );
    });
    const { code, report } = await verdict(dataDir);
    expect(code).toBe(1);
    expect(report.problems.map(({ index }: { index?: number }) => index)).toContain(at);
  });

  test('edits one event and its leaf hash: the range that holds it is named', async () => {
    const dataDir = await tampered((db) => {
      const text = rowAt(db, at).skeleton.toString().replace('"success":true', '"success":false');
      setSkeleton(db, at, text);
      db.prepare('UPDATE audit_events SET leaf = ? WHERE seq = ?').run(leafHash(Buffer.from(text)), at);
    });
    const { code, report } = await verdict(dataDir);
    expect(code).toBe(1);
    const holds = report.problems.some(
      ({ index = -1, last = index }: { index?: number; last?: number }) => index <= at && at <= last,
    );
    expect(holds, JSON.stringify(report.problems)).toBe(true);
  });

  test('deletes one event: the missing index is named', async () => {
    const dataDir = await tampered((db) => {
      db.prepare('DELETE FROM audit_events WHERE seq = ?').run(at);
    });
    const { code, report } = await verdict(dataDir);
    expect(code).toBe(1);
    expect(report.problems[0]).toMatchObject({ index: at });
  });

  test('swaps two events: they are named', async () => {
    const dataDir = await tampered((db) => {
      const [a, b] = [rowAt(db, at), rowAt(db, at + 2)];
      const put = db.prepare('UPDATE audit_events SET leaf = ?, skeleton = ? WHERE seq = ?');
      put.run(b.leaf, b.skeleton, a.seq);
      put.run(a.leaf, a.skeleton, b.seq);
    });
    const { code, report } = await verdict(dataDir);
    expect(code).toBe(1);
    const covers = report.problems.some(
      ({ index = -1, last = index }: { index?: number; last?: number }) => index <= at && at <= last,
    );
    expect(covers, JSON.stringify(report.problems)).toBe(true);
  });

  test('exchanges the private part of an event: its index is named', async () => {
    const dataDir = await tampered((db) => {
      const from = db.prepare('SELECT private_sealed FROM audit_events WHERE seq = ?').get(at + 1) as {
        private_sealed: Buffer;
      };
      db.prepare('UPDATE audit_events SET private_sealed = ? WHERE seq = ?').run(from.private_sealed, at);
    });
    const { code, report } = await verdict(dataDir);
    expect(code).toBe(1);
    expect(report.problems[0]).toMatchObject({ index: at });
  });

  test('takes a private part away: that is no erasure, and its index is named', async () => {
    const dataDir = await tampered((db) => {
      db.prepare('UPDATE audit_events SET private_sealed = NULL WHERE seq = ?').run(at);
    });
    const { code, report } = await verdict(dataDir, outside);
    expect(code).toBe(1);
    expect(report.problems).toEqual([expect.objectContaining({ index: at, code: 'private-mismatch' })]);
  });

  test('takes an event away as if its retention were over: its index is named', async () => {
    const dataDir = await tampered((db) => {
      db.prepare("UPDATE audit_events SET skeleton = x'', private_sealed = NULL WHERE seq = ?").run(at);
    });
    const { code, report } = await verdict(dataDir, outside);
    expect(code).toBe(1);
    expect(report.problems).toEqual([expect.objectContaining({ index: at, code: 'event-missing' })]);
  });

  test('pretends that a user was forgotten: each event under their key is named', async () => {
    const dataDir = await tampered((db) => {
      db.exec("UPDATE subjects SET wrapped_key = x'', state = 'erased'");
    });
    const { code, report } = await verdict(dataDir, outside);
    expect(code).toBe(1);
    expect(report.problemCount).toBeGreaterThanOrEqual(20);
    expect(report.problems[0]).toMatchObject({ code: 'private-mismatch' });
    expect(new Set(report.problems.map((one: { code: string }) => one.code)).size).toBe(1);
  });

  test('a user is forgotten: the private parts under their key are gone, and every proof still holds', async () => {
    const dataDir = await tampered(() => undefined);
    const again = await startServer({ dataDir });
    const ada = await newPerson(again, 'ada');
    await made(ada.api('POST', '/memories', { content: 'soon to be forgotten' }));
    await again.stop();
    const before = await verdict(dataDir, outside);
    expect(before.report.notProven.join(' ')).not.toMatch(/private parts/);
    const { code: removed } = await memhold(['users', 'remove', 'ada', '--yes'], settingsFor(dataDir));
    expect(removed).toBe(0);
    const { code, report } = await verdict(dataDir, outside);
    expect([code, report.ok]).toEqual([0, true]);
    expect(report.notProven.join(' ')).toMatch(/private parts of 1 events said: they were erased/);
  });

  test('writes the name of a forgotten key beside what another sealed: each such event is named', async () => {
    const dataDir = await tampered(() => undefined);
    const again = await startServer({ dataDir });
    const ada = await newPerson(again, 'ada');
    await made(ada.api('POST', '/memories', { content: 'soon to be forgotten' }));
    await again.stop();
    await memhold(['users', 'remove', 'ada', '--yes'], settingsFor(dataDir));
    const { pageKey } = await openKeyring(join(dataDir, 'keyring.json'), { keyFile: `${dataDir}.key` });
    const db = connect(join(dataDir, 'memhold.db'), pageKey, 'write');
    const erased = db.prepare("SELECT key_id FROM subjects WHERE state = 'erased'").pluck().get() as Buffer;
    const ofLogin = db
      .prepare('SELECT max(seq) FROM audit_events WHERE instr(skeleton, \'"type":"auth.login.success"\')')
      .pluck()
      .get() as number;
    for (const seq of [at, ofLogin]) {
      const sealed = db
        .prepare('SELECT private_sealed FROM audit_events WHERE seq = ?')
        .pluck()
        .get(seq) as Buffer;
      sealed.set(erased, 1);
      db.prepare('UPDATE audit_events SET private_sealed = ? WHERE seq = ?').run(sealed, seq);
    }
    db.close();
    const { report } = await verdict(dataDir, outside);
    expect(report.problems).toMatchObject([
      { index: at, code: 'private-mismatch' },
      { index: ofLogin, code: 'private-mismatch' },
    ]);
  });

  test.each([
    ['its last events', 5, (kept: number) => kept + 1],
    ['its last events and the checkpoints over them', 5, (kept: number) => kept],
    ['everything after a checkpoint', undefined, (kept: number) => kept],
  ])(
    'cuts the log, %s: the first missing index is named, without anything from outside',
    async (_, less, last) => {
      let kept = 0;
      const dataDir = await tampered((db) => {
        const signed = db.prepare('SELECT size FROM audit_checkpoints WHERE size < ? ORDER BY size DESC');
        kept = less === undefined ? (signed.pluck().get(size) as number) : size - less;
        db.prepare('DELETE FROM audit_events WHERE seq >= ?').run(kept);
        db.prepare('DELETE FROM audit_checkpoints WHERE size > ?').run(last(kept) === kept ? kept : size);
      });
      expect(kept).toBeGreaterThan(0);
      const { file } = await exportLog(dataDir);
      const { code, report } = await verifyLog(file, keyAlone());
      expect(code).toBe(1);
      expect(report.problems[0]).toMatchObject({ index: kept });
      expect((await verifyLog(file, outside)).code).toBe(1);
    },
  );
});

describe('somebody who has the key-encryption key too, or an old copy of the whole folder', () => {
  test('rewinds the whole log and lets the server sign it anew: only the checkpoint from outside tells', async () => {
    const kept = size - 12;
    const { kek } = await openKeyring(join(server.dataDir, 'keyring.json'), {
      keyFile: `${server.dataDir}.key`,
    });
    let key: DataKey | undefined;
    const dataDir = await tampered(async (db) => {
      const secrets = await loadServerSecrets(sqliteSecretStore(db, 'existing'), localKeyProvider(kek));
      key = dataKey(secrets.records);
      rewind(db, kept, (frontier) => sealFrontier(key!, frontier));
    });
    const { file } = await exportLog(dataDir);
    expect(await verifyLog(file, keyAlone())).toMatchObject({ code: 0 });
    const { code, report } = await verifyLog(file, outside);
    expect(code).toBe(1);
    // An export tells the log of itself.
    expect(report.size).toBeLessThan(size);
    expect(report.problems[0]).toMatchObject({ code: 'truncated', index: report.size });

    // The server goes on with the rewound log: as many events as before, but others.
    const again = await startServer({ dataDir });
    for (let i = 0; i < 20; i++)
      await again.api('GET', '/auth/me', undefined, { 'x-api-key': `mh_wrong${i}` });
    await again.stop();
    const forked = await verdict(dataDir, outside);
    expect(forked.report.size).toBeGreaterThan(size);
    expect(forked.code).toBe(1);
    expect(forked.report.problems[0]).toMatchObject({ code: 'fork' });
  });
});

describe('somebody who puts an older copy of the whole folder back', () => {
  test('and lets the server go on with it: the checkpoint from outside tells, at any length', async () => {
    const first = await startServer();
    await first.stop();
    const older = join(temporaryFolder(), 'data');
    cpSync(first.dataDir, older, { recursive: true });
    copyFileSync(`${first.dataDir}.key`, `${older}.key`);
    const second = await first.restart();
    for (let i = 0; i < 8; i++)
      await second.api('GET', '/auth/me', undefined, { 'x-api-key': `mh_wrong${i}` });
    await second.stop();
    const truth = await exportLog(first.dataDir);
    const checkpoint = noteFile(exportedCheckpoints(truth.file).at(-1)!);
    expect((await verifyLog(truth.file, { key: truth.key, checkpoint })).code).toBe(0);

    const cut = await exportLog(older);
    expect(cut.key).toBe(truth.key);
    expect((await verifyLog(cut.file, { key: truth.key })).code).toBe(0);
    const shorter = await verifyLog(cut.file, { key: truth.key, checkpoint });
    expect(shorter.code).toBe(1);
    expect(shorter.report.problems[0]).toMatchObject({ code: 'truncated', index: cut.size });

    const again = await startServer({ dataDir: older });
    for (let i = 0; i < 20; i++)
      await again.api('GET', '/auth/me', undefined, { 'x-api-key': `mh_other${i}` });
    await again.stop();
    const forked = await exportLog(older);
    expect(forked.size).toBeGreaterThan(truth.size);
    expect((await verifyLog(forked.file, { key: truth.key })).code).toBe(0);
    const fork = await verifyLog(forked.file, { key: truth.key, checkpoint });
    expect(fork.code).toBe(1);
    expect(fork.report.problems[0]).toMatchObject({ code: 'fork' });
  });
});

/** Takes the log back to its first `kept` events, with a state of the tree to fit. */
function rewind(db: Connection, kept: number, encode: (frontier: Frontier) => Uint8Array): void {
  db.prepare('DELETE FROM audit_events WHERE seq >= ?').run(kept);
  db.prepare('DELETE FROM audit_checkpoints WHERE size > ?').run(kept);
  const frontier = new Frontier();
  for (let seq = 0; seq < kept; seq++) frontier.append(rowAt(db, seq).leaf);
  db.prepare('UPDATE audit_tree SET frontier = ? WHERE id = 1').run(encode(frontier));
}

describe('somebody who only has the export', () => {
  const lines = () => readFileSync(honest, 'utf8').trimEnd().split('\n');
  function written(changed: string[]): string {
    const file = join(temporaryFolder(), 'cut.jsonl');
    writeFileSync(file, `${changed.join('\n')}\n`);
    return file;
  }

  /** Cuts after `kept` events as a careful forger would: no later checkpoint, and the header says the new size. */
  function cut(kept: number): string {
    const [header, ...rest] = lines();
    const at = rest.findIndex((line) => line.startsWith(`{"index":${kept},`));
    return written([header!.replace(`"size":${size}`, `"size":${kept}`), ...rest.slice(0, at)]);
  }

  test('cuts its end: the checkpoint from outside finds it', async () => {
    const file = cut(size - 3);
    expect(exportedEvents(file)).toHaveLength(size - 3);
    const { code, report } = await verifyLog(file, outside);
    expect(code).toBe(1);
    expect(report.problems.map((problem: { code: string }) => problem.code)).toContain('truncated');
  });

  test('cuts its end without touching the header: found without anything from outside', async () => {
    const { code } = await verifyLog(written(lines().slice(0, -3)));
    expect(code).toBe(1);
  });

  test('signs it with a key of their own: the key from outside finds it', async () => {
    const other = await startServer();
    await other.stop();
    const forged = await exportLog(other.dataDir);
    expect((await verifyLog(forged.file, { key: forged.key })).code).toBe(0);
    const { code, report } = await verifyLog(forged.file, { key: outside.key });
    expect(code).toBe(1);
    expect(report.ok).toBe(false);
  });

  test('gives an empty file, or one that is no export', async () => {
    expect((await verifyLog(written(['']), outside)).code).toBe(1);
    expect((await verifyLog(written(['{"hello":"world"}']), outside)).code).toBe(1);
  });
});
