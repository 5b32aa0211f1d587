import type { Routes } from '@memhold/client';
import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import { printableJson } from '../audit-events.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { pagesOf } from '../pages.ts';
import { shortTime, table } from '../table.ts';

type Page = Routes['GET /scans/overrides']['answer'];

interface Flags {
  limit: string;
  json?: true;
}

export function registerScansOverrides(scans: Command, context: Context): void {
  const command = scans
    .command('overrides')
    .description('list pushes whose veto somebody overrode, the newest first')
    .option('-n, --limit <records>', 'how many, 1 to 100', '50')
    .option('--json', 'print JSON')
    .action(async ({ limit, json }: Flags, self: Command) => {
      const pages = await withAccess(context, self, (call) =>
        pagesOf(
          limit,
          (asked) => call<Page>('GET', `/scans/overrides?${new URLSearchParams(asked)}`),
          (page) => page.overrides.length,
        ),
      );
      const overrides = pages.flatMap((page) => page.overrides);
      const page: Page = { overrides, next: pages.at(-1)!.next };
      context.out(json ? printableJson(page) : report(page, context.colours));
    });
  withExamples(command, 'memhold scans overrides', 'memhold scans overrides -n 100 --json');
}

function report({ overrides }: Page, colours: boolean): string {
  const rows = overrides.map((one) => [
    shortTime(one.time),
    one.user,
    one.remote,
    one.updates
      .map(({ ref }) => ref)
      .join(' ')
      .slice(0, 80),
    String(one.findings.length),
    one.reason,
  ]);
  return table([['TIME', 'WHO', 'REMOTE', 'REFS', 'FINDINGS', 'REASON'], ...rows], colours);
}
