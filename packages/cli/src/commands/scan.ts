import {
  runScan,
  type ScanFlags,
  type Surroundings,
  scanExamples,
  scanOptions,
  writer,
} from '@memhold/scanner/command';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { version } from './version.ts';

export function registerScan(program: Command, context: Context): void {
  const command = program
    .command('scan')
    .description('find secrets and personal data in files, folders, archives and git histories')
    .argument('[path...]', 'what to scan; - is standard input', [])
    .action(async (paths: string[], flags: ScanFlags) => {
      context.exitCode = await runScan(paths, flags, scannerSurroundings(context));
    });
  for (const { flag, description, isRepeatable } of scanOptions) {
    if (isRepeatable) command.option(flag, description, together);
    else command.option(flag, description);
  }
  withExamples(command, ...scanExamples.map((example) => `memhold ${example}`));
}

/** Of an option that is given several times, all values. */
export const together = (value: string, before: readonly string[] = []) => [...before, value];

/** What the scanner may touch of the surroundings of `memhold`. */
export function scannerSurroundings(context: Context): Surroundings {
  return {
    tool: { name: 'memhold', version: version() },
    folder: process.cwd(),
    env: context.env,
    colours: context.colours,
    stdin: () => context.stdin,
    out: writer(context.stdout),
    err: context.err,
    progress: context.progress,
    now: () => new Date(),
  };
}
