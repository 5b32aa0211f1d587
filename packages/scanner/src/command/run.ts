import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { defaultArchiveLimits } from '../files/archive-budget.ts';
import { writeBaseline } from '../files/baseline.ts';
import type { Configuration } from '../files/configuration.ts';
import { GitFailure } from '../files/git.ts';
import { Intake } from '../files/intake.ts';
import type { LocatedFinding, Suppression } from '../files/suppressions.ts';
import { jsonReport } from '../reports/json.ts';
import { printable, withoutSecrets } from '../reports/presentable.ts';
import { compareFindings, type Report, severityOrder } from '../reports/report.ts';
import { sarifReport } from '../reports/sarif.ts';
import { summaryLine, textReport } from '../reports/text.ts';
import { scan } from '../scan.ts';
import type { ScanFlags } from './flags.ts';
import { gather } from './gather.ts';
import { readRequest, type ScanRequest, UsageError } from './request.ts';
import { loadBaseline, loadConfiguration } from './settings-files.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Runs the command.
 * @returns 0: nothing that blocks; 1: findings from `--fail-on` on; 2: incomplete, nothing scanned, or used wrongly
 */
export async function run(
  paths: readonly string[],
  flags: ScanFlags,
  surroundings: Surroundings,
): Promise<number> {
  try {
    return await runRequest(readRequest(paths, flags), surroundings);
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof GitFailure)) throw error;
    surroundings.err(`${surroundings.tool.name}: ${printable(error.message)}`);
    return 2;
  }
}

async function runRequest(request: ScanRequest, surroundings: Surroundings): Promise<number> {
  const { folder } = surroundings;
  const time = surroundings.now();
  const today = time.toISOString().slice(0, 10);
  const configuration = loadConfiguration(request, folder, today);
  const known = loadBaseline(request, folder);
  const intake = new Intake({
    scanner: scan,
    largestText: request.largestText,
    archiveLimits: defaultArchiveLimits,
    suppressionsAsOf: request.useSuppressions ? today : undefined,
    isExcluded: configuration.isExcluded,
  });
  const commits = await gather(request, surroundings, intake);
  const judged = intake.findings.map((located) => judge(located, configuration, known)).sort(compareFindings);
  const findings = judged.filter(({ suppression }) => suppression === undefined);
  if (request.writeBaseline !== undefined) saveBaseline(request.writeBaseline, judged, surroundings);
  const isComplete = intake.isComplete && (intake.scanned > 0 || request.allowEmpty);
  const report: Report = {
    tool: surroundings.tool,
    scanId: randomUUID(),
    time,
    project: basename(folder),
    findings,
    suppressed: judged.filter(({ suppression }) => suppression !== undefined),
    skips: intake.skips,
    latin1: intake.guessedEncodings.map(({ place }) => place),
    files: intake.files,
    scanned: intake.scanned,
    bytes: intake.bytes,
    commits,
    isComplete,
    exitCode: !isComplete ? 2 : blocks(findings, request) ? 1 : 0,
  };
  await surroundings.out(`${render(report, request, surroundings)}\n`);
  if (request.format !== 'text' && !isComplete)
    surroundings.err(`${surroundings.tool.name}: ${summaryLine(report)}`);
  return report.exitCode;
}

function judge(
  located: LocatedFinding,
  configuration: Configuration,
  known: ReadonlySet<string>,
): LocatedFinding {
  const { finding, place, suppression } = located;
  if (suppression !== undefined || finding.category === 'suppression') return located;
  const found: Suppression | undefined = known.has(finding.fingerprint)
    ? { by: 'baseline', reason: 'known' }
    : configuration.suppressionOf(finding, place.path);
  return found === undefined ? located : { ...located, suppression: found };
}

/** A finding that has just been taken down as known does not block. */
function blocks(findings: readonly LocatedFinding[], { failOn, writeBaseline }: ScanRequest): boolean {
  if (failOn === undefined || writeBaseline !== undefined) return false;
  const limit = severityOrder.indexOf(failOn);
  return findings.some(({ finding }) => severityOrder.indexOf(finding.severity) <= limit);
}

function render(report: Report, { format, isVerbose }: ScanRequest, { colours }: Surroundings): string {
  if (format === 'json') return jsonReport(report);
  return format === 'sarif' ? sarifReport(report) : textReport(report, { colours, isVerbose });
}

function saveBaseline(
  file: string,
  judged: readonly LocatedFinding[],
  { folder, err, tool }: Surroundings,
): void {
  const wanted = judged.filter(
    ({ suppression }) => suppression === undefined || suppression.by === 'baseline',
  );
  try {
    writeFileSync(
      resolve(folder, file),
      writeBaseline(wanted, ({ place }) => withoutSecrets(place.path)),
    );
  } catch (error) {
    throw new UsageError(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
  const count = wanted.length === 1 ? '1 finding is' : `${wanted.length} findings are`;
  err(`${tool.name}: ${count} known from now on: ${printable(file)}`);
}
