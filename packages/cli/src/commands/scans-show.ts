import type { Command } from 'commander';
import { withAccess } from '../access.ts';
import { printableJson } from '../audit-events.ts';
import type { Context } from '../context.ts';
import { type StoredScan, wordsOf } from '../deployment.ts';
import { withExamples } from '../examples.ts';
import { oneLine } from '../failure.ts';
import { fields, shortTime, table } from '../table.ts';

const SHOWN = 50;

export function registerScansShow(scans: Command, context: Context): void {
  const command = scans
    .command('show')
    .description('show a report: what was found, what was decided, and by whom')
    .argument('<id>', 'the id that the service gave it')
    .option('--json', 'print JSON, with all findings')
    .action(async (id: string, { json }: { json?: true }, self: Command) => {
      const path = `/scans/${encodeURIComponent(id)}`;
      const scan = await withAccess(context, self, (call) => call<StoredScan>('GET', path));
      context.out(json ? printableJson(scan) : report(scan, context.colours));
    });
  withExamples(command, 'memhold scans show 01a1ff99-4afa-72cc-9465-db6ac32a2d6f');
}

function report(scan: StoredScan, colours: boolean): string {
  const { findings } = scan;
  const rows = findings
    .slice(0, SHOWN)
    .map((one) => [one.severity, `${one.file}:${one.line}`, one.title, one.preview ?? null]);
  return [
    ...wordsOf(scan).map(oneLine),
    '',
    fields([
      ['project', scan.project],
      ['ref', scan.ref],
      ['commit', scan.commit],
      ['environment', scan.environment],
      ['posture', scan.posture],
      [
        'files',
        `${scan.files.scanned} of ${scan.files.total} scanned${scan.complete ? '' : ', not complete'}`,
      ],
      ['suppressed', String(scan.suppressed)],
      ['sent', `${shortTime(scan.submitted_at)} by ${scan.submitted_by}`],
      ['reason given', scan.approval_reason],
    ]),
    ...(rows.length > 0 ? ['', table([['SEVERITY', 'PLACE', 'FINDING', 'PREVIEW'], ...rows], colours)] : []),
    ...(findings.length > SHOWN ? [`… and ${findings.length - SHOWN} more: --json shows all`] : []),
  ].join('\n');
}
