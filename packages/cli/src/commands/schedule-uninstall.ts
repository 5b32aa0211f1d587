import { resolve } from 'node:path';
import type { ScheduleName } from '@memhold/scanner/schedules';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { judging } from '../judging.ts';
import { nameArgument } from './schedule-install.ts';

export function registerScheduleUninstall(schedule: Command, context: Context): void {
  const command = schedule
    .command('uninstall')
    .description('remove the timer; reports stay')
    .addArgument(nameArgument())
    .argument('[folder]', 'the repository', '.')
    .action((name: ScheduleName, folder: string) =>
      judging(context, 'the removal', () => uninstall(context, name, resolve(folder))),
    );
  withExamples(command, 'memhold schedule uninstall daily-scan');
}

async function uninstall(context: Context, name: ScheduleName, folder: string): Promise<void> {
  const { uninstallSchedule } = await import('@memhold/scanner/schedules');
  const isRemoved = await uninstallSchedule(name, folder, context.env);
  context.out(isRemoved ? `Removed ${name}.` : `There was no ${name} of this folder.`);
  if (!isRemoved) context.exitCode = 1;
}
