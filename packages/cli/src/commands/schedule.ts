import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { registerScheduleInstall } from './schedule-install.ts';
import { registerScheduleList } from './schedule-list.ts';
import { registerScheduleRun } from './schedule-run.ts';
import { registerScheduleUninstall } from './schedule-uninstall.ts';

export function registerSchedule(program: Command, context: Context): void {
  const schedule = program
    .command('schedule')
    .description('scans, questions about dependencies and reviews that come again by themselves');
  withExamples(
    schedule,
    'memhold schedule install daily-scan',
    'memhold schedule install weekly-dependencies --update-dependencies --with systemd',
    'memhold schedule list',
    'memhold schedule run monthly-review',
  );
  registerScheduleInstall(schedule, context);
  registerScheduleList(schedule, context);
  registerScheduleRun(schedule, context);
  registerScheduleUninstall(schedule, context);
}
