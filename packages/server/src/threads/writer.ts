// The writer thread: the only connection that writes. Composition only; the rules are in database/ and audit/.
import { parentPort, workerData } from 'node:worker_threads';
import { AuditLedger } from '../audit/ledger.ts';
import { logSigner } from '../audit/log-signer.ts';
import { encodeVerifierKey } from '../audit/note.ts';
import { type DatabaseError, damaged, isDamage } from '../database/errors.ts';
import { GroupCommit } from '../database/group-commit.ts';
import { migrateSqlite } from '../database/migrate.ts';
import { connect } from '../database/sqlite.ts';
import { Writer } from '../database/writer.ts';
import { localKeyProvider } from '../encryption/envelope.ts';
import { loadServerSecrets, loadSigningKey } from '../encryption/server-keys.ts';
import { sqliteSecretStore } from '../encryption/store.ts';
import type { WriterReady, WriterStart, WriterStopped } from './protocol.ts';

const CHECKPOINT_EVERY_MS = 1000;

const { databaseFile, pageKey, kek, ports, publishedHead } = workerData as WriterStart;
const control = parentPort!;

try {
  const db = connect(databaseFile, pageKey, 'write');
  await migrateSqlite(db);
  const provider = localKeyProvider(kek);
  const secretStore = sqliteSecretStore(db);
  const secrets = await loadServerSecrets(secretStore, provider);
  const signer = logSigner(await loadSigningKey(secretStore, provider));
  const ledger = new AuditLedger(db, signer, Date.now);
  const commits = new GroupCommit(db, ledger);
  const heads = new Int32Array(publishedHead);

  const checkpoint = () => {
    try {
      if (!commits.stopped) ledger.checkpoint();
    } catch {
      // A full disk: the leaves are safe, the next second signs them.
    }
  };
  const timer = setInterval(checkpoint, CHECKPOINT_EVERY_MS);

  new Writer({
    commits,
    ports,
    // Shards skip their catch-up query while this number stands still.
    afterGroup(outcomes) {
      if (commits.stopped) control.postMessage({ stopped: true } satisfies WriterStopped);
      if (outcomes.some(({ unit, ok }) => ok && unit.subject)) Atomics.add(heads, 0, 1);
    },
    onClose() {
      clearInterval(timer);
      checkpoint();
      db.close();
    },
  });
  const ready: WriterReady = {
    ok: true,
    secrets,
    verifierKey: encodeVerifierKey(signer),
    events: ledger.size,
  };
  control.postMessage(ready);
} catch (error) {
  const { code = 'storage_failed', message } = (
    isDamage(error) ? damaged(databaseFile, error) : error
  ) as DatabaseError;
  control.postMessage({ ok: false, code, message } satisfies WriterReady);
}
