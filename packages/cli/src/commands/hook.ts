import { realpathSync } from 'node:fs';
import { hookActions, hookExamples, plainFlag, runHook } from '@memhold/scanner/command';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { overrideOutbox } from '../override-outbox.ts';
import { scannerSurroundings } from './scan.ts';

export function registerHook(program: Command, context: Context): void {
  const hook = program
    .command('hook')
    .description('the veto before a push: git runs it, and it looks at every commit');
  withExamples(hook, ...hookExamples.map((example) => `memhold ${example}`));
  for (const [action, description] of Object.entries(hookActions)) {
    const command = hook.command(action).description(description);
    withExamples(command, ...examplesOf(action).map((example) => `memhold ${example}`));
    // A remote may be named like an option: nothing that git hands over is one.
    if (action === 'pre-push')
      command
        .argument('[remote]', 'as git names it (from pre-commit: PRE_COMMIT_REMOTE_NAME)')
        .argument('[url]', 'its address (from pre-commit: PRE_COMMIT_REMOTE_URL)')
        .option('--from-git', 'standard input comes from git itself');
    if (action === 'install') command.option(plainFlag.flag, plainFlag.description);
    command.action(async () => {
      const { fromGit, plain } = command.opts<{ fromGit?: boolean; plain?: boolean }>();
      const flags = [...(fromGit ? ['--from-git'] : []), ...(plain ? [plainFlag.flag] : [])];
      context.exitCode = await runHook(
        action as keyof typeof hookActions,
        [...flags, '--', ...command.args],
        { ...scannerSurroundings(context), outbox: overrideOutbox(context) },
        { node: process.execPath, script: realpathSync(process.argv[1]!) },
      );
    });
  }
}

const examplesOf = (action: string) =>
  action === 'pre-push'
    ? ['hook pre-push -- origin https://git.example.org/shop.git < refs']
    : [`hook ${action}`];
