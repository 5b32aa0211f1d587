import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { EvidenceDuties, EvidenceSettings } from '../audit/evidence.ts';
import { SharedLogEnds } from '../audit/log-ends.ts';
import type { Notice } from '../audit/notices.ts';
import { DatabaseError, type DatabaseErrorCode } from '../database/errors.ts';
import { WriterClient } from '../database/writer-client.ts';
import type { ServerSecrets } from '../encryption/server-keys.ts';
import type { ReadRequest, ReadResult } from '../memories/requests.ts';
import { CallClient } from './calls.ts';
import { MemoryPipeline } from './pipeline.ts';
import type {
  EvidenceCall,
  EvidenceStart,
  RecallStart,
  ScreenStart,
  WriterReady,
  WriterStart,
  WriterStopped,
} from './protocol.ts';

export interface Threads {
  writer: WriterClient;
  pipeline: MemoryPipeline;
  recall: { call(request: ReadRequest): Promise<ReadResult> };
  /** Starts its thread with the first call, or with `watchLog`. */
  evidence: EvidenceDuties;
  /** Starts the evidence thread as soon as the log grows, or at once; `tell` gets what it notices. */
  watchLog(when: 'now' | 'when it grows', tell: (notice: Notice) => void): void;
  secrets: ServerSecrets;
  /** Verifier key text of the key that signed the log when this start began. */
  logKey: string;
  /** Events of the audit log that are committed. */
  logSize(): number;
  /** False once the disk failed under a commit, or a thread is gone. */
  writable(): boolean;
  /** Resolves with the reason if a thread dies: the server must then stop. */
  died: Promise<Error>;
  close(): Promise<void>;
}

export interface ThreadOptions {
  databaseFile: string;
  pageKey: Uint8Array;
  kek: Uint8Array;
  cacheBytes: number;
  evidence: EvidenceSettings;
}

/** In a checkout the sources run; the published package has one bundle a thread. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** Until something happens there is nothing to prove, and the thread would only take room. */
const LOG_LOOK_MS = 1000;

function spawn(name: string, workerData: object, transfer: MessagePort[]): Worker {
  const file = new URL(`./${name}.${extension}`, import.meta.url);
  return new Worker(file, { name: `memhold-${name}`, workerData, transferList: transfer as never });
}

/**
 * Starts the writer. The screen and the recall thread start with the first change and the first read: each takes
 * 25 MB, and an idle server needs neither.
 * @throws DatabaseError when the database does not open.
 */
export async function startThreads(options: ThreadOptions): Promise<Threads> {
  const { databaseFile, pageKey, kek, cacheBytes } = options;
  const lines = [
    new MessageChannel(),
    new MessageChannel(),
    new MessageChannel(),
    new MessageChannel(),
  ] as const;
  const publishedHead = new SharedArrayBuffer(4);
  const ends = new SharedLogEnds();
  const ports = lines.map(({ port2 }) => port2);
  const logEnds = ends.memory;
  const writerStart: WriterStart = { databaseFile, pageKey, kek, ports, publishedHead, logEnds };
  const writerThread = spawn('writer', writerStart, ports);
  const ready = await new Promise<WriterReady>((resolve, reject) => {
    writerThread.once('message', resolve);
    writerThread.once('error', reject);
  });
  if (!ready.ok) {
    await writerThread.terminate();
    throw new DatabaseError(ready.code as DatabaseErrorCode, ready.message);
  }
  let writable = true;
  writerThread.on('message', (message: Partial<WriterStopped>) => {
    if (message.stopped) writable = false;
  });
  const { secrets, logKey } = ready;
  const sizeAtStart = ends.size();
  const writer = new WriterClient(lines[0].port1);
  let screenThread: Worker | undefined;
  let recallThread: Worker | undefined;
  let recall: CallClient<ReadRequest, ReadResult> | undefined;
  let evidenceThread: Worker | undefined;
  let evidenceCalls: CallClient<EvidenceCall, unknown> | undefined;
  let tell: (notice: Notice) => void = () => undefined;
  let watching: NodeJS.Timeout | undefined;
  let closing = false;
  let died: (reason: Error) => void = () => undefined;
  const death = new Promise<Error>((resolve) => {
    died = resolve;
  });
  const watch = (name: string, thread: Worker) => {
    const lost = (cause: unknown) => {
      if (closing) return;
      const error = new DatabaseError('storage_failed', `The ${name} thread stopped: restart the server.`, {
        cause,
      });
      writable = false;
      writer.lost(error);
      recall?.lost(error);
      evidenceCalls?.lost(error);
      died(error);
    };
    thread.on('error', lost);
    thread.on('exit', () => lost(undefined));
  };
  watch('writer', writerThread);

  const startScreen = () => {
    const start: ScreenStart = { kek, secrets, writer: lines[1].port1 };
    screenThread = spawn('screen', start, [lines[1].port1]);
    watch('screen', screenThread);
    return screenThread;
  };
  const startRecall = () => {
    const writerPort = lines[2].port1;
    const start: RecallStart = {
      databaseFile,
      pageKey,
      kek,
      secrets,
      writer: writerPort,
      publishedHead,
      cacheBytes,
    };
    recallThread = spawn('recall', start, [writerPort]);
    watch('recall', recallThread);
    return new CallClient<ReadRequest, ReadResult>(recallThread as unknown as MessagePort);
  };

  const startEvidence = () => {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (notice: Notice) => tell(notice));
    port1.unref();
    const start: EvidenceStart = {
      databaseFile,
      pageKey,
      kek,
      secrets,
      logKey,
      logEnds,
      notices: port2,
      writer: lines[3].port1,
      sizeAtStart,
      settings: options.evidence,
    };
    evidenceThread = spawn('evidence', start, [port2, lines[3].port1]);
    watch('evidence', evidenceThread);
    return new CallClient<EvidenceCall, unknown>(evidenceThread as unknown as MessagePort);
  };
  const askEvidence = (duty: EvidenceCall['duty'], args: unknown) => {
    clearInterval(watching);
    evidenceCalls ??= startEvidence();
    return evidenceCalls.call({ duty, args });
  };
  const evidence = new Proxy({} as EvidenceDuties, {
    get: (_, duty) => (args: unknown) => askEvidence(duty as EvidenceCall['duty'], args),
  });

  return {
    writer,
    evidence,
    watchLog(when, told) {
      tell = told;
      const before = ends.size();
      if (when === 'now') return void askEvidence('settle', {}).catch(() => undefined);
      watching = setInterval(() => {
        if (ends.size() > before) askEvidence('settle', {}).catch(() => undefined);
      }, LOG_LOOK_MS);
      watching.unref();
    },
    pipeline: new MemoryPipeline(startScreen, writer),
    secrets,
    logKey,
    logSize: () => ends.size(),
    writable: () => writable,
    died: death,
    recall: {
      call(request) {
        recall ??= startRecall();
        return recall.call(request);
      },
    },
    async close() {
      closing = true;
      clearInterval(watching);
      await evidenceCalls?.call({ duty: 'close', args: {} }).catch(() => undefined);
      await evidenceThread?.terminate();
      await recall?.call({ kind: 'settle' }).catch(() => undefined);
      // Readers first: the last connection to close merges the WAL into the database.
      await Promise.all([screenThread?.terminate(), recallThread?.terminate()]);
      if (writable) await writer.close();
      await writerThread.terminate();
    },
  };
}
