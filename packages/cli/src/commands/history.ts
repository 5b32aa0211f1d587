import {
  type HistoryFlags,
  historyActions,
  historyExamples,
  historyOptions,
  runHistoryCheck,
} from '@memhold/scanner/command';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { scannerSurroundings, together } from './scan.ts';

export function registerHistory(program: Command, context: Context): void {
  const examples = historyExamples.map((example) => `memhold ${example}`);
  const history = program
    .command('history')
    .description('secrets in the history of this repository: whence, where, and how they go');
  withExamples(history, ...examples);
  const check = history
    .command('check')
    .description(historyActions.check)
    .action(async (flags: HistoryFlags) => {
      context.exitCode = await runHistoryCheck(flags, scannerSurroundings(context));
    });
  for (const { flag, description, isRepeatable } of historyOptions) {
    if (isRepeatable) check.option(flag, description, together);
    else check.option(flag, description);
  }
  withExamples(check, ...examples);
}
