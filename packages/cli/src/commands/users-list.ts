import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { shortTime, table } from '../table.ts';
import { stateOf, type User } from '../user.ts';

interface Page {
  users: User[];
  total: number;
  next: string | null;
}

const PAGE = 1000;

export function registerUsersList(users: Command, context: Context): void {
  const command = users
    .command('list')
    .description('list all users, oldest first')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }, self: Command) => {
      const found = await withAccess(context, self, async (call) => {
        const all: User[] = [];
        let after = '';
        for (;;) {
          const page = await call<Page>('GET', `/users?limit=${PAGE}${after}`);
          all.push(...page.users);
          if (page.next === null) return all;
          after = `&after=${encodeURIComponent(page.next)}`;
        }
      });
      context.out(json ? JSON.stringify({ users: found }) : report(found, context.colours));
    });
  withExamples(command, 'memhold users list', 'memhold users list --json');
}

function report(users: readonly User[], colours: boolean): string {
  const rows = users.map((user) => [
    user.username,
    user.email,
    user.roles.join(', '),
    stateOf(user),
    shortTime(user.last_login_at) ?? 'never',
    user.id,
  ]);
  return table([['NAME', 'E-MAIL', 'ROLE', 'STATE', 'LAST LOGIN', 'ID'], ...rows], colours);
}
