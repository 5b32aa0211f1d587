import { Command, CommanderError } from 'commander';
import { registerAuditExport } from './commands/audit-export.ts';
import { registerAuditVerify } from './commands/audit-verify.ts';
import { registerHelp } from './commands/help.ts';
import { registerInit } from './commands/init.ts';
import { registerSecurityGenerateKey } from './commands/security-generate-key.ts';
import { registerServe } from './commands/serve.ts';
import { registerVersion, version } from './commands/version.ts';
import { type Context, processContext } from './context.ts';
import { withExamples } from './examples.ts';
import { describeFailure } from './failure.ts';

/** The `memhold` command with everything it can do. */
export function buildProgram(context: Context): Command {
  const program = new Command('memhold')
    .description('The memory of AI agents, kept in a stronghold.')
    .option('--data-dir <folder>', 'folder of the data, in place of MEMHOLD_DATA_DIR')
    .version(version(), '-V, --version', 'print the version')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => context.out(text.replace(/\n$/, '')),
      writeErr: (text) => context.err(text.replace(/\n$/, '')),
    });
  withExamples(program, 'memhold init', 'memhold serve', 'memhold help audit verify');

  registerInit(program, context);
  registerServe(program, context);

  const audit = program.command('audit').description('export the audit trail, and prove an export');
  withExamples(audit, 'memhold audit export --out audit.jsonl', 'memhold audit verify audit.jsonl');
  registerAuditExport(audit, context);
  registerAuditVerify(audit, context);

  const security = program.command('security').description('keys and checks');
  withExamples(security, 'memhold security generate-key');
  registerSecurityGenerateKey(security, context);

  registerVersion(program, context);
  registerHelp(program);
  return program;
}

/**
 * Runs one command line.
 * @returns the exit code: 0 done, 1 failed or found something, 2 used wrongly
 */
export async function main(argv: readonly string[], context: Context = processContext()): Promise<number> {
  try {
    await buildProgram(context).parseAsync(argv, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const debug = context.env.MEMHOLD_LOG_LEVEL === 'debug';
    for (const line of describeFailure(error, debug)) context.err(line);
    return 1;
  }
}
