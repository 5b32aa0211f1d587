import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { handOut, QUIET, type SecretFlags } from '../secret-output.ts';
import { findUser, pathOf, USER_ARGUMENT } from '../user.ts';

export function registerUsersResetPassword(users: Command, context: Context): void {
  const command = users
    .command('reset-password')
    .description('give a user a new random password, shown once; every session of the user ends')
    .argument('<user>', USER_ARGUMENT)
    .option(...QUIET)
    .option('--json', 'print JSON')
    .action((named: string, flags: SecretFlags, self: Command) => reset(context, self, named, flags));
  withExamples(
    command,
    'memhold users reset-password admin     # works also while no server runs',
    'PASSWORD=$(memhold users reset-password alice --quiet)',
  );
}

async function reset(context: Context, self: Command, named: string, flags: SecretFlags): Promise<void> {
  const { user, password } = await withAccess(context, self, async (call) => {
    const found = await findUser(call, named);
    return { user: found, ...(await call<{ password: string }>('POST', pathOf(found, '/reset-password'))) };
  });
  handOut(context, flags, {
    words: `The new password of ${user.username} is shown only this once; the next login has to change it:`,
    secrets: [password],
    answer: { id: user.id, username: user.username, password },
  });
}
