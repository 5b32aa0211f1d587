import { type Command, Option } from 'commander';
import { withAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { handOut, QUIET, type SecretFlags } from '../secret-output.ts';
import { ROLES, type User } from '../user.ts';

interface Flags extends SecretFlags {
  email: string;
  fullName?: string;
  role: string;
}

export function registerUsersAdd(users: Command, context: Context): void {
  const command = users
    .command('add')
    .description('make a user, with a first password that is shown once')
    .argument('<name>', 'user name: 3 to 50 letters, digits, _ or -')
    .requiredOption('--email <address>', 'e-mail address')
    .option('--full-name <name>', 'name for people')
    .addOption(new Option('--role <role>', 'what the user may do').choices(ROLES).default('user'))
    .option(...QUIET)
    .option('--json', 'print JSON')
    .action((username: string, flags: Flags, self: Command) => add(context, self, username, flags));
  withExamples(
    command,
    'memhold users add alice --email alice@example.org',
    'memhold users add bob --email bob@example.org --role admin',
    'PASSWORD=$(memhold users add ci --email ci@example.org --quiet)',
  );
}

async function add(context: Context, self: Command, username: string, flags: Flags): Promise<void> {
  const { email, fullName, role } = flags;
  const body = { username, email, role, ...(fullName !== undefined && { full_name: fullName }) };
  const answer = await withAccess(context, self, (call) =>
    call<{ user: User; password: string }>('POST', '/users', body),
  );
  handOut(context, flags, {
    words: `User ${answer.user.username} made, with the role ${role}. The first password is shown only this once; the first login has to change it:`,
    secrets: [answer.password],
    answer,
  });
}
