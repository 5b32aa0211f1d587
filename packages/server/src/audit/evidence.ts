import type { Notice } from './notices.ts';
import type { LogSource } from './source.ts';
import { LogTail } from './tail.ts';

/** What of the settings the evidence thread works by. */
export interface EvidenceSettings {
  /** Folder of the database: the newest checkpoint is kept beside it. */
  dataDir: string;
  witnessFile: string | undefined;
  witnessUrl: string | undefined;
  witnessToken: string | undefined;
  streams: readonly string[];
  streamToken: string | undefined;
}

export interface EvidenceContext {
  source: LogSource;
  settings: EvidenceSettings;
  /** Leaves that are committed now. */
  size(): number;
  notify(notice: Notice): void;
  now(): number;
}

/**
 * Everything that is done with the log after it was written: queries, proofs, exports, witnesses, streams,
 * detections. Runs in a thread of its own, so that none of it holds up a write, a search or the event loop.
 */
export function evidenceDuties(context: EvidenceContext) {
  const { source, size } = context;
  const tail = new LogTail(source, size, size(), () => undefined);
  tail.start();
  return {
    /** Resolves when everything that is committed by now was looked at. */
    async settle(_: Record<string, never>): Promise<void> {
      await tail.catchUp();
    },
    async close(_: Record<string, never>): Promise<void> {
      tail.stop();
    },
  };
}

export type EvidenceDuties = ReturnType<typeof evidenceDuties>;
