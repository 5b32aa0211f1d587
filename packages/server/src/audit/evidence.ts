import type { Unit } from '../database/unit.ts';
import { webhookDuties } from '../webhooks/duties.ts';
import type { WebhookAddresses } from '../webhooks/target.ts';
import { startDetector } from './detections/start.ts';
import { exportDuties } from './exports/duties.ts';
import type { LogEnds } from './log-ends.ts';
import type { Notice } from './notices.ts';
import { proofDuties } from './proofs/duties.ts';
import { queryDuties } from './queries/duties.ts';
import { type OverdueQuery, overdueEvents } from './retention/overdue.ts';
import { keptLogKeys } from './signing-keys/log-keys.ts';
import type { SinkState } from './sink-runner.ts';
import { AuditSinks, type SinkSettings } from './sinks.ts';
import type { LogSource } from './source.ts';
import { LogTail } from './tail.ts';

/** What of the settings the evidence thread works by. */
export type EvidenceSettings = SinkSettings & { webhookAddresses: WebhookAddresses };

export interface EvidenceContext extends LogEnds {
  source: LogSource;
  /** Another connection to the log, for whoever holds one state of it for long; its reader is to be closed. */
  openSource(): LogSource;
  settings: EvidenceSettings;
  /** Verifier key text of the key that signed when the server started: signing-keys/log-keys.ts takes it. */
  logKey: string;
  /** Keys the names of streams in the database. */
  digestKey: Uint8Array;
  /** Events that the log had when the server started. */
  sizeAtStart: number;
  /** Stores how far the streams have come. */
  commit(unit: Unit): Promise<unknown>;
  notify(notice: Notice): void;
  now(): number;
}

/**
 * Everything that is done with the log after it was written: queries, proofs, exports, witnesses, streams,
 * detections. Runs in a thread of its own, so that none of it holds up a write, a search or the event loop.
 */
export function evidenceDuties(context: EvidenceContext) {
  const { source, size } = context;
  const from = size();
  const tail = new LogTail(source, context, from, () => undefined);
  const detector = startDetector(context, from);
  tail.follow(detector);
  const webhooks = webhookDuties({ ...context, tail });
  tail.start();
  const sinks = new AuditSinks({ ...context, source: context.openSource() });
  sinks.start();
  const keys = keptLogKeys(source.reader, context.logKey);
  const exports = exportDuties({ ...context, keys });
  return {
    ...exports,
    ...webhooks,
    ...queryDuties(context),
    ...proofDuties({ ...context, reader: source.reader, keys }),
    /** Events whose retention is over. */
    overdue: (query: OverdueQuery) => overdueEvents(source, query),
    /** Resolves when everything that is committed by now was looked at. */
    async settle(_: Record<string, never>): Promise<void> {
      await detector.ready;
      await tail.catchUp();
    },
    /** How the witnesses and streams are. */
    async sinkStates(_: Record<string, never>): Promise<SinkState[]> {
      return sinks.states();
    },
    async close(_: Record<string, never>): Promise<void> {
      tail.stop();
      await Promise.all([sinks.close(), webhooks.closeWebhooks({})]);
      await exports.closeExports({});
    },
  };
}

export type EvidenceDuties = ReturnType<typeof evidenceDuties>;
