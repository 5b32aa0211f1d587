import { type Command, Option } from 'commander';
import { withAccess, withAccessOptions } from '../access.ts';
import {
  type AuditPage,
  type EventFlags,
  eventPath,
  eventTable,
  printableJson,
  withEventOptions,
} from '../audit-events.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { findUser } from '../user.ts';

interface Flags extends EventFlags {
  hours: string;
  limit: string;
  cursor?: string;
}

export function registerAuditQuery(audit: Command, context: Context): void {
  const command = withEventOptions(
    audit
      .command('query')
      .description('show events of the audit log, newest first')
      .option('--hours <hours>', 'how far back, 1 to 720', '24')
      .option('--limit <events>', 'events of a page, 1 to 1000', '100'),
  )
    .addOption(new Option('--cursor <cursor>', 'go on where a page ended, with the same other options'))
    .option('--json', 'print the answer of the service as JSON')
    .action((flags: Flags, self: Command) => query(context, flags, self));
  withAccessOptions(command);
  withExamples(
    command,
    'memhold audit query --hours 720 --failed',
    'memhold audit query --user alice --type memory.retrieved',
    'memhold audit query --security --severity critical --json',
  );
}

async function query(context: Context, flags: Flags, self: Command): Promise<void> {
  const page = await withAccess(context, self, async (call) => {
    const account = flags.user === undefined ? undefined : (await findUser(call, flags.user)).id;
    const { hours, limit, cursor } = flags;
    return call<AuditPage>(
      'GET',
      eventPath(flags, account, { hours, limit, ...(cursor !== undefined && { cursor }) }),
    );
  });
  if (flags.json) return context.out(printableJson(page));
  if (page.logs.length === 0) return context.err('No events match: widen the filters, or --hours.');
  context.out(eventTable(page.logs, context.colours));
  const rest = page.next === null ? '' : `; more with --cursor ${page.next}`;
  context.err(`${page.logs.length} of ${page.total.toLocaleString('en-US')} events${rest}`);
}
