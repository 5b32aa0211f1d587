import { resolve } from 'node:path';
import type { PolicyCheck } from '@memhold/scanner/security';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { UsageFailure } from '../failure.ts';
import { table } from '../table.ts';

export function registerSecurityCheck(security: Command, context: Context): void {
  const command = security
    .command('check')
    .description("check a project's .memhold/security.yaml and agent, and show what they come to, and why")
    .argument('[path]', 'the folder', '.')
    .option('--json', 'print JSON')
    .action((path: string, { json }: { json?: true }) => check(context, path, json === true));
  withExamples(command, 'memhold security check', 'memhold security check ../orders --json');
}

/** Ends with 0; 1 where a pattern fails its own examples; 2 where it cannot be used, or its agent is not trusted. */
async function check(context: Context, path: string, isJson: boolean): Promise<void> {
  const { checkPolicy, PolicyUnusable, printable } = await import('@memhold/scanner/security');
  const found = await checkPolicy(resolve(path), context.env, new Date()).catch((error: unknown) => {
    if (error instanceof PolicyUnusable) throw new UsageFailure('policy_unusable', printable(error.message));
    throw error;
  });
  const failed = found.examples.filter(({ failures }) => failures.length > 0);
  context.exitCode = found.untrusted_agent !== null ? 2 : failed.length > 0 ? 1 : 0;
  if (isJson) {
    const { root, ...shown } = found;
    context.out(JSON.stringify({ root: printable(root), ...shown }, null, 2));
    return;
  }
  context.out(`${found.files.join(' and ')} of ${printable(found.root)}`);
  context.out(table([['what', 'comes to', 'because'], ...rowsOf(found)], context.colours));
  for (const { id, failures } of failed)
    for (const { example, problem } of failures) context.err(`${id}: ${example} ${problem}`);
  if (found.untrusted_agent !== null)
    context.err(`${found.untrusted_agent} does not run: look at it, then memhold trust`);
  if (found.looser !== null) context.err(found.looser);
}

function rowsOf(found: PolicyCheck): string[][] {
  const because = found.posture_because.join('; ') || 'the default';
  return [
    ['posture', found.posture, because],
    ...Object.entries(found.severities).map(([severity, outcome]) => [
      `${severity} findings`,
      outcome,
      `${found.posture} posture`,
    ]),
    ...found.thresholds.map((one) => [one.when, `${one.outcome} at least`, one.because]),
    ...found.fields.map((one) => [`values of ${one.field}`, 'veto', one.because]),
    ...found.custom_patterns.map((one) => [one.id, one.severity, one.title]),
    ...found.allow.map((one) => [one.what, one.counts ? 'allowed' : `expired on ${one.until}`, one.reason]),
    ...found.owners.map((one) => [one.path, `ask ${one.people.join(', ')}`, 'owners']),
    ...found.compliance.map((one) => [one.name, one.title, one.source]),
  ];
}
