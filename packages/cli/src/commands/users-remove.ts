import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { CommandFailure, oneLine } from '../failure.ts';
import { findUser, pathOf, USER_ARGUMENT, type User } from '../user.ts';

interface Flags {
  yes?: true;
  json?: true;
}

export function registerUsersRemove(users: Command, context: Context): void {
  const command = users
    .command('remove')
    .description('remove a user for good, with keys and sessions, and destroy what their namespace holds')
    .argument('<user>', USER_ARGUMENT)
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .action((named: string, flags: Flags, self: Command) => remove(context, self, named, flags));
  withExamples(
    command,
    'memhold users remove alice           # asks for the name again',
    'memhold users remove alice --yes',
    'memhold users deactivate alice       # only locks out, and can be undone',
  );
}

async function remove(context: Context, self: Command, named: string, { yes, json }: Flags): Promise<void> {
  if (!yes && !context.ask) self.error('error: nothing was removed: it cannot be undone, so add --yes');
  const { id, username } = await withAccess(context, self, async (call) => {
    const user = await findUser(call, named);
    if (!yes) await confirm(context, user);
    await call('DELETE', pathOf(user));
    return user;
  });
  context.out(json ? JSON.stringify({ id, username, removed: true }) : `User ${username} is removed.`);
}

async function confirm(context: Context, { username, email }: User): Promise<void> {
  context.err(
    `This removes ${username} (${oneLine(email)}) with all API keys and sessions, and destroys the memories`,
  );
  context.err('of their namespace unless others are members of it. It cannot be undone.');
  const typed = await context.ask!('Type the user name to go on: ');
  if (typed.trim() !== username)
    throw new CommandFailure('not_confirmed', 'nothing was removed: that was not the user name');
}
