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

/** What a process holds a folder for; the second way is `memhold mcp`, which an MCP host started. */
export type HolderKind = 'server' | 'mcp';

/** In the words of whoever finds the folder held: by what, and how it is made free. */
function heldBy(folder: string): string {
  let noted = '';
  try {
    noted = readFileSync(join(folder, 'holder.pid'), 'utf8');
  } catch {
    // Another user's, or just gone.
  }
  const [, pid, kind, parent] = /^(\d+)(?: (mcp) (\d+))?\s*$/.exec(noted) ?? [];
  const process = pid === undefined ? '' : ` (process ${pid})`;
  return kind === 'mcp'
    ? `An MCP host holds ${folder} through \`memhold mcp\`${process}, which process ${parent} started: end that session or stop \`memhold mcp\`, then start this again (MCP hosts share a running server), or set MEMHOLD_DATA_DIR.`
    : `Another memhold server holds ${folder}${process}: stop it, or set MEMHOLD_DATA_DIR.`;
}

/**
 * Takes a data folder for this process, until `release` or the process's end by any signal.
 * The lock is SQLite's own file lock on a small file beside the database, so the system frees it with the process:
 * there is no stale lock to clean up after a kill -9.
 * @throws DatabaseError `data_folder_held`, `folder_not_writable`.
 */
export function holdFolder(folder: string, kind: HolderKind = 'server'): Holder {
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
    throw new DatabaseError('data_folder_held', heldBy(folder), { cause });
  }
  const held = lock;
  locks.add(held);
  try {
    const about = kind === 'mcp' ? `${process.pid} mcp ${process.ppid}` : process.pid;
    writeFileSync(join(folder, 'holder.pid'), `${about}\n`, { mode: 0o600 });
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
