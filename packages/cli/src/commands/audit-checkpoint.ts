import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { withAccess, withAccessOptions } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';

interface Flags {
  out?: string;
  json?: true;
}

interface Checkpoint {
  size: number;
  root: string;
  time: string | null;
  /** Signed note. */
  checkpoint: string;
  /** Events that there were when it was asked for. */
  log_size: number;
  key: string;
}

export function registerAuditCheckpoint(audit: Command, context: Context): void {
  const command = withAccessOptions(audit.command('checkpoint'))
    .description('hand out the newest signed checkpoint, to keep where the server cannot write')
    .option('--out <file>', 'file to write; default: standard output')
    .option('--json', 'print JSON')
    .action((flags: Flags, self: Command) => handOut(context, self, flags));
  withExamples(
    command,
    'memhold audit checkpoint > /mnt/elsewhere/checkpoint.txt',
    'memhold audit checkpoint --out /mnt/elsewhere/checkpoint.txt',
    'memhold audit verify audit.jsonl --checkpoint /mnt/elsewhere/checkpoint.txt',
  );
}

async function handOut(context: Context, self: Command, { out, json }: Flags): Promise<void> {
  const found = await withAccess(context, self, (call) =>
    call<Checkpoint>('GET', '/audit/checkpoint?format=json'),
  );
  const { size, log_size, checkpoint, key } = found;
  if (out !== undefined) await writeFile(out, checkpoint);
  if (json) context.out(JSON.stringify({ file: out ?? null, ...found }));
  else {
    if (out === undefined) context.out(checkpoint.replace(/\n$/, ''));
    const place = out === undefined ? 'Checkpoint' : `${out}: checkpoint`;
    const use = 'audit verify --checkpoint then finds a log that was cut, rewound or rewritten';
    context.err(
      `${place} of ${size.toLocaleString('en-US')} events. Keep it where the server cannot write: ${use}.`,
    );
    context.err(`Keep the public key with it: ${key}`);
  }
  if (size < log_size) {
    const missing = (log_size - size).toLocaleString('en-US');
    context.err(`memhold: ${missing} newer events are not signed yet — is the disk full? Look into the log.`);
  }
}
