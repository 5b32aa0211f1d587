/** The command line of the scanner, without its surroundings: `memhold scan` and `memhold-scanner` share it. */
import { type ScanFlags, scanExamples, scanOptions } from './command/flags.ts';
import { parseScanArguments } from './command/parse.ts';
import type { Surroundings } from './command/surroundings.ts';
import { type HistoryFlags, historyActions, historyExamples } from './history/options.ts';
import { type HookAction, hookActions, hookExamples } from './hooks/actions.ts';
import type { Program } from './hooks/hook-script.ts';
import { type RotationFlags, rotationExamples } from './rotation/options.ts';

export type { ScanFlags } from './command/flags.ts';
export { scanExamples, scanOptions } from './command/flags.ts';
export { guardOutcome } from './command/guard-outcome.ts';
export type { Surroundings } from './command/surroundings.ts';
export { writer } from './command/writer.ts';
export {
  type HistoryFlags,
  historyActions,
  historyExamples,
  historyOptions,
} from './history/options.ts';
export { type HookAction, hookActions, hookExamples, plainFlag } from './hooks/actions.ts';
export type { OverrideOutbox } from './push/outbox.ts';
export type { OverrideRecord } from './push/override-log.ts';
export {
  type RotationFlags,
  rotationDescription,
  rotationExamples,
  rotationOptions,
} from './rotation/options.ts';

/** Runs a parsed command line; the rules are loaded only now. @returns the exit code: see `command/run.ts` */
export async function runScan(
  paths: readonly string[],
  flags: ScanFlags,
  surroundings: Surroundings,
): Promise<number> {
  const { run } = await import('./command/run.ts');
  return run(paths, flags, surroundings);
}

/** Runs an action of `hook`, which is loaded only now. @returns the exit code: see `hooks/hook-command.ts` */
export async function runHook(
  action: HookAction,
  args: readonly string[],
  surroundings: Surroundings,
  program: Program,
): Promise<number> {
  const hooks = await import('./hooks/hook-command.ts');
  return hooks.runHook(action, args, surroundings, program);
}

/** Runs `history check`, which is loaded only now. @returns the exit code: see `history/history-command.ts` */
export async function runHistoryCheck(flags: HistoryFlags, surroundings: Surroundings): Promise<number> {
  const history = await import('./history/history-command.ts');
  return history.runHistoryCheck(flags, surroundings);
}

/** Runs `rotation`, which is loaded only now. @returns the exit code: see `rotation/rotation-command.ts` */
export async function runRotation(
  names: readonly string[],
  flags: RotationFlags,
  surroundings: Surroundings,
): Promise<number> {
  const rotation = await import('./rotation/rotation-command.ts');
  return rotation.runRotation(names, flags, surroundings);
}

/**
 * Runs a command line as it was typed.
 * @param program what an installed hook starts; without it there is no `hook`
 * @returns the exit code
 */
export async function main(
  argv: readonly string[],
  surroundings: Surroundings,
  program?: Program,
): Promise<number> {
  const { name, version } = surroundings.tool;
  if (argv[0] === 'hook' && program !== undefined) {
    const [, action = '', ...args] = argv;
    if (Object.hasOwn(hookActions, action)) return runHook(action as HookAction, args, surroundings, program);
    surroundings.err(`${name}: hook does ${Object.keys(hookActions).join(', ')}`);
    return 2;
  }
  if (argv[0] === 'history') {
    const { historyMain } = await import('./history/history-main.ts');
    return historyMain(argv.slice(1), surroundings);
  }
  if (argv[0] === 'rotation') {
    const { rotationMain } = await import('./rotation/rotation-command.ts');
    return rotationMain(argv.slice(1), surroundings);
  }
  const parsed = parseScanArguments(argv);
  if ('problem' in parsed) {
    const { printable } = await import('./reports/presentable.ts');
    surroundings.err(`${name}: ${printable(parsed.problem)} — see ${name} --help`);
    return 2;
  }
  if (parsed.isHelp) await surroundings.out(`${help(name)}\n`);
  else if (parsed.isVersion) await surroundings.out(`${version}\n`);
  else return runScan(parsed.paths, parsed.flags, surroundings);
  return 0;
}

function help(name: string): string {
  const width = Math.max(...scanOptions.map(({ flag }) => flag.length));
  return [
    `Usage: ${name} [options] [path...]`,
    '',
    'Finds secrets and personal data in files, folders, archives, standard input (-) and git histories.',
    'Ends with 0 (nothing that blocks), 1 (findings) or 2 (incomplete, nothing scanned, or used wrongly).',
    '',
    `The veto before a push: ${name} hook ${Object.keys(hookActions).join('|')}`,
    `What the history holds, and how it goes: ${name} history ${Object.keys(historyActions).join('|')}`,
    `What to do about a leaked credential: ${name} rotation <rule or provider>`,
    '',
    'Options:',
    ...scanOptions.map(({ flag, description }) => `  ${flag.padEnd(width)}  ${description}`),
    '',
    'Examples:',
    ...[...scanExamples, ...hookExamples, ...historyExamples, ...rotationExamples].map((example) =>
      `  ${name} ${example.replace(/^scan ?/, '')}`.trimEnd(),
    ),
  ].join('\n');
}
