import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import { keyId } from '../api-key.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';

export function registerKeysRevoke(keys: Command, context: Context): void {
  const command = keys
    .command('revoke')
    .description('end a key at once and for good')
    .argument('<id>', 'id of the key, or the key itself')
    .option('--json', 'print JSON')
    .action(async (key: string, { json }: { json?: true }, self: Command) => {
      const id = keyId(key, self);
      await withAccess(context, self, (call) => call('DELETE', `/api-keys/${id}`));
      context.out(
        json ? JSON.stringify({ id, revoked: true }) : `Key ${id} is revoked: it is void from now on.`,
      );
    });
  withExamples(command, 'memhold keys revoke abcdefghjkmn');
}
