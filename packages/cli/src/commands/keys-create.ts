import { type Command, InvalidArgumentError } from 'commander';
import { withAccess } from '../access.ts';
import { described, type NewApiKey, secretsOf, shownOnce } from '../api-key.ts';
import type { Context } from '../context.ts';
import { days, endTime } from '../duration.ts';
import { withExamples } from '../examples.ts';
import { oneLine } from '../failure.ts';
import { handOut, QUIET, type SecretFlags } from '../secret-output.ts';
import { signingOf } from '../signing.ts';

interface Flags extends SecretFlags {
  name: string;
  permission?: string[];
  userId?: string;
  agentId?: string;
  appId?: string;
  runId?: string;
  expires?: string;
  rotateAfter?: number;
  sign?: string;
}

const PERMISSIONS =
  'memories:read, memories:write, memories:delete, clusters:read, projects:write, webhooks:manage, scans:write, scans:read, metrics:read';

export function registerKeysCreate(keys: Command, context: Context): void {
  const command = keys
    .command('create')
    .description('make a key, which is shown once')
    .requiredOption('--name <name>', 'what the key is for')
    .option(
      '--permission <permission>',
      `what it may do, again for more (${PERMISSIONS}); default: the first three`,
      collected,
    )
    .option('--user-id <id>', 'only for the memories of this user')
    .option('--agent-id <id>', 'only for the memories of this agent')
    .option('--app-id <id>', 'only for the memories of this app')
    .option('--run-id <id>', 'only for the memories of this run')
    .option('--expires <when>', 'when it ends: 90d, or an ISO 8601 date or date-time', (text) =>
      endTime(text),
    )
    .option('--rotate-after <time>', 'when its owner is reminded to rotate it: 90d', days)
    .option('--sign <how>', 'requests must be signed: hmac-sha256, or ed25519:FILE with your public key')
    .option(...QUIET)
    .option('--json', 'print JSON')
    .action((flags: Flags, self: Command) => create(context, self, flags));
  withExamples(
    command,
    'memhold keys create --name ci',
    'KEY=$(memhold keys create --name ci --quiet)',
    'memhold keys create --name reader --permission memories:read --user-id ada --expires 90d',
    'memhold keys create --name agent --sign ed25519:agent.pub',
  );
}

function collected(value: string, before: string[] = []): string[] {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return [...before, ...value.split(',').map((one) => one.trim())];
}

async function create(context: Context, self: Command, flags: Flags): Promise<void> {
  const entities = {
    ...(flags.userId !== undefined && { user_id: flags.userId }),
    ...(flags.agentId !== undefined && { agent_id: flags.agentId }),
    ...(flags.appId !== undefined && { app_id: flags.appId }),
    ...(flags.runId !== undefined && { run_id: flags.runId }),
  };
  const body = {
    name: flags.name,
    ...(flags.permission && { permissions: flags.permission }),
    ...(Object.keys(entities).length > 0 && { entities }),
    ...(flags.expires !== undefined && { expires_at: flags.expires }),
    ...(flags.rotateAfter !== undefined && { rotate_after_days: flags.rotateAfter }),
    ...(flags.sign !== undefined && { signing: await signingOf(flags.sign) }),
  };
  const answer = await withAccess(context, self, (call) => call<NewApiKey>('POST', '/api-keys', body));
  const what = oneLine(`Key "${answer.name}" with the id ${answer.id} made: ${described(answer)}.`);
  handOut(context, flags, { words: `${what} ${shownOnce(answer)}`, secrets: secretsOf(answer), answer });
}
