// The evidence thread: everything that is done with the audit log after it was written.
import { parentPort, workerData } from 'node:worker_threads';
import { type EvidenceDuties, evidenceDuties } from '../audit/evidence.ts';
import { SharedLogEnds } from '../audit/log-ends.ts';
import type { Notice } from '../audit/notices.ts';
import { logSource } from '../audit/source.ts';
import { type Reader, sqliteReader } from '../database/reader.ts';
import { connect } from '../database/sqlite.ts';
import { WriterClient } from '../database/writer-client.ts';
import { localKeyProvider } from '../encryption/envelope.ts';
import { serveCalls } from './calls.ts';
import type { EvidenceCall, EvidenceStart } from './protocol.ts';

const start = workerData as EvidenceStart;
const reader = sqliteReader(connect(start.databaseFile, start.pageKey, 'read'));
const ends = new SharedLogEnds(start.logEnds);

const sourceOf = (from: Reader) => logSource(from, localKeyProvider(start.kek), start.secrets);

const writer = new WriterClient(start.writer);

const duties = evidenceDuties({
  digestKey: start.secrets.digest,
  commit: (unit) => writer.commit(unit),
  sizeAtStart: start.sizeAtStart,
  source: sourceOf(reader),
  openSource: () => sourceOf(sqliteReader(connect(start.databaseFile, start.pageKey, 'read'))),
  settings: start.settings,
  logKey: start.logKey,
  size: () => ends.size(),
  endOf: (wants) => ends.endOf(wants),
  notify: (notice: Notice) => start.notices.postMessage(notice),
  now: Date.now,
});

serveCalls(parentPort!, async ({ duty, args }: EvidenceCall) => {
  const work = duties[duty] as (args: unknown) => Promise<Awaited<ReturnType<EvidenceDuties[typeof duty]>>>;
  return work(args);
});
