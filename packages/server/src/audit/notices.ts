import type { EventType } from './events.ts';

/** What the evidence thread tells the main thread, which records it and counts it. */
export type Notice =
  /** A pattern of events looks like an attack. `ids` are what it is about: accounts, keys, memories. */
  | {
      kind: 'finding';
      /** Stable name, such as `brute_force`. */
      detection: string;
      severity: 'warning' | 'error' | 'critical';
      /** A sentence with counts and ids, no names and no addresses. */
      summary: string;
      namespace?: string;
      resource?: { type: string; ids: string[] };
      /** Erasable details: addresses, names. */
      private?: Record<string, string | number>;
      /** Positions of the first and last event that it was found in. */
      first: number;
      last: number;
    }
  /** An event that somebody must know of at once: it is in the log already. */
  | {
      kind: 'alarm';
      type: EventType;
      severity: 'error' | 'critical';
      /** Its position. */
      index: number;
      action?: string;
      namespace?: string;
      resource?: { type: string; ids: string[] };
    }
  /** A witness or stream stopped or began to take what it is given. */
  | {
      kind: 'sink';
      what: 'witness' | 'stream';
      /** Without credentials: a host, a path. */
      name: string;
      healthy: boolean;
      /** Leaves (witness) or events (stream) that it has not got yet. */
      behind: number;
      error?: string;
    }
  /** A webhook of a namespace stopped or began to take what it is told. */
  | {
      kind: 'webhook';
      id: string;
      /** Public id. */
      namespace: string;
      healthy: boolean;
      /** Events that wait for it. */
      behind: number;
      error?: string;
    }
  /** A log file ended in the middle of a record. */
  | { kind: 'repaired'; file: string; removedBytes: number }
  /** A witness has a checkpoint of more leaves than the log: its tail was lost, or it was set back. */
  | { kind: 'lost'; witness: string; witnessedSize: number; size: number };
