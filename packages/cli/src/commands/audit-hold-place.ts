import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { criteriaOf, type Hold, lastMoment, moment } from '../hold.ts';
import { findUser } from '../user.ts';

interface Flags {
  reason: string;
  user?: string;
  namespace?: string;
  from?: string;
  to?: string;
  json?: true;
}

export function registerAuditHoldPlace(hold: Command, context: Context): void {
  const command = hold
    .command('place')
    .description('keep events of the audit log, however old they become; without criteria all of them')
    .requiredOption('--reason <text>', 'why: it is logged, and listed with the hold')
    .option('--user <user>', 'only what this user did and what was done to them: name, e-mail address or id')
    .option('--namespace <id>', 'only what happened in this namespace')
    .option('--from <time>', 'only from this time on: 2026-01-31 or 2026-01-31T12:00:00Z', moment)
    .option('--to <time>', 'only up to this time; a date includes its day', lastMoment)
    .option('--json', 'print JSON')
    .action(async (flags: Flags, self: Command) => {
      const placed = await withAccess(context, self, async (call) =>
        call<Hold>('POST', '/audit/holds', {
          reason: flags.reason,
          ...(flags.user !== undefined && { user_id: await userId(call, flags.user) }),
          ...(flags.namespace !== undefined && { namespace: flags.namespace }),
          ...(flags.from !== undefined && { from: flags.from }),
          ...(flags.to !== undefined && { to: flags.to }),
        }),
      );
      context.out(
        flags.json
          ? JSON.stringify(placed)
          : `Hold ${placed.id} is in force: it keeps ${criteriaOf(placed)}.`,
      );
    });
  withExamples(
    command,
    'memhold audit hold place --reason "case 2026-17" --user alice',
    'memhold audit hold place --reason "inquiry" --from 2026-01-01 --to 2026-03-31',
  );
}

/** Of somebody who is gone only the id is left: it is taken as it is. */
async function userId(call: Parameters<typeof findUser>[0], named: string): Promise<string> {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(named)) return named;
  return (await findUser(call, named)).id;
}
