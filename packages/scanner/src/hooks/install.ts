import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { GitFailure, type GitOptions, gitText } from '../files/git.ts';
import { hookScript, huskyLines, marker, type Program, previousName } from './hook-script.ts';

/** Something stands where the hook should; the message says what to do. */
export class HookProblem extends Error {}

export interface HookPlace {
  /** The file that git, or husky, runs. */
  readonly file: string;
  readonly kind: 'git' | 'husky';
}

export interface HookState extends HookPlace {
  readonly isInstalled: boolean;
  /** Another hook that runs after ours. */
  readonly hasPrevious: boolean;
}

/** Where the hook of this clone belongs: `core.hooksPath` counts, and husky's own folder. Throws GitFailure. */
export async function placeOfHook(options: GitOptions): Promise<HookPlace> {
  const top = (await gitText(['rev-parse', '--show-toplevel'], options)).replace(/\n$/, '');
  const configured = await hooksPath(options);
  if (configured === undefined) {
    const common = (await gitText(['rev-parse', '--git-common-dir'], options)).replace(/\n$/, '');
    return { file: join(resolve(options.folder, common), 'hooks', 'pre-push'), kind: 'git' };
  }
  const folder = resolve(top, configured);
  // Husky's git folder is `.husky/_`, which it writes anew; people's hooks stand beside it (typicode.github.io/husky).
  if (basename(folder) === '_' && basename(dirname(folder)) === '.husky')
    return { file: join(dirname(folder), 'pre-push'), kind: 'husky' };
  return { file: join(folder, 'pre-push'), kind: 'git' };
}

export async function hookState(options: GitOptions): Promise<HookState> {
  const place = await placeOfHook(options);
  const hasPrevious = existsSync(join(dirname(place.file), previousName));
  return { ...place, isInstalled: isOurs(place.file), hasPrevious };
}

/**
 * Installs the hook. A hook that is there already is kept beside it and runs after it, with the same input.
 * Throws HookProblem, GitFailure.
 */
export async function installHook(options: GitOptions, program: Program): Promise<HookState> {
  const { file, kind } = await placeOfHook(options);
  mkdirSync(dirname(file), { recursive: true });
  if (kind === 'husky') {
    const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (!before.includes(marker)) write(file, `${huskyLines}${before}`);
    return hookState(options);
  }
  const previous = join(dirname(file), previousName);
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined && !isOurs(file)) {
    if (existsSync(previous))
      throw new HookProblem(`${file} and ${previous} are both hooks of others: join them, and install again`);
    renameSync(file, previous);
  }
  write(file, hookScript(program));
  return hookState(options);
}

/** Removes the hook, and puts back what was there before it. Throws HookProblem, GitFailure. */
export async function uninstallHook(options: GitOptions): Promise<HookPlace> {
  const place = await placeOfHook(options);
  const { file, kind } = place;
  if (!isOurs(file)) throw new HookProblem(`there is no hook of memhold at ${file}`);
  if (kind === 'husky') {
    const rest = readFileSync(file, 'utf8').replace(huskyLines, '');
    if (rest.includes(marker))
      throw new HookProblem(`${file} was changed: remove the lines of memhold by hand`);
    if (rest.trim() === '') rmSync(file);
    else write(file, rest);
    return place;
  }
  const previous = join(dirname(file), previousName);
  if (existsSync(previous)) renameSync(previous, file);
  else rmSync(file);
  return place;
}

/** The setting of the user or the repository; ours for git itself, on its command line, does not count. */
async function hooksPath(options: GitOptions): Promise<string | undefined> {
  const args = ['config', '--show-scope', '--type=path', '--get-all', 'core.hooksPath'];
  const lines = (await gitText(args, options).catch(noneIsSet)).split('\n');
  const found = lines.map((line) => line.split('\t')).filter(([scope, path]) => scope !== 'command' && path);
  return found.at(-1)?.[1];
}

function noneIsSet(error: unknown): string {
  if (error instanceof GitFailure) return '';
  throw error;
}

function isOurs(file: string): boolean {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  return stat?.isFile() === true && readFileSync(file, 'utf8').includes(marker);
}

function write(file: string, text: string): void {
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}
