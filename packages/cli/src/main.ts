import { Command, CommanderError } from 'commander';
import { withAccessOptions } from './access.ts';
import { registerAuditBundle } from './commands/audit-bundle.ts';
import { registerAuditCheckpoint } from './commands/audit-checkpoint.ts';
import { registerAuditExport } from './commands/audit-export.ts';
import { registerAuditHoldLift } from './commands/audit-hold-lift.ts';
import { registerAuditHoldList } from './commands/audit-hold-list.ts';
import { registerAuditHoldPlace } from './commands/audit-hold-place.ts';
import { registerAuditProof } from './commands/audit-proof.ts';
import { registerAuditQuery } from './commands/audit-query.ts';
import { registerAuditRotateKey } from './commands/audit-rotate-key.ts';
import { registerAuditTail } from './commands/audit-tail.ts';
import { registerAuditVerify } from './commands/audit-verify.ts';
import { registerAuditVerifyProof } from './commands/audit-verify-proof.ts';
import { registerChecklist } from './commands/checklist.ts';
import { registerGate } from './commands/gate.ts';
import { registerHelp } from './commands/help.ts';
import { registerHistory } from './commands/history.ts';
import { registerHook } from './commands/hook.ts';
import { registerInit } from './commands/init.ts';
import { registerKeysCreate } from './commands/keys-create.ts';
import { registerKeysList } from './commands/keys-list.ts';
import { registerKeysRevoke } from './commands/keys-revoke.ts';
import { registerKeysRotate } from './commands/keys-rotate.ts';
import { registerMcp } from './commands/mcp.ts';
import { registerPoliciesRun } from './commands/policies-run.ts';
import { registerRotation } from './commands/rotation.ts';
import { registerScan } from './commands/scan.ts';
import { registerScansDecide } from './commands/scans-decide.ts';
import { registerScansList } from './commands/scans-list.ts';
import { registerScansOverrides } from './commands/scans-overrides.ts';
import { registerScansShow } from './commands/scans-show.ts';
import { registerSchedule } from './commands/schedule.ts';
import { registerSecurityCheck } from './commands/security-check.ts';
import { registerSecurityGenerateKey } from './commands/security-generate-key.ts';
import { registerSecurityInit } from './commands/security-init.ts';
import { registerSecurityRotateTokenKey } from './commands/security-rotate-token-key.ts';
import { registerServe } from './commands/serve.ts';
import { registerTrust } from './commands/trust.ts';
import { registerUsersActivate } from './commands/users-activate.ts';
import { registerUsersAdd } from './commands/users-add.ts';
import { registerUsersDeactivate } from './commands/users-deactivate.ts';
import { registerUsersInvite } from './commands/users-invite.ts';
import { registerUsersList } from './commands/users-list.ts';
import { registerUsersRemove } from './commands/users-remove.ts';
import { registerUsersRemoveMfa } from './commands/users-remove-mfa.ts';
import { registerUsersResetPassword } from './commands/users-reset-password.ts';
import { registerUsersRole } from './commands/users-role.ts';
import { registerUsersShow } from './commands/users-show.ts';
import { registerVersion, version } from './commands/version.ts';
import { type Context, processContext } from './context.ts';
import { withExamples } from './examples.ts';
import { describeFailure, UsageFailure } from './failure.ts';

export { guardOutcome } from '@memhold/scanner/command';

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
  withExamples(program, 'memhold init', 'memhold serve', 'memhold users list', 'memhold help audit verify');

  registerInit(program, context);
  registerServe(program, context);
  registerMcp(program, context);
  registerScan(program, context);
  registerTrust(program, context);
  registerHook(program, context);
  registerChecklist(program, context);
  registerSchedule(program, context);
  registerHistory(program, context);
  registerRotation(program, context);
  registerGate(program, context);

  const users = withAccessOptions(program.command('users').description('accounts of people'));
  withExamples(
    users,
    'memhold users list',
    'memhold users add alice --email alice@example.org',
    'memhold users reset-password admin',
    'MEMHOLD_TOKEN=… memhold users list --url https://memory.example.org',
  );
  registerUsersList(users, context);
  registerUsersShow(users, context);
  registerUsersAdd(users, context);
  registerUsersInvite(users, context);
  registerUsersRole(users, context);
  registerUsersDeactivate(users, context);
  registerUsersActivate(users, context);
  registerUsersResetPassword(users, context);
  registerUsersRemoveMfa(users, context);
  registerUsersRemove(users, context);

  const keys = withAccessOptions(
    program
      .command('keys')
      .description("API keys of the administrator's namespace (with --url: of the token's)"),
  );
  withExamples(keys, 'memhold keys list', 'memhold keys create --name ci --expires 90d');
  registerKeysList(keys, context);
  registerKeysCreate(keys, context);
  registerKeysRotate(keys, context);
  registerKeysRevoke(keys, context);

  const audit = program.command('audit').description('read the audit trail, export it, and prove an export');
  withExamples(
    audit,
    'memhold audit query --failed',
    'memhold audit export --out audit.jsonl',
    'memhold audit verify audit.jsonl',
  );
  registerAuditQuery(audit, context);
  registerAuditTail(audit, context);
  registerAuditExport(audit, context);
  registerAuditBundle(audit, context);
  registerAuditVerify(audit, context);
  registerAuditCheckpoint(audit, context);
  registerAuditProof(audit, context);
  registerAuditVerifyProof(audit, context);
  registerAuditRotateKey(audit, context);

  const hold = withAccessOptions(
    audit.command('hold').description('legal holds: events that stay, however old they become'),
  );
  withExamples(
    hold,
    'memhold audit hold place --reason "case 2026-17" --user alice',
    'memhold audit hold list',
  );
  registerAuditHoldPlace(hold, context);
  registerAuditHoldList(hold, context);
  registerAuditHoldLift(hold, context);

  const scans = withAccessOptions(
    program.command('scans').description('reports of scans that came in, and what people decide about them'),
  );
  withExamples(
    scans,
    'memhold scans list',
    "memhold scans approve 01a1ff99-4afa-72cc-9465-db6ac32a2d6f --reason 'a test value, looked at with Ada'",
  );
  registerScansList(scans, context);
  registerScansShow(scans, context);
  registerScansDecide(scans, context);
  registerScansOverrides(scans, context);

  const policies = withAccessOptions(
    program.command('policies').description('what is done with what has become old'),
  );
  withExamples(policies, 'memhold policies run', 'memhold policies run memory-expiry');
  registerPoliciesRun(policies, context);

  const security = program.command('security').description("keys, and a project's own policy");
  withExamples(
    security,
    'memhold security init',
    'memhold security check',
    'memhold security generate-key',
    'memhold security rotate-token-key',
  );
  registerSecurityInit(security, context);
  registerSecurityCheck(security, context);
  registerSecurityGenerateKey(security, context);
  registerSecurityRotateTokenKey(security, context);

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
    return error instanceof UsageFailure ? 2 : 1;
  }
}
