import { Argument, type Command } from 'commander';
import { withAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { findUser, pathOf, ROLES, USER_ARGUMENT, type User } from '../user.ts';

export function registerUsersRole(users: Command, context: Context): void {
  const command = users
    .command('role')
    .description('change what a user may do')
    .argument('<user>', USER_ARGUMENT)
    .addArgument(new Argument('<role>', 'the new role').choices(ROLES))
    .option('--json', 'print JSON')
    .action(async (named: string, role: string, { json }: { json?: true }, self: Command) => {
      const user = await withAccess(context, self, async (call) =>
        call<User>('PATCH', pathOf(await findUser(call, named)), { role }),
      );
      const words = `${user.username} has the role ${role} from now on, and has to log in again.`;
      context.out(json ? JSON.stringify(user) : words);
    });
  withExamples(command, 'memhold users role alice admin', 'memhold users role bob readonly');
}
