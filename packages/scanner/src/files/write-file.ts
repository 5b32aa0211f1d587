import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Why a file is not written, in words that go on after its name. */
export class WriteRefused extends Error {}

/**
 * Writes a file at once as a whole: it is put beside it and takes its place, so that nothing is written through a link
 * that came with a tree, and a file that was there stays if this fails. Throws WriteRefused where the path leads
 * through a link below `folder` or to something that is no regular file, and errors of the file system.
 * @param file absolute, or from `folder`
 */
export function writeFileWhole(file: string, text: string | Iterable<string>, folder: string): void {
  const { path, mode } = whereToWrite(file, folder);
  putInPlace(path, text, mode);
}

/**
 * Whether `writeFileWhole` would write the file: to be asked before long work, as things may change until then.
 * Throws as it does.
 */
export function whereToWrite(file: string, folder: string): { path: string; mode: number | undefined } {
  const path = resolve(folder, file);
  const home = dirname(path);
  const below = relative(folder, home);
  const isBelow = below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below);
  if (isBelow && realpathSync(home) !== join(realpathSync(folder), below))
    throw new WriteRefused('lies behind a symbolic link: name the folder that is meant');
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isSymbolicLink())
    throw new WriteRefused('is a symbolic link: remove it, or name the file that is meant');
  if (there !== undefined && !there.isFile()) throw new WriteRefused('is not a regular file: name another');
  return { path, mode: there === undefined ? undefined : there.mode & 0o777 };
}

/**
 * Puts a file with this text in the place of what is there, whatever it is, on disk as a whole or not at all.
 * @param text whole, or in pieces, for what is larger than memory
 * @param mode the default is what the process makes files with
 */
export function putInPlace(path: string, text: string | Iterable<string>, mode?: number): void {
  const fresh = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    const file = openSync(fresh, 'wx', mode);
    try {
      for (const piece of typeof text === 'string' ? [text] : text) writeFileSync(file, piece);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}
