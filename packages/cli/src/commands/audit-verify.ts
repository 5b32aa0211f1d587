import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { readNote } from '../note-file.ts';
import { verificationReport } from '../verification-report.ts';

interface Flags {
  key?: string;
  checkpoint?: string;
  json?: true;
}

export function registerAuditVerify(audit: Command, context: Context): void {
  const command = audit
    .command('verify')
    .description('prove an export offline: no server and no database are needed')
    .argument('<file>', 'export to verify')
    .option('--key <key>', 'public key of the service, from another source than the export')
    .option('--checkpoint <note-file>', 'checkpoint kept elsewhere, to find truncation, forks and rewinds')
    .option('--json', 'print JSON')
    .action((file: string, flags: Flags) => verify(context, file, flags));
  withExamples(
    command,
    'memhold audit verify audit.jsonl',
    'memhold audit verify audit.jsonl --key "$(cat memhold.pub)" --checkpoint witness/checkpoint.txt',
  );
}

async function verify(context: Context, file: string, { key, checkpoint, json }: Flags): Promise<void> {
  const note = checkpoint === undefined ? undefined : await readNote(checkpoint);
  const { verifyExport } = await context.server();
  const result = await verifyExport(file, {
    ...(key === undefined ? {} : { key }),
    ...(note === undefined ? {} : { checkpoint: note }),
  });
  context.out(json ? JSON.stringify(result) : verificationReport(file, result, context.colours));
  if (!result.ok) context.exitCode = 1;
}
