import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { UsageFailure } from '../failure.ts';

export function registerSecurityInit(security: Command, context: Context): void {
  const command = security
    .command('init')
    .description('write a first .memhold/security.yaml into a project: what it guards, and what stops a push')
    .argument('[path]', 'the folder', '.')
    .option('--compliance <names>', 'frameworks to follow: hipaa,pci-dss')
    .option('--json', 'print JSON')
    .action((path: string, flags: { compliance?: string; json?: true }) => init(context, path, flags));
  withExamples(command, 'memhold security init', 'memhold security init --compliance hipaa,soc2');
}

async function init(
  context: Context,
  path: string,
  { compliance, json }: { compliance?: string; json?: true },
): Promise<void> {
  const { beginPolicy, PolicyUnusable, printable } = await import('@memhold/scanner/security');
  const names = compliance?.split(',').map((name) => name.trim()) ?? [];
  const file = await beginPolicy(resolve(path), names).catch((error: unknown) => {
    if (error instanceof PolicyUnusable) throw new UsageFailure('policy_unusable', printable(error.message));
    throw error;
  });
  if (json) context.out(JSON.stringify({ file: printable(file) }));
  else {
    context.out(`Written: ${printable(file)}`);
    context.out(
      'It counts for pushes once it is on the default branch. To see what it comes to: memhold security check',
    );
  }
}
