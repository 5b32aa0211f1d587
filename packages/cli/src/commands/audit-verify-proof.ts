import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { CommandFailure, oneLine } from '../failure.ts';
import { readNote } from '../note-file.ts';
import { verificationReport } from '../verification-report.ts';

/** An event holds at most some thousand ids; anything longer is another file. */
const MAX_PROOF_BYTES = 16 * 1024 * 1024;

interface Flags {
  key?: string;
  checkpoint?: string;
  json?: true;
}

export function registerAuditVerifyProof(audit: Command, context: Context): void {
  const command = audit
    .command('verify-proof')
    .description('prove one event offline: no server and no database are needed')
    .argument('<file>', 'proof to verify, made by memhold audit proof')
    .option('--key <key>', 'public key of the service, from another source than the proof')
    .option('--checkpoint <note-file>', 'checkpoint kept elsewhere, over as many events as the proof')
    .option('--json', 'print JSON')
    .action((file: string, flags: Flags) => verify(context, file, flags));
  withExamples(
    command,
    'memhold audit verify-proof event-1234.json',
    'memhold audit verify-proof event-1234.json --key "$(cat memhold.pub)" --checkpoint checkpoint.txt',
  );
}

async function verify(context: Context, file: string, { key, checkpoint, json }: Flags): Promise<void> {
  if ((await stat(file)).size > MAX_PROOF_BYTES) {
    const message = `${file} is too large for a proof of one event — an export is verified with memhold audit verify`;
    throw new CommandFailure('not_a_proof', message);
  }
  const text = await readFile(file, 'utf8');
  const note = checkpoint === undefined ? undefined : await readNote(checkpoint);
  const { verifyProof } = await context.server();
  const result = verifyProof(text, {
    ...(key === undefined ? {} : { key }),
    ...(note === undefined ? {} : { checkpoint: note }),
  });
  if (json) context.out(JSON.stringify(result));
  else {
    const { index, size, event } = result;
    const subject = index === undefined ? 'no proof' : `event ${index} of the first ${size}`;
    context.out(verificationReport(file, { ...result, subject }, context.colours));
    if (event !== undefined) context.out(`\n${oneLine(event)}`);
  }
  if (!result.ok) context.exitCode = 1;
}
