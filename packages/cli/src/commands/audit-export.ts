import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { refusal, remote, withAccessOptions } from '../access.ts';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { ExportCount } from '../export-count.ts';
import { announceExport } from '../export-notice.ts';
import { type SettingFlags, settingsFrom } from '../settings.ts';

const FORMATS = ['native', 'ocsf', 'ecs', 'csv'] as const;
const MOST_HOURS = 87_600;
const HOUR_MS = 3_600_000;

interface Flags extends SettingFlags {
  out: string;
  format: (typeof FORMATS)[number];
  hours?: number;
  url?: string;
  token?: string;
  json?: true;
}

interface Exported {
  size: number;
  key?: string | undefined;
  invalid: number;
}

export function registerAuditExport(audit: Command, context: Context): void {
  const command = withAccessOptions(audit.command('export'))
    .description(
      'write the audit trail to a file: with its proofs, to verify it offline, or for another system',
    )
    .requiredOption('--out <file>', 'file to write, or - for standard output')
    .addOption(
      new Option('--format <format>', 'native is the whole log with its proofs, the others are events')
        .choices(FORMATS)
        .default('native'),
    )
    .option('--hours <count>', 'only the events of the last hours; not for native', hoursOf)
    .option('--json', 'print JSON about the export')
    .action((_flags, self: Command) => exportTo(context, self, self.optsWithGlobals<Flags>()));
  withExamples(
    command,
    'memhold audit export --out audit.jsonl',
    'memhold audit export --out events.csv --format csv --hours 24',
    'memhold audit export --out - | gzip > audit.jsonl.gz',
  );
}

async function exportTo(context: Context, self: Command, flags: Flags): Promise<void> {
  const { format, hours, out } = flags;
  if (format === 'native' && hours !== undefined)
    self.error('error: only the whole log can be proven: leave --hours out, or choose another --format');
  if (flags.url === undefined && flags.token !== undefined)
    self.error('error: --token is for a server: name it with --url, or leave the token out');
  const { size, key, invalid } = await (flags.url === undefined
    ? fromFolder(context, flags)
    : fromServer(context, self, flags)
  ).finally(() => context.progress?.(''));
  const toStdout = out === '-';
  // Standard output may be the export itself.
  const say = toStdout ? context.err : context.out;
  const file = toStdout ? null : out;
  if (flags.json)
    say(JSON.stringify({ file, size, key: key ?? null, ...(format !== 'native' && { format, invalid }) }));
  else {
    say(`Exported ${size.toLocaleString('en-US')} events${toStdout ? '' : ` to ${out}`}`);
    if (key !== undefined) {
      say(`Public key: ${key}`);
      say('Keep the key apart from the export: a key inside an export proves nothing.');
    }
  }
  if (invalid > 0)
    context.err(
      `memhold: ${invalid.toLocaleString('en-US')} events break the schema; each says so in unmapped.ocsf_problems`,
    );
}

async function fromFolder(context: Context, { format, hours, out, ...flags }: Flags): Promise<Exported> {
  const config = await settingsFrom(context, flags);
  await announceExport(context, config, { format, hours });
  const { exportAudit } = await context.server();
  const since = hours === undefined ? undefined : Date.now() - hours * HOUR_MS;
  return exportAudit(config, out === '-' ? context.stdout : out, {
    format,
    ...(since !== undefined && { since }),
    progress: (bytes) => context.progress?.(shown(bytes)),
  });
}

async function fromServer(context: Context, self: Command, flags: Flags): Promise<Exported> {
  const { format, hours, out } = flags;
  const query = `format=${format}${hours === undefined ? '' : `&hours=${hours}`}`;
  const answer = await remote(context, self, flags).download(`/audit/export?${query}`);
  if ('status' in answer) throw refusal(answer, true);
  const count = new ExportCount(format);
  const file = out === '-' ? undefined : await open(out, 'w', 0o600);
  try {
    await file?.chmod(0o600);
    for await (const piece of answer) {
      if (file) await file.write(piece);
      else if (!context.stdout.write(piece)) await once(context.stdout, 'drain');
      count.take(piece);
      context.progress?.(shown(count.bytes));
    }
  } finally {
    await file?.close();
  }
  return count.result();
}

const shown = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

function hoursOf(text: string): number {
  const hours = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : Number.NaN;
  if (hours <= MOST_HOURS) return hours;
  throw new InvalidArgumentError(`It is a whole number from 1 to ${MOST_HOURS}.`);
}
