// The screen thread: scans, seals and packs every change of memories, and hands it to the writer.
// It keeps this work, the larger part of a write, off the event loop that serves HTTP.
import { parentPort, workerData } from 'node:worker_threads';
import { leafOf } from '../audit/recorder.ts';
import { subjectSource } from '../audit/subject-source.ts';
import type { Unit } from '../database/unit.ts';
import { WriterClient } from '../database/writer-client.ts';
import { localKeyProvider } from '../encryption/envelope.ts';
import { dataKey } from '../encryption/seal.ts';
import { SubjectKeys } from '../encryption/subject-keys.ts';
import { MemoryWriting } from '../memories/writing.ts';
import { wireError } from './calls.ts';
import type { FromScreen, ScreenStart, ToScreen } from './protocol.ts';

const { kek, secrets, writer: port } = workerData as ScreenStart;
const main = parentPort!;
const writer = new WriterClient(port);

const recordsKey = dataKey(secrets.records);
const source = subjectSource(writer, recordsKey);
const keys = new SubjectKeys(localKeyProvider(kek), secrets.digest, source);
const writing = new MemoryWriting(keys, (event) =>
  writer.commit({ steps: [], leaves: [leafOf(event, recordsKey)] }),
);

main.on('message', async ({ batch, forget }: ToScreen) => {
  for (const { namespaceId, entity } of forget ?? []) keys.forget(namespaceId, entity);
  // Together, so that ten new subjects wait for the writer once and not ten times.
  const prepared = await Promise.allSettled(batch.map(({ request }) => writing.prepare(request)));
  const ready: { ticket: number; unit: Unit; note: unknown }[] = [];
  const failed: FromScreen['failed'] = [];
  for (const [i, outcome] of prepared.entries()) {
    const { ticket } = batch[i]!;
    if (outcome.status === 'fulfilled')
      ready.push({ ticket, unit: outcome.value.unit, note: outcome.value.result });
    else failed.push({ ticket, error: wireError(outcome.reason) });
  }
  if (ready.length > 0) writer.forward(ready);
  main.postMessage({ failed } satisfies FromScreen);
});
