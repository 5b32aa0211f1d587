import type { MessagePort } from 'node:worker_threads';
import type { EvidenceDuties, EvidenceSettings } from '../audit/evidence.ts';
import type { ServerSecrets } from '../encryption/server-keys.ts';
import type { Entity } from '../encryption/subject-keys.ts';
import type { WriteRequest } from '../memories/requests.ts';
import type { WireError } from './calls.ts';

export interface WriterStart {
  databaseFile: string;
  pageKey: Uint8Array;
  kek: Uint8Array;
  /** Lines to the writer; the main thread's first. */
  ports: MessagePort[];
  /** One 32-bit number, advanced with every commit that changed a memory. */
  publishedHead: SharedArrayBuffer;
  /** Where the audit log ends: audit/log-ends.ts. */
  logEnds: SharedArrayBuffer;
}

export type WriterReady =
  | {
      ok: true;
      secrets: ServerSecrets;
      /** Verifier key text of the key that signs the audit log now; logKeys() knows the ones after it. */
      logKey: string;
    }
  | { ok: false; code: string; message: string };

/** The disk failed under a COMMIT: nothing more is accepted. */
export interface WriterStopped {
  stopped: true;
}

export interface ScreenStart {
  kek: Uint8Array;
  secrets: ServerSecrets;
  writer: MessagePort;
}

export interface RecallStart {
  databaseFile: string;
  pageKey: Uint8Array;
  kek: Uint8Array;
  secrets: ServerSecrets;
  writer: MessagePort;
  publishedHead: SharedArrayBuffer;
  cacheBytes: number;
}

/** One batch of changes; each is acknowledged by the writer, or comes back in `failed`. */
export interface ToScreen {
  batch: { ticket: number; request: WriteRequest }[];
  /** Subjects whose keys must be read again. */
  forget?: { namespaceId: number; entity: Entity }[];
}

/** Sent once a batch is on its way to the writer: the next one may come. */
export interface FromScreen {
  failed: { ticket: number; error: WireError }[];
}

export interface EvidenceStart {
  databaseFile: string;
  pageKey: Uint8Array;
  kek: Uint8Array;
  secrets: ServerSecrets;
  /** As in `WriterReady`. */
  logKey: string;
  logEnds: SharedArrayBuffer;
  notices: MessagePort;
  /** Only to note how far the streams have come. */
  writer: MessagePort;
  /** Events that the log had when the server started: a new stream begins after them. */
  sizeAtStart: number;
  settings: EvidenceSettings;
}

export interface EvidenceCall {
  duty: keyof EvidenceDuties;
  args: unknown;
}
