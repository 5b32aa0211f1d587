import { chmodSync, createWriteStream, existsSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { exportLog } from './audit/export.ts';
import { logSigner } from './audit/log-signer.ts';
import { logSource } from './audit/source.ts';
import type { Config } from './config.ts';
import { dataFolder } from './data-folder.ts';
import { DatabaseError } from './database/errors.ts';
import { sqliteReader } from './database/reader.ts';
import { connect } from './database/sqlite.ts';
import { localKeyProvider } from './encryption/envelope.ts';
import { openKeyring } from './encryption/keyring.ts';
import { loadServerSecrets, loadSigningKey } from './encryption/server-keys.ts';
import { sqliteSecretStore } from './encryption/store.ts';

/** A file for its owner's eyes, also when it was there before with other rights: it holds opened private parts. */
function privateFile(path: string): Writable {
  if (existsSync(path)) chmodSync(path, 0o600);
  return createWriteStream(path, { mode: 0o600 });
}

/**
 * Writes the audit log of a data folder to a file (0600) or a stream. Reads only, so it works beside a running server.
 * @throws DatabaseError `folder_missing` when there is no database.
 */
export async function exportAudit(
  config: Config,
  out: string | Writable,
): Promise<{ size: number; key: string }> {
  const folder = dataFolder(config);
  if (!existsSync(folder.database)) {
    const message = `There is no database in ${folder.folder}: name the data folder with --data-dir or MEMHOLD_DATA_DIR.`;
    throw new DatabaseError('folder_missing', message);
  }
  const { kek, pageKey } = await openKeyring(folder.keyring, folder.keySource, 'existing');
  const provider = localKeyProvider(kek);
  const connection = connect(folder.database, pageKey, 'read');
  const reader = sqliteReader(connection);
  try {
    const secrets = sqliteSecretStore(connection, 'existing');
    const signer = logSigner(await loadSigningKey(secrets, provider));
    const { records, digest } = await loadServerSecrets(secrets, provider);
    const { recordsKey, keyById } = logSource(reader, provider, { records, digest });
    const stream = typeof out === 'string' ? privateFile(out) : out;
    const result = await exportLog(
      {
        reader,
        signer,
        treeKey: recordsKey,
        now: Date.now,
        keyById,
      },
      stream,
    );
    if (typeof out === 'string') {
      stream.end();
      await finished(stream);
    }
    return result;
  } finally {
    reader.close();
  }
}
