import { chmodSync, lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type GitOptions, gitText } from '../files/git.ts';
import { readRegularFile } from '../files/read-file.ts';
import { WriteRefused, writeFileWhole } from '../files/write-file.ts';
import { marker } from './hook-script.ts';
import { HookProblem, isOurs, placeOfHook, refuseLinks } from './install.ts';
import { entered, lefthook, type Manager, preCommit, settingsOf } from './managers.ts';

/** A manager that this project uses. */
export interface Managed {
  readonly manager: Manager;
  /** Top of the work tree, absolute. */
  readonly top: string;
  /** Its settings, from the top. */
  readonly files: readonly string[];
  /** Whether git runs it in this clone. */
  readonly isRun: boolean;
}

export interface ManagedState {
  readonly isEntered: boolean;
  /** There is something of ours, which is not what we write. */
  readonly isBroken: boolean;
  /** The settings that have the entry, or would get it. */
  readonly file: string;
}

const largest = 1_000_000;
const orPlain = ', or install with --plain';

/**
 * The manager of this work tree: the one that git runs here, else the first with settings; undefined without any.
 * @param gitHook what git runs before a push, absolute
 */
function managerOf(top: string, gitHook: string): Managed | undefined {
  const hook = readText(gitHook) ?? '';
  const found = [lefthook, preCommit]
    .map((manager) => ({ manager, top, files: settingsOf(manager, top), isRun: hook.includes(manager.name) }))
    .filter(({ files }) => files.length > 0);
  return found.find(({ isRun }) => isRun) ?? found[0];
}

/** The manager of this clone, unless our hook or another arrangement is there already. Throws GitFailure. */
export async function managedIn(options: GitOptions): Promise<Managed | undefined> {
  const { name, file, isShared, isOfEveryClone } = await placeOfHook(options);
  if (name !== 'pre-push' || isShared || isOfEveryClone || isOurs(file)) return undefined;
  const top = (await gitText(['rev-parse', '--show-toplevel'], options)).replace(/\n$/, '');
  return managerOf(top, file);
}

export function managedState({ manager, top, files }: Managed): ManagedState {
  const withEntry = files.find((file) => manager.hasEntry(readText(join(top, file)) ?? ''));
  const file = withEntry ?? files[0]!;
  const text = readText(join(top, file)) ?? '';
  const { script } = manager;
  const isChanged = text.includes(marker) && manager.withoutEntry(text) === undefined;
  const isScriptThere = script === undefined || readText(join(top, script.path)) === script.text;
  const isEntered = withEntry !== undefined;
  return { isEntered, isBroken: isEntered && (isChanged || !isScriptThere), file };
}

/** Adds our entry to its settings, once. Throws HookProblem, with what to paste where they are not edited. */
export async function installManaged(managed: Managed): Promise<void> {
  const { manager, top, files } = managed;
  const { isEntered, isBroken, file } = managedState(managed);
  if (manager.script !== undefined) write(top, manager.script.path, manager.script.text, 0o755);
  if (isEntered) {
    if (isBroken && managedState(managed).isBroken)
      throw new HookProblem(`${file} has lines of memhold that were changed: remove them by hand`);
    return;
  }
  const main = files.filter((name) => !name.includes('-local.'));
  const text = /\.ya?ml$/.test(file) && main.length < 2 ? readText(join(top, file)) : undefined;
  const edited = text === undefined ? undefined : await entered(manager, text);
  if (edited === undefined)
    throw new HookProblem(`${file} is not edited, to spoil nothing: put this into it`, manager.toPaste(file));
  write(top, file, edited);
}

/** Takes our entry out of its settings. Throws HookProblem. */
export function uninstallManaged(managed: Managed): string {
  const { manager, top } = managed;
  const { isEntered, file } = managedState(managed);
  if (!isEntered) throw new HookProblem(`there is no entry of memhold in ${file}`);
  const rest = manager.withoutEntry(readText(join(top, file)) ?? '');
  if (rest === undefined)
    throw new HookProblem(`${file} has lines of memhold that memhold did not write: remove them by hand`);
  write(top, file, rest);
  const { script } = manager;
  if (script !== undefined && readText(join(top, script.path))?.includes(marker)) {
    refuseLinks(top, script.path, orPlain);
    rmSync(join(top, script.path));
    for (let folder = dirname(script.path); folder !== '.'; folder = dirname(folder)) {
      if (readdirSync(join(top, folder)).length > 0) break;
      rmdirSync(join(top, folder));
    }
  }
  return file;
}

/** Of a regular file; undefined where there is none. */
function readText(file: string): string | undefined {
  const result = readRegularFile(file, () => largest);
  return 'bytes' in result ? result.bytes.toString('utf8') : undefined;
}

function write(top: string, path: string, text: string, mode?: number): void {
  const file = join(top, path);
  refuseLinks(top, path, orPlain);
  try {
    mkdirSync(dirname(file), { recursive: true });
    if (lstatSync(file, { throwIfNoEntry: false }) === undefined || readText(file) !== text)
      writeFileWhole(file, text, top);
    if (mode !== undefined) chmodSync(file, mode);
  } catch (error) {
    if (error instanceof WriteRefused) throw new HookProblem(`${path} ${error.message}`);
    const { code } = error as NodeJS.ErrnoException;
    throw new HookProblem(`${path} cannot be written (${code})`);
  }
}
