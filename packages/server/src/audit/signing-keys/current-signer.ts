import { DatabaseError } from '../../database/errors.ts';
import type { Reader } from '../../database/reader.ts';
import type { KeyProvider } from '../../encryption/envelope.ts';
import { loadSigningKey, openSigningKey, type SecretStore } from '../../encryption/server-keys.ts';
import { logSigner } from '../log-signer.ts';
import { createSigner, encodeVerifierKey, type Signer } from '../note.ts';
import { newestKey } from '../store.ts';
import { openRotation } from './rotation-note.ts';

/** The key that signs the log now: 0 is its first key, each rotation makes the next generation. */
export interface CurrentSigner {
  signer: Signer;
  generation: number;
}

/**
 * Loads the key that signs the log, making the first one in a new database.
 * @throws DatabaseError `audit_log_tampered`; EncryptionError.
 */
export async function currentSigner(
  reader: Pick<Reader, 'all'>,
  secrets: SecretStore,
  provider: KeyProvider,
): Promise<CurrentSigner> {
  const [newest] = await reader.all(newestKey, {});
  if (!newest) return { signer: logSigner(await loadSigningKey(secrets, provider)), generation: 0 };
  const { generation, sealed, note } = newest;
  try {
    if (sealed === null) throw new Error('the newest key is gone');
    const privateKey = await openSigningKey(provider, generation, sealed);
    // The log's name comes from the note, which somebody who has no key of this server cannot have signed.
    const { newKey } = openRotation(note);
    const signer = createSigner(newKey.name, privateKey);
    if (encodeVerifierKey(signer) !== encodeVerifierKey(newKey))
      throw new Error('the note is of another key');
    return { signer, generation };
  } catch (cause) {
    const message =
      'The key that signs the audit log was changed from outside: restore the data folder from a backup.';
    throw new DatabaseError('audit_log_tampered', message, { cause });
  }
}
