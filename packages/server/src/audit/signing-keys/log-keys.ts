import { DatabaseError } from '../../database/errors.ts';
import type { Reader } from '../../database/reader.ts';
import { parseVerifierKey } from '../note.ts';
import { keyNotes } from '../store.ts';
import { KeyChain } from './key-chain.ts';

/**
 * The public keys of the log, for whoever reads it without its private key. `knownKey` is the verifier key text of
 * the key that signed when the server started: a chain without it was put into the database by somebody else.
 * @throws DatabaseError `audit_log_tampered`.
 */
export async function logKeys(reader: Pick<Reader, 'all'>, knownKey: string): Promise<KeyChain> {
  const known = parseVerifierKey(knownKey);
  const rows = await reader.all(keyNotes, {});
  if (rows.length === 0) return KeyChain.of(known);
  try {
    const chain = KeyChain.ofNotes(rows.map(({ note }) => note));
    if (chain.indexOf(known) >= 0) return chain;
  } catch {
    // Said below, like a chain of other keys.
  }
  const message =
    'The keys of the audit log were changed from outside: export and verify it, then restore the data folder.';
  throw new DatabaseError('audit_log_tampered', message);
}

/** The same, for whoever asks often: what did not change is not checked again, as each note costs two signatures. */
export function keptLogKeys(reader: Pick<Reader, 'all'>, knownKey: string): () => Promise<KeyChain> {
  let kept: KeyChain | undefined;
  return async () => {
    const rows = kept ? await reader.all(keyNotes, {}) : [];
    const isSame =
      kept?.rotations.length === rows.length && rows.every(({ note }, i) => note === kept!.rotations[i]);
    if (!isSame) kept = await logKeys(reader, knownKey);
    return kept!;
  };
}
