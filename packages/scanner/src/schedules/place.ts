import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import type { Environment } from '../programs/run-program.ts';

/** Something that a schedule needs is not as it should be; the message says what to do. */
export class ScheduleProblem extends Error {
  readonly code = 'schedule_problem';
}

/**
 * The user's own folder for schedules, not the repository: what is written there decides what runs and what counts as
 * known. XDG Base Directory Specification 0.8.
 */
export function stateFolder(env: Environment): string {
  const home = env.HOME || homedir();
  if (!isAbsolute(home)) throw new ScheduleProblem('HOME is no absolute path: set it to your own folder');
  const base =
    process.platform === 'win32'
      ? env.LOCALAPPDATA || join(home, 'AppData', 'Local')
      : process.platform === 'darwin'
        ? join(home, 'Library', 'Application Support')
        : env.XDG_STATE_HOME && isAbsolute(env.XDG_STATE_HOME)
          ? env.XDG_STATE_HOME
          : join(home, '.local', 'state');
  return join(base, 'memhold', 'schedules');
}

/** Of a repository by where it lies: letters of its name, and a hash. */
export function idOf(folder: string): string {
  const path = realPath(folder);
  const name = basename(path)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 30);
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 10);
  return name === '' ? hash : `${name}-${hash}`;
}

/** Makes a folder for its owner alone. */
export function makePrivate(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** A repository may be gone, and its schedule has to go too. */
function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

/** Where programs run that have nothing to do with a folder. */
export const anywhere = process.platform === 'win32' ? 'C:\\' : '/';
