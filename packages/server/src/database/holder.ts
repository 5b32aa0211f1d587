import { accessSync, constants, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3-multiple-ciphers';
import { makeFolder } from '../encryption/make-folder.ts';
import { DatabaseError } from './errors.ts';

/** A lock that nobody refers to any more would be closed, and given up, by the garbage collector. */
const locks = new Set<Database.Database>();

export interface Holder {
  release(): void;
}

function holderPid(folder: string): string {
  try {
    return ` (process ${Number(readFileSync(join(folder, 'holder.pid'), 'utf8'))})`;
  } catch {
    return '';
  }
}

/**
 * Takes a data folder for this process, until `release` or the process's end by any signal.
 * The lock is SQLite's own file lock on a small file beside the database, so the system frees it with the process:
 * there is no stale lock to clean up after a kill -9.
 * @throws DatabaseError `data_folder_held`, `folder_not_writable`.
 */
export function holdFolder(folder: string): Holder {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.R_OK | constants.X_OK);
  } catch (cause) {
    const message = `The data folder ${folder} cannot be written: give this user the right to, or set MEMHOLD_DATA_DIR.`;
    throw new DatabaseError('folder_not_writable', message, { cause });
  }
  let lock: Database.Database | undefined;
  try {
    lock = new Database(join(folder, 'holder.lock'), { timeout: 0 });
    lock.pragma('journal_mode=DELETE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock?.close();
    if ((cause as { code?: string }).code !== 'SQLITE_BUSY') {
      const message = `The data folder ${folder} cannot be locked: it must be on a local file system that is writable.`;
      throw new DatabaseError('folder_not_writable', message, { cause });
    }
    const message = `Another memhold server holds ${folder}${holderPid(folder)}: stop it, or set MEMHOLD_DATA_DIR.`;
    throw new DatabaseError('data_folder_held', message, { cause });
  }
  const held = lock;
  locks.add(held);
  try {
    writeFileSync(join(folder, 'holder.pid'), `${process.pid}\n`, { mode: 0o600 });
  } catch {
    // Only for the message that a second server shows.
  }
  return {
    release() {
      rmSync(join(folder, 'holder.pid'), { force: true });
      locks.delete(held);
      held.exec('ROLLBACK');
      held.close();
    },
  };
}
