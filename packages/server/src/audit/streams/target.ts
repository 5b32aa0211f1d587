import type { AuditRecord } from '../record.ts';

/** One event on its way. */
export interface Outgoing {
  record: AuditRecord;
  /** One line of JSON in the format of the stream. */
  payload: string;
}

/** The other end of a stream. */
export interface StreamTarget {
  /** Resolves when it took all of them; throws when it is not known to have. */
  send(events: readonly Outgoing[]): Promise<void>;
  /**
   * Asked before the first batch: where to go on, when it is known to have lost what it had taken. `unknown` where it
   * lost something and cannot tell since when.
   */
  lostFrom?(): Promise<number | 'unknown' | undefined>;
  close(): Promise<void>;
}
