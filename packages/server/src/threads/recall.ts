// The recall thread: holds the shards, ranks, opens what was found, and reports every read to the audit log.
import { parentPort, workerData } from 'node:worker_threads';
import type { AuditEvent } from '../audit/entry.ts';
import { leafOf } from '../audit/recorder.ts';
import { sqliteReader } from '../database/reader.ts';
import { connect } from '../database/sqlite.ts';
import { WriterClient } from '../database/writer-client.ts';
import { localKeyProvider } from '../encryption/envelope.ts';
import { dataKey } from '../encryption/seal.ts';
import { subjectByDigest } from '../encryption/store.ts';
import { SubjectKeys } from '../encryption/subject-keys.ts';
import { MemoryReading } from '../memories/reading.ts';
import { ShardCache } from '../recall/shard-cache.ts';
import { serveCalls } from './calls.ts';
import type { RecallStart } from './protocol.ts';

const start = workerData as RecallStart;
const reader = sqliteReader(connect(start.databaseFile, start.pageKey, 'read'));
const writer = new WriterClient(start.writer);
const keys = new SubjectKeys(localKeyProvider(start.kek), start.secrets.digest, {
  byDigest: async (digest) => (await reader.all(subjectByDigest, { digest }))[0],
});
const rows = new Map();
const recordsKey = dataKey(start.secrets.records);

/** What does not open was changed from outside. The search goes on without it; the log says so. */
function onUnopened(id: string): void {
  const event: AuditEvent = {
    type: 'security.breach.attempt',
    time: Date.now(),
    actor: { kind: 'system' },
    resource: { type: 'memory', ids: [id] },
    success: false,
    code: 'decryption_failed',
  };
  writer.commit({ steps: [], leaves: [leafOf(event, recordsKey)] }).catch(() => undefined);
}

const shards = new ShardCache({
  reader,
  keys,
  publishedHead: new Int32Array(start.publishedHead),
  maxBytes: start.cacheBytes,
  onChanged: (row) => rows.delete(row),
  onUnopened,
});
const reading = new MemoryReading({
  reader,
  keys,
  shards,
  rows,
  recordsKey,
  commit: (unit) => writer.commit(unit),
  queueIsFull: () => writer.isFull,
  onUnopened,
});

serveCalls(parentPort!, (request: Parameters<typeof reading.answer>[0]) => reading.answer(request));
