import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { withAccess, withAccessOptions } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { sizeOfNote } from '../note-file.ts';

interface Flags {
  checkpoint?: string;
  out?: string;
}

interface Proof {
  index: number;
  size: number;
  key: string;
}

export function registerAuditProof(audit: Command, context: Context): void {
  const command = withAccessOptions(audit.command('proof'))
    .description('make a small file that proves one event offline')
    .argument('<index>', 'position of the event in the log, from 0: the id in audit logs', position)
    .option('--checkpoint <note-file>', 'prove that it is under this checkpoint that was kept elsewhere')
    .option('--out <file>', 'file to write; default: standard output')
    .action((index: string, flags: Flags, self: Command) => prove(context, self, index, flags));
  withExamples(
    command,
    'memhold audit proof 1234 --out event-1234.json',
    'memhold audit verify-proof event-1234.json --key "$(cat memhold.pub)"',
  );
}

async function prove(context: Context, self: Command, index: string, flags: Flags): Promise<void> {
  const { checkpoint, out } = flags;
  const size = checkpoint === undefined ? '' : `&size=${await sizeOfNote(checkpoint)}`;
  const proof = await withAccess(context, self, (call) =>
    call<Proof>('GET', `/audit/proof/inclusion?index=${index}${size}`),
  );
  const text = JSON.stringify(proof, undefined, 2);
  if (out === undefined) return context.out(text);
  await writeFile(out, `${text}\n`, { mode: 0o600 });
  const count = proof.size.toLocaleString('en-US');
  context.out(`${out}: proof of event ${proof.index} in the first ${count} events`);
  context.out(`Public key: ${proof.key}`);
  context.out(
    'Whoever verifies it needs the key from another source than this file: memhold audit verify-proof --key',
  );
}

function position(value: string): string {
  if (/^(?:0|[1-9][0-9]{0,15})$/.test(value)) return value;
  throw new InvalidArgumentError('It is a whole number, 0 or more.');
}
