import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import type { Reader } from '../../database/reader.ts';
import { encodeBase64 } from '../base64.ts';
import { type Checkpoint, openCheckpoint } from '../checkpoint.ts';
import type { KeyChain } from '../signing-keys/key-chain.ts';
import { lastCheckpoint } from '../store.ts';
import type { checkpoint } from './answers.ts';
import { ProofError } from './errors.ts';
import { checkpointCovering, checkpointsAfter } from './store.ts';

/** A checkpoint of this log whose signature was checked, with its note. */
export type SignedCheckpoint = Checkpoint & { readonly note: string };

/** The writer signs each second what is new. */
const PATIENCE_MS = 2000;
const LOOK_EVERY_MS = 50;

/** The signed checkpoints of the log, for the evidence thread. All of them @throws ProofError `audit_log_tampered`. */
export class Checkpoints {
  private readonly reader: Pick<Reader, 'all'>;
  private readonly keys: () => Promise<KeyChain>;
  private readonly patienceMs: number;

  constructor(reader: Pick<Reader, 'all'>, keys: () => Promise<KeyChain>, patienceMs = PATIENCE_MS) {
    this.reader = reader;
    this.keys = keys;
    this.patienceMs = patienceMs;
  }

  /** The newest one. Waits up to two seconds for one over at least `size` leaves; there may still be none. */
  async newest(size: number): Promise<SignedCheckpoint | undefined> {
    const end = performance.now() + this.patienceMs;
    for (;;) {
      const [row] = await this.reader.all(lastCheckpoint, {});
      if ((row && row.size >= size) || performance.now() > end) return row && this.open(row);
      await pause(LOOK_EVERY_MS);
    }
  }

  /** The smallest one over at least `size` leaves. */
  async covering(size: number): Promise<SignedCheckpoint | undefined> {
    const [row] = await this.reader.all(checkpointCovering, { size });
    return row && this.open(row);
  }

  /** The smallest one over at least `size` leaves that the newest key signed: an older one is worth less once stolen. */
  async coveringByNewestKey(size: number): Promise<SignedCheckpoint | undefined> {
    const { first } = (await this.keys()).keys.at(-1)!;
    return this.covering(Math.max(size, first));
  }

  /** Those of more than `after` leaves, smallest first. */
  async after(after: number, limit: number): Promise<SignedCheckpoint[]> {
    const rows = await this.reader.all(checkpointsAfter, { after, limit });
    const keys = await this.keys();
    return Promise.all(rows.map((row) => this.open(row, keys)));
  }

  private async open(
    { size, note }: { size: number; note: string },
    known?: KeyChain,
  ): Promise<SignedCheckpoint> {
    const keys = known ?? (await this.keys());
    try {
      const checkpoint = openCheckpoint(note, [keys.signerOf(size)]);
      if (checkpoint.size !== size || checkpoint.origin !== keys.newest.name)
        throw new Error('the checkpoint is of another size or log');
      return { ...checkpoint, note };
    } catch (cause) {
      const message = `The checkpoint of ${size} events in the database is not one that this log signed: export the log and verify it.`;
      throw new ProofError('audit_log_tampered', message, { cause });
    }
  }
}

/** A checkpoint as it is handed out. */
export function presentCheckpoint({ size, root, time, note }: SignedCheckpoint): z.output<typeof checkpoint> {
  return {
    size,
    root: encodeBase64(root),
    time: time === undefined ? null : new Date(time).toISOString(),
    checkpoint: note,
  };
}
