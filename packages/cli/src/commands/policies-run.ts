import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';

type Report = Record<string, number | boolean | string>;

interface Ran {
  ran_at: string;
  policies: Record<string, Report>;
}

export function registerPoliciesRun(policies: Command, context: Context): void {
  const command = policies
    .command('run')
    .description('run policies now; without names all of them. A policy that fails makes the exit code 1')
    .argument('[names...]', 'memory-expiry, original-expiry, event-expiry, scan-expiry, audit-retention')
    .option('--json', 'print JSON')
    .action(async (names: string[], { json }: { json?: true }, self: Command) => {
      const ran = await withAccess(context, self, (call) =>
        call<Ran>('POST', '/policies/run', names.length > 0 ? { policies: names } : {}),
      );
      if (Object.values(ran.policies).some(({ failed }) => failed !== undefined)) context.exitCode = 1;
      const lines = Object.entries(ran.policies).map(([name, report]) => `${name}: ${inWords(report)}`);
      context.out(json ? JSON.stringify(ran) : lines.join('\n'));
    });
  withExamples(command, 'memhold policies run', 'memhold policies run audit-retention --json');
}

function inWords({ failed, complete, ...counts }: Report): string {
  if (failed !== undefined) return `failed (${failed})`;
  const words = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  return `${words.join(', ')}${complete === false ? ' — there is more: run it again' : ''}`;
}
