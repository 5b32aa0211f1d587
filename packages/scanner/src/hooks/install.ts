import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { GitFailure, type GitOptions, gitText } from '../files/git.ts';
import { type HookName, hookScript, marker, type Program, previousName, sharedLines } from './hook-script.ts';

/** Something stands where the hook should; the message says what to do. */
export class HookProblem extends Error {
  /** What a person writes where it cannot be written for them. */
  readonly toPaste: string | undefined;

  constructor(message: string, toPaste?: string) {
    super(message);
    this.toPaste = toPaste;
  }
}

export interface HookPlace {
  /** Where pushes arrive it is pre-receive. */
  readonly name: HookName;
  /** The file that git, or husky, runs. */
  readonly file: string;
  /** Whether it is a file of the project, which its people share: husky's, or one in a folder of the work tree. */
  readonly isShared: boolean;
  /** Whether every clone of this user runs it. */
  readonly isOfEveryClone: boolean;
}

export interface HookState extends HookPlace {
  readonly isInstalled: boolean;
  /** A hook of ours that git would not run, or that was changed. */
  readonly isBroken: boolean;
  /** Another hook that runs after ours. */
  readonly hasPrevious: boolean;
}

/** Where the hook of this clone belongs: `core.hooksPath` counts, and husky's own folder. Throws GitFailure. */
export async function placeOfHook(options: GitOptions): Promise<HookPlace> {
  if ((await gitText(['rev-parse', '--is-bare-repository'], options)).trim() === 'true')
    return placeInBare(options);
  const name = 'pre-push';
  const top = await topOf(options);
  const configured = await hooksPath(options);
  if (configured === undefined) {
    const common = (await gitText(['rev-parse', '--git-common-dir'], options)).replace(/\n$/, '');
    const file = join(resolve(options.folder, common), 'hooks', 'pre-push');
    return { name, file, isShared: false, isOfEveryClone: false };
  }
  const folder = resolve(top, configured.path);
  const isOfEveryClone = configured.scope !== 'local' && configured.scope !== 'worktree';
  // Husky's git folder is `.husky/_`, which it writes anew; people's hooks stand beside it (typicode.github.io/husky).
  if (basename(folder) === '_' && basename(dirname(folder)) === '.husky')
    return { name, file: join(dirname(folder), name), isShared: true, isOfEveryClone };
  const isInTree = !relative(top, folder).startsWith('..') && !folder.split(sep).includes('.git');
  return { name, file: join(folder, name), isShared: isInTree, isOfEveryClone };
}

async function placeInBare(options: GitOptions): Promise<HookPlace> {
  const name = 'pre-receive';
  const folder = (await gitText(['rev-parse', '--absolute-git-dir'], options)).replace(/\n$/, '');
  const configured = await hooksPath(options);
  const file = join(
    configured === undefined ? join(folder, 'hooks') : resolve(folder, configured.path),
    name,
  );
  return {
    name,
    file,
    isShared: false,
    isOfEveryClone: configured !== undefined && configured.scope !== 'local',
  };
}

export async function hookState(options: GitOptions, program: Program): Promise<HookState> {
  const place = await placeOfHook(options);
  const isInstalled = isOurs(place.file);
  const text = isInstalled ? readFileSync(place.file, 'utf8') : '';
  const isWhole = place.isShared ? text.includes(sharedLines) : text === hookScript(program, place.name);
  const isBroken = isInstalled && !(isWhole && isExecutable(place.file));
  return {
    ...place,
    isInstalled,
    isBroken,
    hasPrevious: isThere(join(dirname(place.file), previousName(place.name))),
  };
}

/**
 * Installs the hook. A hook that is there already is kept beside it and runs after it, with the same input; in a file that people
 * share, our lines stand before theirs. Throws HookProblem, GitFailure.
 */
export async function installHook(options: GitOptions, program: Program): Promise<HookState> {
  const { name, file, isShared } = await placeOfHook(options);
  if (isShared) await refuseLinksTo(file, options);
  mkdirSync(dirname(file), { recursive: true });
  if (isShared) {
    const before = isThere(file) ? withoutOurs(readFileSync(file, 'utf8'), file) : '';
    const [, first = '', rest = ''] = /^(#![^\n]*\n)?(.*)$/s.exec(before) ?? [];
    write(file, first + sharedLines + rest);
    return hookState(options, program);
  }
  const previous = join(dirname(file), previousName(name));
  if (isThere(file) && !isOurs(file)) {
    if (isThere(previous))
      throw new HookProblem(`${file} and ${previous} are both hooks of others: join them, and install again`);
    renameSync(file, previous);
  }
  write(file, hookScript(program, name));
  return hookState(options, program);
}

/** Removes the hook, and puts back what was there before it. Throws HookProblem, GitFailure. */
export async function uninstallHook(options: GitOptions): Promise<HookPlace> {
  const place = await placeOfHook(options);
  const { file, isShared } = place;
  if (!isOurs(file)) throw new HookProblem(`there is no hook of memhold at ${file}`);
  if (isShared) {
    await refuseLinksTo(file, options);
    const rest = withoutOurs(readFileSync(file, 'utf8'), file);
    if (rest.trim() === '') rmSync(file);
    else write(file, rest);
    return place;
  }
  const previous = join(dirname(file), previousName(place.name));
  if (isThere(previous)) renameSync(previous, file);
  else rmSync(file);
  return place;
}

/** The tree may be hostile: nothing is made, changed or removed behind a link of its. Throws HookProblem. */
export function refuseLinks(top: string, path: string, orElse = ''): void {
  for (let part = path; part !== '.'; part = dirname(part))
    if (lstatSync(join(top, part), { throwIfNoEntry: false })?.isSymbolicLink())
      throw new HookProblem(`${part} is a symbolic link: remove it${orElse}`);
}

async function refuseLinksTo(file: string, options: GitOptions): Promise<void> {
  const top = await topOf(options);
  const path = relative(top, file);
  if (!path.startsWith('..')) refuseLinks(top, path);
}

const topOf = async (options: GitOptions) =>
  (await gitText(['rev-parse', '--show-toplevel'], options)).replace(/\n$/, '');

function withoutOurs(text: string, file: string): string {
  const rest = text.replace(sharedLines, '');
  if (rest.includes(marker))
    throw new HookProblem(`${file} has lines of memhold that were changed: remove them by hand`);
  return rest;
}

/** The setting of the user or the repository; ours for git itself, on its command line, does not count. */
async function hooksPath(options: GitOptions): Promise<{ scope: string; path: string } | undefined> {
  const args = ['config', '--show-scope', '--type=path', '--get-all', 'core.hooksPath'];
  const lines = (await gitText(args, options).catch(noneIsSet)).split('\n');
  const found = lines.map((line) => line.split('\t')).filter(([scope, path]) => scope !== 'command' && path);
  const [scope, path] = found.at(-1) ?? [];
  return scope === undefined || path === undefined ? undefined : { scope, path };
}

function noneIsSet(error: unknown): string {
  if (error instanceof GitFailure) return '';
  throw error;
}

export function isOurs(file: string): boolean {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  return stat?.isFile() === true && readFileSync(file, 'utf8').includes(marker);
}

/** Also of a link that leads nowhere. */
const isThere = (file: string) => lstatSync(file, { throwIfNoEntry: false }) !== undefined;
const isExecutable = (file: string) => process.platform === 'win32' || (lstatSync(file).mode & 0o111) !== 0;

function write(file: string, text: string): void {
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}
