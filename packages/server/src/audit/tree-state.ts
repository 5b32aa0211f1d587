import { DatabaseError } from '../database/errors.ts';
import { type Address, type DataKey, open, seal } from '../encryption/seal.ts';
import { openCheckpoint } from './checkpoint.ts';
import { Frontier } from './merkle.ts';
import type { Verifier } from './note.ts';
import { equalBytes } from './sha256.ts';

const TREE: Address = { namespace: 0, table: 'audit_tree', row: '1', field: 'frontier' };

/**
 * The frontier as it is stored: sealed, because what it says is what the log signs next. Somebody who can write to
 * the database but lacks the key-encryption key could otherwise have a rewritten log signed.
 */
export function sealFrontier(key: DataKey, frontier: Frontier): Buffer {
  return seal(key, TREE, frontier.encode());
}

/**
 * Opens the stored frontier and compares it with the newest signed checkpoint.
 * @throws DatabaseError `audit_log_tampered` when they are not what this log wrote.
 */
export function openFrontier(
  key: DataKey,
  sealed: Uint8Array,
  newest: { size: number; note: string } | undefined,
  verifier: Verifier,
): Frontier {
  try {
    const frontier = Frontier.decode(open(key, TREE, sealed));
    if (newest) {
      const checkpoint = openCheckpoint(newest.note, [verifier]);
      const fits = checkpoint.size < frontier.size || equalBytes(checkpoint.root, frontier.root());
      if (checkpoint.size > frontier.size || !fits) throw new Error('the checkpoint is of another log');
      // An old one under a larger number would stand in for all newer ones.
      if (checkpoint.size !== newest.size) throw new Error('the checkpoint is of another size');
    }
    return frontier;
  } catch (cause) {
    throw tampered({ cause });
  }
}

/** There is no state of the tree, in a log that has had one. */
export const treeMissing = (): DatabaseError => tampered();

function tampered(options?: ErrorOptions): DatabaseError {
  const message =
    'The state of the audit log was changed from outside: export and verify it, then restore the data folder.';
  return new DatabaseError('audit_log_tampered', message, options);
}
