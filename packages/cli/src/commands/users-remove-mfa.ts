import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { findUser, pathOf, USER_ARGUMENT } from '../user.ts';

export function registerUsersRemoveMfa(users: Command, context: Context): void {
  const command = users
    .command('remove-mfa')
    .description('take the second factor away from a user who lost it; every session of the user ends')
    .argument('<user>', USER_ARGUMENT)
    .option('--json', 'print JSON')
    .action(async (named: string, { json }: { json?: true }, self: Command) => {
      const { id, username } = await withAccess(context, self, async (call) => {
        const found = await findUser(call, named);
        await call('DELETE', pathOf(found, '/mfa'));
        return found;
      });
      const words = `${username} has no second factor: the password alone is enough until a new one is set up.`;
      context.out(json ? JSON.stringify({ id, username, mfa: false }) : words);
    });
  withExamples(command, 'memhold users remove-mfa alice');
}
