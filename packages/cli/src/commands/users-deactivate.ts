import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { findUser, pathOf, USER_ARGUMENT, type User } from '../user.ts';

export function registerUsersDeactivate(users: Command, context: Context): void {
  const command = users
    .command('deactivate')
    .description('lock a user out at once, with all sessions and API keys; nothing is lost')
    .argument('<user>', USER_ARGUMENT)
    .option('--json', 'print JSON')
    .action(async (named: string, { json }: { json?: true }, self: Command) => {
      const user = await withAccess(context, self, async (call) =>
        call<User>('PATCH', pathOf(await findUser(call, named)), { is_active: false }),
      );
      const back = `memhold users activate ${user.username}`;
      context.out(
        json
          ? JSON.stringify(user)
          : `${user.username} is deactivated: no login and no API key works. Back with: ${back}`,
      );
    });
  withExamples(command, 'memhold users deactivate alice');
}
