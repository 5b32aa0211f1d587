import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, expect } from 'vitest';
import { GroupCommit } from '../database/group-commit.ts';
import { migrateSqlite } from '../database/migrate.ts';
import { sqliteReader } from '../database/reader.ts';
import { type Connection, connect } from '../database/sqlite.ts';
import type { Leaf } from '../database/unit.ts';
import { localKeyProvider } from '../encryption/envelope.ts';
import { randomBytes } from '../encryption/randomness.ts';
import { dataKey } from '../encryption/seal.ts';
import { sqliteSecretStore } from '../encryption/store.ts';
import type { AuditEvent } from './entry.ts';
import { type ExportSource, exportLog } from './export.ts';
import { AuditLedger } from './ledger.ts';
import { encodeVerifierKey } from './note.ts';
import { leafOf } from './recorder.ts';
import { sampleEvent } from './sample-export.fixture.ts';
import { currentSigner } from './signing-keys/current-signer.ts';
import { KeyRotation } from './signing-keys/rotation.ts';

const kek = randomBytes(32);
const pageKey = randomBytes(32);
export const recordsKey = dataKey(randomBytes(32));
const provider = localKeyProvider(kek);
const stands = { sql: 'select 1 as stands', parameters: [], otherwise: 'stale_authorization' };
const event = {
  type: 'audit.key.rotated',
  time: 1_790_000_000_000,
  actor: { kind: 'system' },
  success: true,
} as const;

const folders: string[] = [];
const connections: Connection[] = [];
afterEach(() => {
  for (const db of connections.splice(0)) db.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'memhold-log-'));
  folders.push(folder);
  return folder;
}

/** What the writer thread has of the log, on a database file; open one again for a restart. */
export async function openLog(folder = newFolder()) {
  const db = connect(join(folder, 'memhold.db'), pageKey, 'write');
  connections.push(db);
  await migrateSqlite(db);
  const reader = sqliteReader(db);
  const secrets = sqliteSecretStore(db, 'new or existing');
  const current = await currentSigner(reader, secrets, provider);
  const ledger = new AuditLedger(db, current.signer, recordsKey, Date.now);
  const commits = new GroupCommit(db, ledger);
  const keys = new KeyRotation(current, { ledger, commits, provider, recordsKey, now: Date.now });
  const commit = (leaf: Leaf) => expect(commits.commit([{ steps: [], leaves: [leaf] }])[0]!.ok).toBe(true);
  return {
    folder,
    db,
    reader,
    ledger,
    key: encodeVerifierKey(current.signer),
    current: () => currentSigner(reader, secrets, provider),
    rotate: (guard = stands) => keys.rotate({ event, guard }),
    record: (one: AuditEvent, signed = false, key = recordsKey) =>
      commit({ ...leafOf(one, key), ...(signed && { signed }) }),
    append(count: number) {
      for (let i = 0; i < count; i++) commit(leafOf(sampleEvent(ledger.size), recordsKey));
    },
    async export(keyById: ExportSource['keyById'] = async () => recordsKey) {
      const lines: Buffer[] = [];
      const out = new Writable({
        write(chunk, _encoding, done) {
          lines.push(Buffer.from(chunk));
          done();
        },
      });
      const { signer } = await currentSigner(reader, secrets, provider);
      const { key } = await exportLog({ reader, signer, treeKey: recordsKey, keyById, now: Date.now }, out);
      return { key, lines };
    },
  };
}
