import { type Command, InvalidArgumentError } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { announceExport } from '../export-notice.ts';
import { type SettingFlags, settingsFrom } from '../settings.ts';

const FORMATS = ['csv', 'ocsf', 'ecs'] as const;
type Format = (typeof FORMATS)[number];

interface Flags extends SettingFlags {
  out: string;
  format: Format[];
  json?: true;
}

export function registerAuditBundle(audit: Command, context: Context): void {
  const command = audit
    .command('bundle')
    .description('write the audit trail, other formats of it and a signed list of all that to one archive')
    .requiredOption('--out <file>', 'archive to write')
    .option('--format <formats>', `what to put beside the log: ${FORMATS.join(', ')}`, formatsOf, [])
    .option('--json', 'print JSON about the bundle')
    .action((_flags, self: Command) => bundle(context, self.optsWithGlobals<Flags>()));
  withExamples(
    command,
    'memhold audit bundle --out audit.tar --format csv,ocsf',
    'memhold audit verify audit.tar --key "$(cat memhold.pub)"',
  );
}

async function bundle(context: Context, { out, format, json, ...flags }: Flags): Promise<void> {
  const config = await settingsFrom(context, flags);
  await announceExport(context, config, { format: 'bundle' });
  const { bundleAudit } = await context.server();
  const progress = (bytes: number) => context.progress?.(`${(bytes / 1e6).toFixed(1)} MB`);
  const { size, key, files, invalid } = await bundleAudit(config, out, { formats: format, progress }).finally(
    () => context.progress?.(''),
  );
  if (json) context.out(JSON.stringify({ file: out, size, key, files, invalid }));
  else {
    context.out(`Bundled ${size.toLocaleString('en-US')} events to ${out}: ${files.join(', ')}`);
    context.out(`Public key: ${key}`);
    context.out('Keep the key apart from the bundle: a key inside a bundle proves nothing.');
  }
  if (invalid > 0)
    context.err(
      `memhold: ${invalid.toLocaleString('en-US')} events break the schema; each says so in unmapped.ocsf_problems`,
    );
}

function formatsOf(text: string): Format[] {
  const names = text.split(',');
  const known = names.every((name): name is Format => (FORMATS as readonly string[]).includes(name));
  if (known && new Set(names).size === names.length) return names as Format[];
  throw new InvalidArgumentError(`Name some of ${FORMATS.join(', ')}, with commas between them.`);
}
