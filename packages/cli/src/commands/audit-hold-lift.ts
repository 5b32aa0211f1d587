import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import type { Hold } from '../hold.ts';

export function registerAuditHoldLift(hold: Command, context: Context): void {
  const command = hold
    .command('lift')
    .description('end a hold: what it kept goes once its retention is over')
    .argument('<id>', 'id of the hold')
    .requiredOption('--reason <text>', 'why: it is logged, and listed with the hold')
    .option('--json', 'print JSON')
    .action(async (id: string, { reason, json }: { reason: string; json?: true }, self: Command) => {
      const lifted = await withAccess(context, self, (call) =>
        call<Hold>('POST', `/audit/holds/${encodeURIComponent(id)}/lift`, { reason }),
      );
      context.out(json ? JSON.stringify(lifted) : `Hold ${lifted.id} is lifted.`);
    });
  withExamples(command, 'memhold audit hold lift 0197… --reason "case closed"', 'memhold audit hold list');
}
