import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { fields, shortTime } from '../table.ts';
import { findUser, stateOf, USER_ARGUMENT, type User } from '../user.ts';

export function registerUsersShow(users: Command, context: Context): void {
  const command = users
    .command('show')
    .description('show one user')
    .argument('<user>', USER_ARGUMENT)
    .option('--json', 'print JSON')
    .action(async (named: string, { json }: { json?: true }, self: Command) => {
      const user = await withAccess(context, self, (call) => findUser(call, named));
      context.out(json ? JSON.stringify(user) : report(user));
    });
  withExamples(command, 'memhold users show alice', 'memhold users show alice@example.org --json');
}

function report(user: User): string {
  return fields([
    ['name', user.username],
    ['id', user.id],
    ['e-mail', `${user.email}${user.is_verified ? '' : ' (not verified)'}`],
    ['full name', user.full_name],
    ['role', user.roles.join(', ')],
    ['state', stateOf(user)],
    ['namespace', user.namespace],
    ['since', shortTime(user.created_at)],
    ['last login', shortTime(user.last_login_at) ?? 'never'],
  ]);
}
