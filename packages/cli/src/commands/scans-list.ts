import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import { printableJson } from '../audit-events.ts';
import type { Context } from '../context.ts';
import { countsOf, type ListedScan } from '../deployment.ts';
import { withExamples } from '../examples.ts';
import { pagesOf } from '../pages.ts';
import { shortTime, table } from '../table.ts';

interface Flags {
  project?: string;
  ref?: string;
  commit?: string;
  decision?: string;
  limit: string;
  json?: true;
}

interface Page {
  scans: ListedScan[];
  next: string | null;
}

export function registerScansList(scans: Command, context: Context): void {
  const command = scans
    .command('list')
    .description('list reports, the newest first')
    .option('--project <name>', 'only of this project')
    .option('--ref <ref>', 'only of this branch or tag')
    .option('--commit <id>', 'only of this commit')
    .option('--decision <decision>', 'only block_deployment, require_approval or proceed_with_warnings')
    .option('-n, --limit <reports>', 'how many, 1 to 100', '50')
    .option('--json', 'print JSON')
    .action(async ({ json, ...asked }: Flags, self: Command) => {
      const query = new URLSearchParams();
      for (const name of ['project', 'ref', 'commit', 'decision'] as const)
        if (asked[name] !== undefined) query.set(name, asked[name]);
      const pages = await withAccess(context, self, (call) =>
        pagesOf(
          asked.limit,
          (part) => {
            for (const [name, value] of Object.entries(part)) query.set(name, value);
            return call<Page>('GET', `/scans?${query}`);
          },
          ({ scans }) => scans.length,
        ),
      );
      const scans = pages.flatMap((page) => page.scans);
      const next = pages.at(-1)!.next;
      context.out(json ? printableJson({ scans, next }) : report(scans, context.colours));
    });
  withExamples(
    command,
    'memhold scans list',
    'memhold scans list --project shop --decision require_approval --json',
  );
}

function report(scans: readonly ListedScan[], colours: boolean): string {
  const rows = scans.map((one) => [
    one.id,
    one.project,
    one.commit?.slice(0, 12) ?? null,
    one.environment,
    one.state,
    countsOf(one),
    shortTime(one.submitted_at),
  ]);
  return table([['ID', 'PROJECT', 'COMMIT', 'ENVIRONMENT', 'STATE', 'FINDINGS', 'SENT'], ...rows], colours);
}
