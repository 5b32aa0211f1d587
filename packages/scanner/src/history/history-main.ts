import { parseArguments } from '../command/parse.ts';
import type { Surroundings } from '../command/surroundings.ts';
import { printable } from '../reports/presentable.ts';
import { runHistoryCheck } from './history-command.ts';
import { type HistoryFlags, historyActions, historyExamples, historyOptions } from './options.ts';

/** Runs what was typed after `history`. @returns the exit code: see `history-command.ts` */
export async function historyMain(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { err, out, tool } = surroundings;
  const [action = '', ...args] = argv;
  const isHelp = action === '--help' || action === '-h';
  if (!isHelp && !Object.hasOwn(historyActions, action)) {
    err(
      `${tool.name}: history does ${Object.keys(historyActions).join(', ')}; a folder of this name is ./history`,
    );
    return 2;
  }
  const parsed = parseArguments<HistoryFlags>(historyOptions, isHelp ? ['--help'] : args);
  const problem =
    'problem' in parsed
      ? parsed.problem
      : parsed.paths.length > 0
        ? 'it takes no paths: run it in the repository'
        : undefined;
  if (problem !== undefined || 'problem' in parsed) {
    err(`${tool.name}: ${printable(problem ?? '')} — see ${tool.name} history check --help`);
    return 2;
  }
  if (!parsed.isHelp) return runHistoryCheck(parsed.flags, surroundings);
  const width = Math.max(...historyOptions.map(({ flag }) => flag.length));
  await out(
    [
      `Usage: ${tool.name} history check [options]`,
      '',
      'Where each secret came into the history of this repository, what holds it today, whether it was pushed, and the',
      'commands that take it out. They are printed, never run.',
      'Ends with 0 (no secret in the history), 1 (some) or 2 (not all of it could be looked at, or used wrongly).',
      '',
      'Options:',
      ...historyOptions.map(({ flag, description }) => `  ${flag.padEnd(width)}  ${description}`),
      '',
      'Examples:',
      ...historyExamples.map((example) => `  ${tool.name} ${example}`),
      '',
    ].join('\n'),
  );
  return 0;
}
