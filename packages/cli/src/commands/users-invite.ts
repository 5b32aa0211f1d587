import { type Command, Option } from 'commander';
import { withAccess } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { handOut, QUIET, type SecretFlags } from '../secret-output.ts';
import { shortTime } from '../table.ts';
import { ROLES } from '../user.ts';

interface Invitation {
  id: string;
  email: string | null;
  role: string;
  expires_at: string;
  link?: string;
}

export function registerUsersInvite(users: Command, context: Context): void {
  const command = users
    .command('invite')
    .description('invite somebody to make an account: by mail, or with a link to hand on')
    .argument('[address]', 'e-mail address; without one, the link is printed')
    .addOption(new Option('--role <role>', 'what the user may do').choices(ROLES).default('user'))
    .option(...QUIET)
    .option('--json', 'print JSON')
    .action((email: string | undefined, flags: SecretFlags & { role: string }, self: Command) =>
      invite(context, self, email, flags),
    );
  withExamples(
    command,
    'memhold users invite alice@example.org',
    'memhold users invite --role readonly     # prints a link',
    'MEMHOLD_PUBLIC_URL=https://memory.example.org memhold users invite     # while no server runs',
  );
}

async function invite(
  context: Context,
  self: Command,
  email: string | undefined,
  flags: SecretFlags & { role: string },
): Promise<void> {
  const body = { role: flags.role, ...(email !== undefined && { email }) };
  const answer = await withAccess(context, self, (call) => call<Invitation>('POST', '/invitations', body));
  const what = `with the role ${answer.role}, until ${shortTime(answer.expires_at)}`;
  const words =
    answer.link === undefined
      ? `Invitation ${what}. The server mails the link to ${email}, once it runs; without MEMHOLD_SMTP_URL it writes the mail into the folder .outbox beside the data folder.`
      : `Invitation ${what}. Whoever has this link can use it, once:`;
  handOut(context, flags, { words, secrets: answer.link === undefined ? [] : [answer.link], answer });
}
