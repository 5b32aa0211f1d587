import { generateKeyPairSync } from 'node:crypto';
import type { InProcessWriter } from '../../../database/testing/in-process-writer.ts';
import { dataKey } from '../../../encryption/seal.ts';
import type { AuditEvent } from '../../entry.ts';
import { AuditLedger } from '../../ledger.ts';
import { logSigner } from '../../log-signer.ts';
import type { Signer } from '../../note.ts';
import { leafOf } from '../../recorder.ts';

export const START = Date.parse('2026-03-01T12:00:00Z');
const KEY = dataKey(Buffer.alloc(32, 7));

export const newSigner = (): Signer => logSigner(generateKeyPairSync('ed25519').privateKey);

const eventAt = (seq: number): AuditEvent => ({
  type: seq % 3 === 0 ? 'memory.created' : 'memory.retrieved',
  time: START + seq,
  actor: { kind: 'account', id: 'a1' },
  resource: { type: 'memory', ids: [`m${seq}`] },
  success: true,
});

/** The real ledger on a database, with a hand on its commits. */
export interface TestLog {
  readonly signer: Signer;
  size(): number;
  /** Appends events in one group and commits, or is interrupted before the commit. */
  append(count: number, end?: 'commit' | 'rollback'): void;
  checkpoint(): void;
}

export function testLog({ db }: Pick<InProcessWriter, 'db'>, signer = newSigner()): TestLog {
  const ledger = new AuditLedger(db, signer, KEY, () => START + ledger.size);
  return {
    signer,
    size: () => ledger.size,
    append(count, end = 'commit') {
      db.exec('BEGIN IMMEDIATE');
      const first = ledger.size;
      for (let seq = first; seq < first + count; seq++) ledger.append(leafOf(eventAt(seq), KEY));
      ledger.beforeCommit();
      db.exec(end);
      if (end === 'commit') ledger.afterCommit();
      else ledger.discard();
    },
    checkpoint: () => ledger.checkpoint(),
  };
}
