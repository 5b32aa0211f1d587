import { existsSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ScheduleName, Timer } from '@memhold/scanner/schedules';
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { Context } from '../context.ts';
import { duration } from '../duration.ts';
import { withExamples } from '../examples.ts';
import { UsageFailure } from '../failure.ts';
import { judging } from '../judging.ts';
import { baseOf } from '../remote.ts';
import type { SettingFlags } from '../settings.ts';
import { profileOption } from './checklist.ts';

interface InstallFlags extends SettingFlags {
  with?: Timer;
  spread: number;
  profile: string;
  updateDependencies?: true;
  repositoryOnly?: true;
  url?: string;
  print?: true;
  json?: true;
}

/** The names stand here too, so that help comes without the scanner. */
export const nameArgument = () =>
  new Argument('<name>', 'what to do').choices(['daily-scan', 'weekly-dependencies', 'monthly-review']);

const MOST_MINUTES = 720;

export function registerScheduleInstall(schedule: Command, context: Context): void {
  const command = schedule
    .command('install')
    .description(
      'have a timer run it from now on: each day at 2, each Sunday at 3, each first of a month at 4',
    )
    .addArgument(nameArgument())
    .argument('[folder]', 'the repository', '.')
    .addOption(
      new Option('--with <timer>', 'what starts it; default: systemd where it runs, else cron').choices([
        'cron',
        'systemd',
        'github',
        'gitlab',
      ]),
    )
    .option('--spread <time>', 'start up to so much later, so that not all start at once', minutesOf, 0)
    .option('--update-dependencies', 'weekly-dependencies: take newer versions on a branch of their own')
    .addOption(profileOption())
    .option('--url <address>', 'monthly-review: the server; its token comes from MEMHOLD_TOKEN of the run')
    .option('--repository-only', 'monthly-review: there is no server')
    .option('--print', 'show the file for a CI system, and write nothing')
    .option('--json', 'print JSON')
    .action((name: ScheduleName, folder: string, _flags, self: Command) =>
      judging(context, 'the installation', () => install(context, self, name, resolve(folder))),
    );
  withExamples(
    command,
    'memhold schedule install daily-scan --spread 30m',
    'memhold schedule install weekly-dependencies --update-dependencies --with cron',
    'memhold schedule install monthly-review --profile staging --repository-only',
    'memhold schedule install daily-scan --with github --print',
  );
}

async function install(context: Context, self: Command, name: ScheduleName, folder: string): Promise<void> {
  const flags = self.optsWithGlobals<InstallFlags>();
  if (flags.updateDependencies && name !== 'weekly-dependencies')
    throw new UsageFailure('usage', '--update-dependencies belongs to weekly-dependencies: leave it out');
  const { installSchedule, ciFile, printable } = await import('@memhold/scanner/schedules');
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageFailure('no_folder', `${printable(folder)} is no folder: name the repository`);
  const timer = flags.with ?? (existsSync('/run/systemd/system') ? 'systemd' : 'cron');
  const isCi = timer === 'github' || timer === 'gitlab';
  const options = optionsOf(name, flags);
  if (flags.print && !isCi)
    throw new UsageFailure('usage', '--print is for --with github and --with gitlab: leave it out');
  if (flags.print) return context.out(ciFile({ name, timer, options }).text.trimEnd());
  const program = { node: process.execPath, script: realpathSync(process.argv[1]!) };
  const { spread } = flags;
  const order = { name, folder: realpathSync(folder), timer, spread, options, program, now: new Date() };
  const { where, todo } = await installSchedule(order, context.env);
  if (flags.json) return context.out(JSON.stringify({ name, folder, timer, where, todo }));
  context.out(`Installed ${name}: ${printable(where)}`);
  for (const line of todo) context.out(`To do: ${printable(line)}`);
  if (!isCi) context.out(`Undo it with: memhold schedule uninstall ${name}`);
}

/** What each run gets; never a token, which would lie in a file. */
function optionsOf(name: ScheduleName, flags: InstallFlags): string[] {
  if (name === 'weekly-dependencies') return flags.updateDependencies ? ['--update-dependencies'] : [];
  if (name === 'daily-scan') return [];
  const { profile, url, dataDir, repositoryOnly } = flags;
  return [
    ...['--profile', profile],
    ...(url === undefined ? [] : ['--url', baseOf(url)]),
    ...(dataDir === undefined ? [] : ['--data-dir', resolve(dataDir)]),
    ...(repositoryOnly ? ['--repository-only'] : []),
  ];
}

function minutesOf(text: string): number {
  const minutes = duration(text) / 60;
  if (minutes > MOST_MINUTES) throw new InvalidArgumentError('It is 12h at most.');
  return minutes;
}
