import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import { printableJson } from '../audit-events.ts';
import type { Context } from '../context.ts';
import { type Deployment, wordsOf } from '../deployment.ts';
import { duration } from '../duration.ts';
import { withExamples } from '../examples.ts';
import { oneLine } from '../failure.ts';

const ID = ['<id>', 'the id that the service gave the report'] as const;
const pathOf = (id: string) => `/scans/${encodeURIComponent(id)}/approvals`;

function show(context: Context, json: true | undefined, deployment: Deployment): void {
  context.out(json ? printableJson(deployment) : wordsOf(deployment).map(oneLine).join('\n'));
}

interface Flags {
  reason: string;
  expires?: number;
  json?: true;
}

/** What a second person decides: `approve`, `reject`, `revoke`. */
export function registerScansDecide(scans: Command, context: Context): void {
  const approve = scans
    .command('approve')
    .description('let a deployment go on; never by whoever sent its report, or owns the key that did')
    .argument(...ID)
    .requiredOption('--reason <text>', 'why, in 10 to 500 characters: it is logged')
    .option('--expires <time>', 'how long the approval holds, at most 7d; default: a day', duration)
    .option('--json', 'print JSON')
    .action(async (id: string, { reason, expires, json }: Flags, self: Command) => {
      const body = { decision: 'approve', reason, ...(expires !== undefined && { expires_in: expires }) };
      show(
        context,
        json,
        await withAccess(context, self, (call) => call<Deployment>('POST', pathOf(id), body)),
      );
    });
  withExamples(
    approve,
    "memhold scans approve 01a1ff99-4afa-72cc-9465-db6ac32a2d6f --reason 'a test value, looked at with Ada' --expires 4h",
  );

  const reject = scans
    .command('reject')
    .description('keep a deployment from going on')
    .argument(...ID)
    .requiredOption('--reason <text>', 'why, in 10 to 500 characters: it is logged')
    .option('--json', 'print JSON')
    .action(async (id: string, { reason, json }: Flags, self: Command) => {
      const body = { decision: 'reject', reason };
      show(
        context,
        json,
        await withAccess(context, self, (call) => call<Deployment>('POST', pathOf(id), body)),
      );
    });
  withExamples(
    reject,
    "memhold scans reject 01a1ff99-4afa-72cc-9465-db6ac32a2d6f --reason 'the password is the real one'",
  );

  const revoke = scans
    .command('revoke')
    .description('take an approval back; what went on already has gone on')
    .argument(...ID)
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { json?: true }, self: Command) => {
      show(context, json, await withAccess(context, self, (call) => call<Deployment>('DELETE', pathOf(id))));
    });
  withExamples(revoke, 'memhold scans revoke 01a1ff99-4afa-72cc-9465-db6ac32a2d6f');
}
