import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { type SettingFlags, settingsFrom } from '../settings.ts';

interface Flags extends SettingFlags {
  out: string;
  json?: true;
}

export function registerAuditExport(audit: Command, context: Context): void {
  const command = audit
    .command('export')
    .description('write the whole audit trail, with its proofs, to a file that can be verified offline')
    .requiredOption('--out <file>', 'file to write, or - for standard output')
    .option('--json', 'print JSON about the export')
    .action((_flags, self: Command) => exportTo(context, self.optsWithGlobals<Flags>()));
  withExamples(
    command,
    'memhold audit export --out audit.jsonl',
    'memhold audit export --out - | gzip > audit.jsonl.gz',
  );
}

async function exportTo(context: Context, flags: Flags): Promise<void> {
  const toStdout = flags.out === '-';
  const config = await settingsFrom(context, flags);
  const { exportAudit } = await context.server();
  const { size, key } = await exportAudit(config, toStdout ? context.stdout : flags.out);
  // Standard output may be the export itself.
  const say = toStdout ? context.err : context.out;
  if (flags.json) say(JSON.stringify({ file: toStdout ? null : flags.out, size, key }));
  else {
    say(`Exported ${size.toLocaleString('en-US')} events${toStdout ? '' : ` to ${flags.out}`}`);
    say(`Public key: ${key}`);
    say('Keep the key apart from the export: a key inside an export proves nothing.');
  }
}
