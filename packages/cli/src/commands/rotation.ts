import {
  type RotationFlags,
  rotationDescription,
  rotationExamples,
  rotationOptions,
  runRotation,
} from '@memhold/scanner/command';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { scannerSurroundings } from './scan.ts';

export function registerRotation(program: Command, context: Context): void {
  const command = program
    .command('rotation')
    .description(rotationDescription)
    .argument('[name...]', 'the rule of a finding, or a provider', [])
    .action(async (names: string[], flags: RotationFlags) => {
      context.exitCode = await runRotation(names, flags, scannerSurroundings(context));
    });
  for (const { flag, description } of rotationOptions) command.option(flag, description);
  withExamples(command, ...rotationExamples.map((example) => `memhold ${example}`));
}
