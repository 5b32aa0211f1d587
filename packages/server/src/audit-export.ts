import { chmodSync, createWriteStream, existsSync, WriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type ExportSource, exportLog } from './audit/export.ts';
import { exportEvents } from './audit/exports/events.ts';
import type { ExportFormat } from './audit/exports/formats.ts';
import type { Signer } from './audit/note.ts';
import { currentSigner } from './audit/signing-keys/current-signer.ts';
import { logSource } from './audit/source.ts';
import type { Config } from './config.ts';
import { dataFolder } from './data-folder.ts';
import { DatabaseError } from './database/errors.ts';
import { sqliteReader } from './database/reader.ts';
import { connect } from './database/sqlite.ts';
import { localKeyProvider } from './encryption/envelope.ts';
import { openKeyring } from './encryption/keyring.ts';
import { loadServerSecrets } from './encryption/server-keys.ts';
import { sqliteSecretStore } from './encryption/store.ts';

/** A file for its owner's eyes, also when it was there before with other rights: it holds opened private parts. */
function privateFile(path: string): Writable {
  if (existsSync(path)) chmodSync(path, 0o600);
  return createWriteStream(path, { mode: 0o600 });
}

/**
 * Opens the audit log of a data folder. Reads only, so it works beside a running server.
 * @throws DatabaseError `folder_missing` when there is no database.
 */
export async function withLog<T>(
  config: Config,
  use: (log: ExportSource & { signer: Signer }) => Promise<T>,
): Promise<T> {
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
    // One state for the key and the log: a server beside this may replace the key at any moment.
    return await reader.snapshot(async () => {
      const { signer } = await currentSigner(reader, secrets, provider);
      const { records, digest } = await loadServerSecrets(secrets, provider);
      const { recordsKey, keyById } = logSource(reader, provider, { records, digest });
      return use({ reader, signer, treeKey: recordsKey, now: Date.now, keyById });
    });
  } finally {
    reader.close();
  }
}

export interface ExportOptions {
  /** Default: `native`. */
  format?: ExportFormat;
  /** Only events of this time or later, epoch milliseconds; not for `native`. */
  since?: number;
  /** Told about each second how many bytes a file has. */
  progress?: (bytes: number) => void;
}

export interface Exported {
  /** Leaves of a native export, events of any other. */
  size: number;
  /** To verify a native export with: keep it apart from the file. */
  key: string | undefined;
  /** Events that break the schema of the format; each says so in itself. */
  invalid: number;
}

/** Writes the audit log of a data folder to a file (0600) or a stream. @throws as `withLog` does. */
export async function exportAudit(
  config: Config,
  out: string | Writable,
  { format = 'native', since, progress }: ExportOptions = {},
): Promise<Exported> {
  return withLog(config, async (log) => {
    const stream = typeof out === 'string' ? privateFile(out) : out;
    const timer =
      stream instanceof WriteStream && progress
        ? setInterval(() => progress(stream.bytesWritten), 1000)
        : undefined;
    try {
      const result = await write(log, stream, format, since);
      if (typeof out === 'string') {
        stream.end();
        await finished(stream);
      }
      return result;
    } finally {
      clearInterval(timer);
    }
  });
}

async function write(
  log: ExportSource,
  out: Writable,
  format: ExportFormat,
  since: number | undefined,
): Promise<Exported> {
  if (format === 'native') return { ...(await exportLog(log, out)), invalid: 0 };
  const source = { reader: log.reader, recordsKey: log.treeKey, keyById: log.keyById };
  const { events, invalid } = await exportEvents(source, { format, since }, out);
  return { size: events, key: undefined, invalid };
}
