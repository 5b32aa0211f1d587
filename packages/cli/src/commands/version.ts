import { createRequire } from 'node:module';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';

/** Found through the package's own name, which holds for the sources and for the published bundle. */
export function version(): string {
  return createRequire(import.meta.url)('memhold/package.json').version;
}

export function registerVersion(program: Command, context: Context): void {
  const command = program
    .command('version')
    .description('print the version')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: true }) => {
      const found = {
        version: version(),
        node: process.versions.node,
        platform: `${process.platform}-${process.arch}`,
      };
      context.out(json ? JSON.stringify(found) : `memhold ${found.version}`);
    });
  withExamples(command, 'memhold version', 'memhold version --json');
}
