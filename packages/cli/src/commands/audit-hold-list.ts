import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { criteriaOf, type Hold } from '../hold.ts';
import { shortTime, table } from '../table.ts';

export function registerAuditHoldList(hold: Command, context: Context): void {
  const command = hold
    .command('list')
    .description('list all holds, lifted ones included, oldest first')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }, self: Command) => {
      const answer = await withAccess(context, self, (call) =>
        call<{ holds: Hold[] }>('GET', '/audit/holds'),
      );
      context.out(json ? JSON.stringify(answer) : report(answer.holds, context.colours));
    });
  withExamples(command, 'memhold audit hold list', 'memhold audit hold list --json');
}

function report(holds: readonly Hold[], colours: boolean): string {
  if (holds.length === 0) return 'There are no holds: events go once their retention is over.';
  const rows = holds.map((hold) => [
    hold.id,
    shortTime(hold.placed_at),
    shortTime(hold.lifted_at) ?? 'in force',
    criteriaOf(hold),
    hold.reason,
  ]);
  return table([['ID', 'PLACED', 'LIFTED', 'KEEPS', 'REASON'], ...rows], colours);
}
