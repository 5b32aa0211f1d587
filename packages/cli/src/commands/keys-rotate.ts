import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import { keyId, type NewApiKey, secretsOf, shownOnce } from '../api-key.ts';
import type { Context } from '../context.ts';
import { duration } from '../duration.ts';
import { withExamples } from '../examples.ts';
import { oneLine } from '../failure.ts';
import { handOut, QUIET, type SecretFlags } from '../secret-output.ts';
import { shortTime } from '../table.ts';

interface Flags extends SecretFlags {
  overlap?: number;
}

export function registerKeysRotate(keys: Command, context: Context): void {
  const command = keys
    .command('rotate')
    .description('give a key a new secret under the same id; the old one holds for a while')
    .argument('<id>', 'id of the key, or the key itself')
    .option('--overlap <time>', 'how long the old secret holds: 0 to 30d, default 1d', duration)
    .option(...QUIET)
    .option('--json', 'print JSON')
    .action((id: string, flags: Flags, self: Command) => rotate(context, self, keyId(id, self), flags));
  withExamples(
    command,
    'memhold keys rotate abcdefghjkmn',
    'memhold keys rotate abcdefghjkmn --overlap 0     # the old one is void at once',
  );
}

async function rotate(context: Context, self: Command, id: string, flags: Flags): Promise<void> {
  const body = flags.overlap === undefined ? {} : { overlap_seconds: flags.overlap };
  const answer = await withAccess(context, self, (call) =>
    call<NewApiKey>('POST', `/api-keys/${id}/rotate`, body),
  );
  const old =
    flags.overlap === 0
      ? 'the old secret is void'
      : `the old secret holds until ${shortTime(answer.previous_until)}`;
  const what = oneLine(`Key "${answer.name}" has a new secret; ${old}.`);
  handOut(context, flags, { words: `${what} ${shownOnce(answer)}`, secrets: secretsOf(answer), answer });
}
