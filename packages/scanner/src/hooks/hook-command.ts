import { dirname, resolve } from 'node:path';
import type { Surroundings } from '../command/surroundings.ts';
import { trustFile } from '../custom-rules/trust-store.ts';
import { GitFailure } from '../files/git.ts';
import { gitLines } from '../push/git-lines.ts';
import { OverrideLog } from '../push/override-log.ts';
import { printable } from '../reports/presentable.ts';
import { type HookAction, plainFlag } from './actions.ts';
import type { Program } from './hook-script.ts';
import { HookProblem, hookState, installHook, uninstallHook } from './install.ts';
import { installManaged, type Managed, managedIn, managedState, uninstallManaged } from './managed-hook.ts';

/**
 * Runs one action of `hook`.
 * @param args for `pre-push`: the remote's name and address, as git gives them; for `install`: `--plain`, which passes over
 *   lefthook and pre-commit
 * @returns 0: done, installed, or the push may go; 1: not installed, or the push is stopped; 2: it could not be done
 */
export async function runHook(
  action: HookAction,
  args: readonly string[],
  surroundings: Surroundings,
  program: Program,
): Promise<number> {
  if (action === 'pre-push') {
    const { prePush } = await import('../push/hooks.ts');
    // After `--`, because a remote may have any name.
    const isFromGit = args[0] === '--from-git';
    const { PRE_COMMIT_REMOTE_NAME, PRE_COMMIT_REMOTE_URL } = surroundings.env;
    // The pre-commit framework hands them over in this way, and nothing on standard input.
    const [remote = PRE_COMMIT_REMOTE_NAME ?? '', url = PRE_COMMIT_REMOTE_URL ?? remote] = args.slice(
      args.indexOf('--') + 1,
    );
    const ownFolder = dirname(trustFile(surroundings.env));
    const code = await prePush({ destination: { remote, url }, isFromGit, ownFolder }, surroundings);
    await tellOverrides(ownFolder, surroundings);
    return code;
  }
  if (action === 'pre-receive') {
    const { preReceive } = await import('../push/hooks.ts');
    const ownFolder = dirname(trustFile(surroundings.env));
    const code = await preReceive(ownFolder, surroundings);
    await tellOverrides(ownFolder, surroundings);
    return code;
  }
  const { err, tool } = surroundings;
  try {
    return await change(action, args.includes(plainFlag.flag), surroundings, program);
  } catch (error) {
    if (!(error instanceof HookProblem) && !(error instanceof GitFailure)) throw error;
    err(`${tool.name}: ${printable(error.message)}`);
    if (error instanceof HookProblem && error.toPaste !== undefined) err(`\n${error.toPaste}`);
    return 2;
  }
}

/** After the push was decided about, which nothing changes any more. */
async function tellOverrides(ownFolder: string, { outbox, folder, env, err }: Surroundings): Promise<void> {
  if (outbox === undefined) return;
  const common = await gitLines(['rev-parse', '--git-common-dir'], { folder, env }).catch(() => []);
  const { sendOverrides } = await import('../push/outbox.ts');
  if (common[0] !== undefined)
    await sendOverrides({ gitFolder: resolve(folder, common[0]), ownFolder }, outbox, err);
}

async function change(
  action: Exclude<HookAction, 'pre-push' | 'pre-receive'>,
  isPlain: boolean,
  surroundings: Surroundings,
  program: Program,
): Promise<number> {
  const { folder, env, out, now } = surroundings;
  const options = { folder, env };
  if (action === 'reset-record') {
    const [common = '.git'] = await gitLines(['rev-parse', '--git-common-dir'], options);
    const log = new OverrideLog(resolve(folder, common), dirname(trustFile(env)));
    const aside = log.beginAnew(now());
    await out(`${aside === undefined ? 'There was no record.' : `Put aside: ${printable(aside)}`}\n`);
    return 0;
  }
  const managed = isPlain ? undefined : await managedIn(options);
  if (managed !== undefined) return changeManaged(action, managed, surroundings);
  if (action === 'uninstall') {
    const { file } = await uninstallHook(options);
    await out(`Removed: ${printable(file)}\n`);
    return 0;
  }
  const state =
    action === 'install' ? await installHook(options, program) : await hookState(options, program);
  const file = printable(state.file);
  if (!state.isInstalled || state.isBroken) {
    const what = state.isInstalled ? 'Changed, or not executable' : 'Not installed';
    await out(`${what}: ${file}. To install it: memhold hook install\n`);
    return 1;
  }
  await out(`Installed: ${file}${state.hasPrevious ? '; the hook that was there runs after it' : ''}\n`);
  if (state.isShared)
    await out('It is a file of the project: commit it, and everybody who pushes needs memhold.\n');
  if (state.isOfEveryClone) await out('core.hooksPath is a setting of yours, so every clone runs it.\n');
  if (action === 'install' && state.name === 'pre-push')
    await out(
      '`git push --no-verify` skips any hook of a clone: what must hold is checked by CI or the server too.\n',
    );
  return 0;
}

/** Where lefthook or pre-commit runs the hooks of the project. */
async function changeManaged(
  action: 'install' | 'uninstall' | 'status',
  managed: Managed,
  { out }: Surroundings,
): Promise<number> {
  const { manager, isRun } = managed;
  if (action === 'uninstall') {
    await out(`Removed from: ${printable(uninstallManaged(managed))}\n`);
    return 0;
  }
  if (action === 'install') await installManaged(managed);
  const { isEntered, isBroken, file } = managedState(managed);
  if (!isEntered || isBroken) {
    const what = isEntered ? 'Changed' : 'Not installed';
    await out(`${what}: ${printable(file)}. To install it: memhold hook install\n`);
    return 1;
  }
  const files = [file, ...(manager.script === undefined ? [] : [manager.script.path])].map(printable);
  await out(`Installed: ${files.join(', ')}; ${manager.name} runs it\n`);
  if (action === 'install')
    await out('It is of the project: commit it, and everybody who pushes needs memhold.\n');
  if (manager.caveat !== undefined && action === 'install')
    await out(`${manager.caveat} A hook of this clone sees it all: memhold hook install --plain\n`);
  if (isRun) return 0;
  await out(
    `Git does not run ${manager.name} before a push from this clone yet: ${manager.installCommand}\n`,
  );
  return 1;
}
