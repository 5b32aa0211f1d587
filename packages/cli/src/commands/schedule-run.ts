import { resolve } from 'node:path';
import type { ProfileName } from '@memhold/scanner/checklist';
import type { AccessLists, ScheduleName } from '@memhold/scanner/schedules';
import type { Command } from 'commander';
import { type AccessFlags, withAccess, withAccessOptions } from '../access.ts';
import type { ApiKey } from '../api-key.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { UsageFailure } from '../failure.ts';
import { judging } from '../judging.ts';
import { serverEvidence } from '../server-evidence.ts';
import { shortTime } from '../table.ts';
import type { User } from '../user.ts';
import { profileOption } from './checklist.ts';
import { scannerSurroundings } from './scan.ts';
import { nameArgument } from './schedule-install.ts';

interface RunFlags extends AccessFlags {
  profile: ProfileName;
  updateDependencies?: true;
  reports?: string;
  quiet?: true;
}

export function registerScheduleRun(schedule: Command, context: Context): void {
  const command = withAccessOptions(
    schedule
      .command('run')
      .description('do it now, as the timer does: write a report, and compare with the last one')
      .addArgument(nameArgument())
      .argument('[folder]', 'the repository', '.'),
  )
    .option('--update-dependencies', 'weekly-dependencies: take newer versions on a branch of their own')
    .addOption(profileOption())
    .option('--repository-only', 'monthly-review: there is no server')
    .option('--reports <folder>', 'where reports go; default: the own folder of this user')
    .option('-q, --quiet', 'say nothing unless something is new, or could not be seen')
    .option('--json', 'print the report as JSON')
    .action((name: ScheduleName, folder: string, _flags, self: Command) =>
      judging(context, 'the run', () => run(context, self, name, resolve(folder))),
    );
  withExamples(
    command,
    'memhold schedule run daily-scan',
    'memhold schedule run weekly-dependencies --update-dependencies',
    'memhold schedule run monthly-review --profile staging --repository-only',
  );
  command.addHelpText(
    'after',
    '\nEnds with 0 (nothing found), 1 (findings) or 2 (not everything could be seen).',
  );
}

async function run(context: Context, self: Command, name: ScheduleName, folder: string): Promise<void> {
  const flags = self.optsWithGlobals<RunFlags>();
  if (flags.updateDependencies && name !== 'weekly-dependencies')
    throw new UsageFailure('usage', '--update-dependencies belongs to weekly-dependencies: leave it out');
  const { installedWatchers, printable, runSchedule, runSummary } = await import(
    '@memhold/scanner/schedules'
  );
  const { profile, updateDependencies = false, reports, quiet, json } = flags;
  const order = {
    ...{ name, folder, profile, updateDependencies },
    watchers: installedWatchers(folder, context.env),
    server: () => serverEvidence(context, self),
    people: () => people(context, self),
    ...(reports !== undefined && { reports: resolve(reports) }),
  };
  const { report, files, exitCode } = await runSchedule(order, scannerSurroundings(context));
  context.exitCode = exitCode;
  if (json) return context.out(JSON.stringify(report, null, 2));
  const isNews = report.problems.length > 0 || report.trend.added.length > 0;
  if (quiet && !isNews) return;
  context.out(runSummary(report));
  for (const line of report.problems) context.out(`  not seen: ${line}`);
  for (const { severity, title, where } of report.trend.added.slice(0, 20))
    context.out(`  new: ${severity} ${title} (${where})`);
  for (const { title, lines } of name === 'weekly-dependencies' ? report.chapters : [])
    for (const line of lines) context.out(`  ${title}: ${line}`);
  context.out(`Report: ${printable(files.markdown)}`);
}

/** Keys and accounts of the server, for the review; a server that is not there has none. */
async function people(context: Context, self: Command): Promise<AccessLists> {
  const none = { keys: [], accounts: [] };
  if (self.optsWithGlobals<{ repositoryOnly?: true }>().repositoryOnly)
    return { ...none, problem: 'no server was asked' };
  try {
    return await withAccess(context, self, async (call) => {
      const { api_keys } = await call<{ api_keys: ApiKey[] }>('GET', '/api-keys');
      const { users, total } = await call<{ users: User[]; total: number }>('GET', '/users?limit=1000');
      const more = total > users.length ? [`and ${total - users.length} more`] : [];
      return { keys: api_keys.map(keyLine), accounts: [...users.map(userLine), ...more] };
    });
  } catch {
    // Why is told by the checklist of the same run.
    return { ...none, problem: 'the server was not reached' };
  }
}

const keyLine = ({ name, permissions, expires_at, last_used_at }: ApiKey) =>
  `${name}: ${permissions.join(' ')}; ends ${shortTime(expires_at) ?? 'never'}; last used ${shortTime(last_used_at) ?? 'never'}`;

const userLine = ({ username, roles, is_active, last_login_at }: User) =>
  `${username}: ${roles.join(', ')}${is_active ? '' : ', deactivated'}; last login ${shortTime(last_login_at) ?? 'never'}`;
