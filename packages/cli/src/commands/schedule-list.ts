import type { RunState, ScheduleRecord } from '@memhold/scanner/schedules';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { shortTime, table } from '../table.ts';

/** States after which somebody has to look. */
const BAD: readonly RunState[] = ['failed', 'missed', 'interrupted'];

export function registerScheduleList(schedule: Command, context: Context): void {
  const command = schedule
    .command('list')
    .description(
      'the schedules of this user, and how their last runs went; ends with 1 where one is not well',
    )
    .option('--json', 'print JSON')
    .action((flags: { json?: true }) => list(context, flags));
  withExamples(command, 'memhold schedule list', 'memhold schedule list --json');
}

async function list(context: Context, { json }: { json?: true }): Promise<void> {
  const { allRecords, hasTimer, ScheduleProblem, stateOf, printable } = await import(
    '@memhold/scanner/schedules'
  );
  const now = new Date();
  const known = await Promise.all(
    allRecords(context.env).map(async ({ id, record }) => {
      const timer = await hasTimer(record, id, context.env).catch((error: unknown) => {
        if (error instanceof ScheduleProblem) return undefined;
        throw error;
      });
      return { record, state: stateOf(record, now), timer };
    }),
  );
  if (known.some(({ state, timer }) => BAD.includes(state) || timer === false)) context.exitCode = 1;
  if (json) {
    const schedules = known.map(({ record, state, timer }) => ({
      ...record,
      state,
      timer_installed: timer ?? null,
    }));
    context.out(JSON.stringify({ schedules }));
  } else if (known.length === 0) context.out('There are no schedules: memhold schedule install daily-scan');
  else {
    const rows = known.map(({ record, state, timer }) => [
      record.name,
      timer === false ? `${record.timer}, GONE` : record.timer,
      BAD.includes(state) ? state.toUpperCase() : state,
      shortTime(record.last_run?.started_at ?? null) ?? 'never',
      printable(record.folder),
      printable(wordsOf(record, state)),
    ]);
    context.out(
      table([['NAME', 'TIMER', 'STATE', 'LAST RUN', 'REPOSITORY', 'RESULT'], ...rows], context.colours),
    );
  }
}

function wordsOf({ name, last_run }: ScheduleRecord, state: RunState): string {
  if (state === 'missed') return `no run in time: try memhold schedule run ${name}`;
  if (state === 'interrupted') return 'the last run never ended';
  return last_run?.words ?? '';
}
