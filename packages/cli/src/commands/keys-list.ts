import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import { type ApiKey, boundTo } from '../api-key.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { shortTime, table } from '../table.ts';

export function registerKeysList(keys: Command, context: Context): void {
  const command = keys
    .command('list')
    .description('list the keys in use, without their secrets')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }, self: Command) => {
      const answer = await withAccess(context, self, (call) =>
        call<{ api_keys: ApiKey[] }>('GET', '/api-keys'),
      );
      context.out(json ? JSON.stringify(answer) : report(answer.api_keys, context.colours));
    });
  withExamples(command, 'memhold keys list', 'memhold keys list --json');
}

function report(keys: readonly ApiKey[], colours: boolean): string {
  if (keys.length === 0) return 'There are no keys in use: make one with memhold keys create --name NAME';
  const rows = keys.map((key) => [
    key.id,
    key.name,
    key.permissions.join(' '),
    boundTo(key),
    shortTime(key.expires_at) ?? 'never',
    shortTime(key.last_used_at) ?? 'never',
  ]);
  return table([['ID', 'NAME', 'PERMISSIONS', 'ONLY FOR', 'EXPIRES', 'LAST USED'], ...rows], colours);
}
