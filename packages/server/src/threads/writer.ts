// The writer thread: the only connection that writes. Composition only; the rules are in database/ and audit/.
import { parentPort, workerData } from 'node:worker_threads';
import { AuditLedger } from '../audit/ledger.ts';
import { SharedLogEnds } from '../audit/log-ends.ts';
import { encodeVerifierKey } from '../audit/note.ts';
import { currentSigner } from '../audit/signing-keys/current-signer.ts';
import { KeyRotation, type RotationRequest } from '../audit/signing-keys/rotation.ts';
import { DatabaseError, damaged, isDamage, isFull } from '../database/errors.ts';
import { GroupCommit } from '../database/group-commit.ts';
import { migrateSqlite } from '../database/migrate.ts';
import { sqliteReader } from '../database/reader.ts';
import { connect } from '../database/sqlite.ts';
import { advancesOf } from '../database/unit.ts';
import { Writer } from '../database/writer.ts';
import { localKeyProvider } from '../encryption/envelope.ts';
import { dataKey } from '../encryption/seal.ts';
import { loadServerSecrets } from '../encryption/server-keys.ts';
import { sqliteSecretStore } from '../encryption/store.ts';
import type { WriterReady, WriterStart, WriterStopped } from './protocol.ts';

const CHECKPOINT_EVERY_MS = 1000;

/** Why the database does not open, in words that say what to do. */
function explained(error: unknown): DatabaseError {
  if (isDamage(error)) return damaged(databaseFile, error);
  if (String((error as { code?: string }).code).startsWith('SQLITE_'))
    return new DatabaseError(
      'storage_failed',
      `${databaseFile} cannot be used: is the disk full, or read-only?`,
    );
  return error as DatabaseError;
}

const { databaseFile, pageKey, kek, ports, publishedHead, logEnds } = workerData as WriterStart;
const control = parentPort!;

try {
  const db = connect(databaseFile, pageKey, 'write');
  await migrateSqlite(db);
  const provider = localKeyProvider(kek);
  const secretStore = sqliteSecretStore(db, 'new or existing');
  const secrets = await loadServerSecrets(secretStore, provider);
  const current = await currentSigner(sqliteReader(db), secretStore, provider);
  const recordsKey = dataKey(secrets.records);
  const ends = new SharedLogEnds(logEnds);
  const ledger = new AuditLedger(db, current.signer, recordsKey, Date.now, {
    mayBeNew: secretStore.isNew,
    ends,
  });
  const commits = new GroupCommit(db, ledger);
  const keys = new KeyRotation(current, { ledger, commits, provider, recordsKey, now: Date.now });
  const heads = new Int32Array(publishedHead);

  const checkpoint = () => {
    try {
      if (!commits.stopped) ledger.checkpoint();
    } catch (error) {
      // On a full disk the leaves are safe, and a later second signs them.
      if (isFull(error)) return;
      commits.stopFor(error as Error);
      control.postMessage({ stopped: true } satisfies WriterStopped);
    }
  };
  const timer = setInterval(checkpoint, CHECKPOINT_EVERY_MS);

  new Writer({
    commits,
    ports,
    // Shards skip their catch-up query while this number stands still.
    afterGroup(outcomes) {
      if (commits.stopped) control.postMessage({ stopped: true } satisfies WriterStopped);
      if (outcomes.some(({ unit, ok }) => ok && advancesOf(unit).length > 0)) Atomics.add(heads, 0, 1);
    },
    calls: { rotateSigningKey: (request: RotationRequest) => keys.rotate(request) },
    onClose() {
      clearInterval(timer);
      checkpoint();
      db.close();
    },
  });
  control.postMessage({ ok: true, secrets, logKey: encodeVerifierKey(current.signer) } satisfies WriterReady);
} catch (error) {
  const { code = 'storage_failed', message } = explained(error);
  control.postMessage({ ok: false, code, message } satisfies WriterReady);
}
