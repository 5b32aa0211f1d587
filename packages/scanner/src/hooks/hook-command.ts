import { dirname } from 'node:path';
import type { Surroundings } from '../command/surroundings.ts';
import { trustFile } from '../custom-rules/trust-store.ts';
import { GitFailure } from '../files/git.ts';
import { printable } from '../reports/presentable.ts';
import type { HookAction } from './actions.ts';
import type { Program } from './hook-script.ts';
import { HookProblem, hookState, installHook, uninstallHook } from './install.ts';

/**
 * Runs one action of `hook`.
 * @param args for `pre-push`: the remote's name and address, as git gives them
 * @returns 0: done, installed, or the push may go; 1: not installed, or the push is stopped; 2: it could not be done
 */
export async function runHook(
  action: HookAction,
  args: readonly string[],
  surroundings: Surroundings,
  program: Program,
): Promise<number> {
  if (action === 'pre-push') {
    const { prePush } = await import('../push/pre-push.ts');
    const [remote = '', url = remote] = args;
    return prePush({ remote, url }, surroundings, dirname(trustFile(surroundings.env)));
  }
  const { folder, env, out, err, tool } = surroundings;
  try {
    return await change(action, { folder, env }, program, out);
  } catch (error) {
    if (!(error instanceof HookProblem) && !(error instanceof GitFailure)) throw error;
    err(`${tool.name}: ${printable(error.message)}`);
    return 2;
  }
}

async function change(
  action: Exclude<HookAction, 'pre-push'>,
  options: Pick<Surroundings, 'folder' | 'env'>,
  program: Program,
  out: Surroundings['out'],
): Promise<number> {
  if (action === 'uninstall') {
    const { file } = await uninstallHook(options);
    await out(`Removed: ${printable(file)}\n`);
    return 0;
  }
  const state = action === 'install' ? await installHook(options, program) : await hookState(options);
  if (!state.isInstalled) {
    await out(`Not installed: ${printable(state.file)}. To install it: memhold hook install\n`);
    return 1;
  }
  await out(
    `Installed: ${printable(state.file)}${state.hasPrevious ? '; the hook that was there runs after it' : ''}\n`,
  );
  if (action === 'install')
    await out(
      '`git push --no-verify` skips any hook of a clone: what must hold is checked by CI or the server too.\n',
    );
  return 0;
}
