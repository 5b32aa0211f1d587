import type { Command } from 'commander';
import { withAccess, withAccessOptions } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';

export function registerSecurityRotateTokenKey(security: Command, context: Context): void {
  const command = withAccessOptions(security.command('rotate-token-key'))
    .description('let a new key sign access tokens; those signed before stay good until they expire')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }, self: Command) => {
      const answer = await withAccess(context, self, (call) =>
        call<{ kid: string }>('POST', '/auth/token-keys/rotate'),
      );
      context.out(
        json
          ? JSON.stringify(answer)
          : `Access tokens are signed with the new key ${answer.kid} from now on.`,
      );
    });
  withExamples(command, 'memhold security rotate-token-key     # with MEMHOLD_JWT_ALGORITHM=EdDSA');
}
