import {
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CommandFailure } from '../failure.ts';

/** A host's file as it was read; `text` is undefined where there is none. */
export interface ConfigFile {
  /** The file itself, where the path leads to it by symbolic links. */
  path: string;
  text: string | undefined;
}

/** Far more than any host writes; what is longer is no list of servers. */
const LONGEST = 4 * 1024 * 1024;

const backupOf = (path: string) => `${path}.before-memhold`;

export function readConfig(path: string): ConfigFile {
  const real = realpath(path);
  const problem = problemOf(real);
  if (problem) throw new CommandFailure('config_unreadable', `${path} ${problem}`);
  const bytes = readIfThere(real);
  if (bytes === undefined) return { path: real, text: undefined };
  const text = bytes.toString('utf8');
  // What is written back must be what was read.
  if (!Buffer.from(text).equals(bytes))
    throw new CommandFailure(
      'config_unreadable',
      `${path} is not UTF-8 — mend it, or paste the entry by hand`,
    );
  return { path: real, text };
}

/** What the file was before Memhold's entry came in, if that is kept. */
/** Why a file is not touched; it, or the folder where it would be made. */
function problemOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found && !found.isFile()) return 'is no file — paste the entry by hand';
  if (found && found.size > LONGEST) return 'has more than 4 MiB — paste the entry by hand';
  const user = process.getuid?.();
  const owner = (found ?? statSync(existing(dirname(path)))).uid;
  // A file that is replaced becomes this user's, and its owner's host could not read it any more. Others than root
  // cannot make one where its folder does not let them.
  if (user === undefined || owner === user || (!found && user !== 0)) return undefined;
  return `belongs to the user with the id ${owner} — run this as that user`;
}

const existing = (folder: string): string =>
  statSync(folder, { throwIfNoEntry: false }) ? folder : existing(dirname(folder));

export const readBackup = (path: string): string | undefined => readIfThere(backupOf(path))?.toString('utf8');

/** Keeps what is there, in place of what an earlier change kept. */
export function keepBackup({ path, text }: ConfigFile): void {
  if (text === undefined) dropBackup(path);
  else write(backupOf(path), text, modeOf(path));
}

export function dropBackup(path: string): void {
  rmSync(backupOf(path), { force: true });
}

/**
 * Writes a file whole or not at all, with the mode that it had; a new one is its owner's alone.
 * @throws CommandFailure when it is not (any more) what was read
 */
export function replaceConfig({ path, text }: ConfigFile, next: string | undefined): void {
  if (readIfThere(path)?.toString('utf8') !== text)
    throw new CommandFailure('config_changed', `${path} was changed meanwhile — run it again`);
  if (next === undefined) rmSync(path, { force: true });
  else write(path, next, modeOf(path));
}

function write(path: string, text: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${process.pid}.tmp`;
  // Left by one that was killed, or a link that somebody put there: never written through.
  rmSync(unfinished, { force: true });
  const file = openSync(unfinished, 'wx', mode);
  try {
    try {
      writeFileSync(file, text);
      // Past the umask, which may have taken rights away that the file had.
      fchmodSync(file, mode);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

const modeOf = (path: string) => (statSync(path, { throwIfNoEntry: false })?.mode ?? 0o600) & 0o777;

function realpath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return path;
    throw error;
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
