import type { Command } from 'commander';
import { withAccess, withAccessOptions } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';

interface RotatedKey {
  key: string;
  previous_key: string;
  size: number;
}

export function registerAuditRotateKey(audit: Command, context: Context): void {
  const command = withAccessOptions(audit.command('rotate-key'))
    .description('let a new key sign the audit log; what the old key has signed stays verifiable')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }, self: Command) => {
      const answer = await withAccess(context, self, (call) =>
        call<RotatedKey>('POST', '/audit/signing-key/rotate'),
      );
      context.out(json ? JSON.stringify(answer) : report(answer));
    });
  withExamples(command, 'memhold audit rotate-key');
}

function report({ key, previous_key, size }: RotatedKey): string {
  return [
    `A new key signs the audit log from event ${size.toLocaleString('en-US')} on; the old private key is gone.`,
    `New public key: ${key}`,
    `Old public key: ${previous_key}`,
    'Keep the new one where you keep the old one, apart from the server: exports verify with either, and only the newest shows that nobody replaced the key after it was stolen.',
  ].join('\n');
}
