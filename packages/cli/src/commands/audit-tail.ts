import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { type Call, withAccess, withAccessOptions } from '../access.ts';
import {
  type AuditEvent,
  type AuditPage,
  type EventFlags,
  eventLine,
  eventPath,
  printableJson,
  withEventOptions,
} from '../audit-events.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { findUser } from '../user.ts';

interface Flags extends EventFlags {
  limit: string;
  follow?: true;
}

/** As far back as the service looks: a clock that was set back hides nothing new. */
const HOURS = '720';
const LOOK_EVERY_MS = 2000;
const PAGE = '1000';

export function registerAuditTail(audit: Command, context: Context): void {
  const command = withEventOptions(
    audit
      .command('tail')
      .description('show the newest events of the audit log, the newest last')
      .option('-n, --limit <events>', 'how many, 1 to 1000', '20')
      .option('-f, --follow', 'go on with new events as they come; Ctrl-C ends it'),
  )
    .option('--json', 'print one JSON object a line')
    .action((flags: Flags, self: Command) => tail(context, flags, self));
  withAccessOptions(command);
  withExamples(
    command,
    'memhold audit tail -n 50',
    'memhold audit tail --follow --security',
    'memhold audit tail -f --json | jq .event_type',
  );
}

function tail(context: Context, flags: Flags, self: Command): Promise<void> {
  return withAccess(context, self, async (call) => {
    const account = flags.user === undefined ? undefined : (await findUser(call, flags.user)).id;
    const ask = asking(call, flags, account);
    const show = (events: readonly AuditEvent[]) => {
      for (const event of events)
        context.out(flags.json ? printableJson(event) : eventLine(event, context.colours));
    };
    const newest = await ask({ limit: flags.limit });
    show(newest.logs.toReversed());
    if (!flags.follow) return;
    // Whoever reads the log is in it: what this command itself asked would be all that it shows.
    let own = [newest.request_id];
    let last = newest.logs[0]?.id ?? -1;
    const stop = new AbortController();
    context.stopRequested().then(() => stop.abort());
    for (;;) {
      await pause(LOOK_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted || !context.stdout.writable) return;
      const found: AuditEvent[] = [];
      const asked: typeof own = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await ask({
          limit: PAGE,
          ...(last >= 0 && { after: String(last) }),
          ...(cursor !== undefined && { cursor }),
        });
        asked.push(page.request_id);
        found.push(...page.logs);
        cursor = page.next;
      }
      last = found[0]?.id ?? last;
      show(found.filter(({ request_id: id }) => id === null || !own.includes(id)).reverse());
      own = asked;
    }
  });
}

type Ask = (query: Record<string, string>) => Promise<AuditPage>;

function asking(call: Call, flags: Flags, account: string | undefined): Ask {
  return (query) => call('GET', eventPath(flags, account, { hours: HOURS, ...query }));
}
