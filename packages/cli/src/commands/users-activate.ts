import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { findUser, pathOf, USER_ARGUMENT, type User } from '../user.ts';

export function registerUsersActivate(users: Command, context: Context): void {
  const command = users
    .command('activate')
    .description('let a deactivated user in again')
    .argument('<user>', USER_ARGUMENT)
    .option('--json', 'print JSON')
    .action(async (named: string, { json }: { json?: true }, self: Command) => {
      const user = await withAccess(context, self, async (call) =>
        call<User>('PATCH', pathOf(await findUser(call, named)), { is_active: true }),
      );
      context.out(json ? JSON.stringify(user) : `${user.username} is active: logins and API keys work.`);
    });
  withExamples(command, 'memhold users activate alice');
}
