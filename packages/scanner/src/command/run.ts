import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { writeBaseline } from '../files/baseline.ts';
import { type Configuration, noConfiguration } from '../files/configuration.ts';
import { Intake } from '../files/intake.ts';
import type { LocatedFinding, Suppression } from '../files/suppressions.ts';
import { rendererOf } from '../reports/formats.ts';
import { inChunks } from '../reports/json-pieces.ts';
import { printable, withoutSecrets } from '../reports/presentable.ts';
import { type Report, severityOrder } from '../reports/report.ts';
import { summaryLine } from '../reports/text.ts';
import { reasonOf } from '../reports/verdict-line.ts';
import { checkRules } from './check-rules.ts';
import type { ScanFlags } from './flags.ts';
import { gather } from './gather.ts';
import { keepHeapSmall } from './heap.ts';
import { loadPolicy, type ScanPolicy } from './policy-files.ts';
import { looserNote } from './policy-note.ts';
import { readRequest, type ScanRequest } from './request.ts';
import { sayFailure } from './say-failure.ts';
import { type ScanOrder, setUp } from './scan-setup.ts';
import { loadBaseline, loadSettings, pathsBelow } from './settings-files.ts';
import type { Surroundings } from './surroundings.ts';
import type { WithTools } from './told-by-tools.ts';
import { vetoOf } from './veto.ts';
import { checkWritable, writeReports, writeWanted } from './write-reports.ts';

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
    // 1 would mean findings.
    sayFailure(error, 'scan', surroundings);
    return 2;
  }
}

async function runRequest(request: ScanRequest, surroundings: Surroundings): Promise<number> {
  keepHeapSmall();
  if (request.pipeline !== undefined) return judgeCommits(request.pipeline.range, request, surroundings);
  const policy = await loadPolicy(surroundings);
  try {
    return await scanWith(policy, request, surroundings);
  } finally {
    await policy?.agent?.stop();
  }
}

async function scanWith(
  policy: ScanPolicy | undefined,
  request: ScanRequest,
  surroundings: Surroundings,
): Promise<number> {
  const { folder } = surroundings;
  const time = surroundings.now();
  const today = time.toISOString().slice(0, 10);
  const settings = await loadSettings(request, surroundings);
  if (request.checkRules) return checkRules(request, settings, policy, surroundings);
  checkWritable(request, folder);
  const order = { request, folder, today, settings, policy: policy?.loaded };
  const note = looserNote(policy, surroundings);
  const setup = await setUp(order);
  const { configuration } = setup;
  const known = await loadBaseline(request, folder);
  const intake = new Intake(setup.intake);
  for (const path of settings?.modules.untrusted ?? []) intake.note({ path }, 'untrusted-rules');
  for (const path of policy?.untrusted ?? []) intake.note({ path }, 'untrusted-agent');
  const commits = await gather(order, setup, surroundings, intake);
  if (known.size > 0 || configuration !== noConfiguration)
    intake.findings.suppress((located) => suppressionOf(located, configuration, known));
  const told = await toldByTools(order, surroundings, intake, (located) =>
    suppressionOf(located, configuration, known),
  );
  const table = told?.findings ?? intake.findings;
  const findings = table.sorted(false);
  const suppressed = table.sorted(true);
  if (request.writeBaseline !== undefined) saveBaseline(request.writeBaseline, table, surroundings);
  const fromRoot = pathsBelow(policy?.loaded.root ?? folder, folder, request.selection !== undefined);
  const isComplete = intake.isComplete && (intake.scanned > 0 || request.allowEmpty);
  const { veto, ownersOf } = await vetoOf(findings, isComplete, policy, {
    project: basename(folder),
    date: today,
    refs: [],
    commits: commits ?? 0,
    isPush: false,
    pathsOf: ({ place }) => [fromRoot(place.path)],
    fromRoot,
  });
  const isBlocked = policy !== undefined && veto.decision === 'BLOCK';
  const report: Report = {
    tool: surroundings.tool,
    scanId: randomUUID(),
    time,
    project: basename(folder),
    findings,
    suppressed,
    skips: intake.skips,
    latin1: intake.latin1,
    files: intake.files,
    scanned: intake.scanned,
    bytes: intake.bytes,
    commits,
    isComplete,
    exitCode: !isComplete ? 2 : blocks(findings, isBlocked, request) ? 1 : 0,
    veto,
    ...(told !== undefined && { tools: told.runs }),
    ...(ownersOf !== undefined && { ownersOf }),
  };
  await tell(report, request, surroundings);
  if (isBlocked)
    surroundings.err(`${surroundings.tool.name}: the policy of the project blocks: ${reasonOf(veto)}`);
  const looser = await note;
  if (looser !== undefined) surroundings.err(`${surroundings.tool.name}: ${printable(looser)}`);
  return report.exitCode;
}

/** What a pipeline is for. */
async function judgeCommits(
  range: string | undefined,
  request: ScanRequest,
  surroundings: Surroundings,
): Promise<number> {
  checkWritable(request, surroundings.folder);
  const { judgePipeline } = await import('../pipelines/judge-pipeline.ts');
  const judged = await judgePipeline(range, surroundings);
  const isBlocked = judged.veto?.decision === 'BLOCK';
  const exitCode = !judged.isComplete ? 2 : blocks(judged.findings, isBlocked, request) ? 1 : 0;
  await tell({ ...judged, exitCode }, request, surroundings);
  return exitCode;
}

/** Writes the reports that are asked for. */
async function tell(report: Report, request: ScanRequest, surroundings: Surroundings): Promise<void> {
  await writeReports(request, report, surroundings.folder);
  // In pieces: the report of a large tree is far larger than what it tells of.
  const render = await rendererOf(request.format);
  const { isVerbose, showsCompliance } = request;
  const options = { colours: surroundings.colours, isVerbose, showsCompliance };
  for (const piece of inChunks(render(report, options))) await surroundings.out(piece);
  await surroundings.out('\n');
  if (request.format !== 'text' && !report.isComplete)
    surroundings.err(`${surroundings.tool.name}: ${summaryLine(report)}`);
}

/** Loaded only where other tools are asked for. */
async function toldByTools(
  order: ScanOrder,
  surroundings: Surroundings,
  intake: Intake,
  judge: (located: LocatedFinding) => Suppression | undefined,
): Promise<WithTools | undefined> {
  const { tools } = order.request;
  if (tools === undefined) return undefined;
  const { withTools } = await import('./told-by-tools.ts');
  return withTools(tools, order, surroundings, intake, judge);
}

function suppressionOf(
  { finding, place }: LocatedFinding,
  configuration: Configuration,
  known: ReadonlySet<string>,
): Suppression | undefined {
  if (finding.category === 'suppression') return undefined;
  if (known.has(finding.fingerprint)) return { by: 'baseline', reason: 'known' };
  return configuration.suppressionOf(finding, place.path);
}

/** A finding that has just been taken down as known does not block. What the project's policy blocks does in addition. */
function blocks(
  findings: Iterable<LocatedFinding>,
  isBlocked: boolean,
  { failOn, writeBaseline }: ScanRequest,
): boolean {
  if (failOn === undefined || writeBaseline !== undefined) return false;
  if (isBlocked) return true;
  const limit = severityOrder.indexOf(failOn);
  for (const { finding } of findings) if (severityOrder.indexOf(finding.severity) <= limit) return true;
  return false;
}

function saveBaseline(
  file: string,
  findings: Iterable<LocatedFinding>,
  { folder, err, tool }: Surroundings,
): void {
  const wanted = [...findings].filter(
    ({ suppression }) => suppression === undefined || suppression.by === 'baseline',
  );
  writeWanted(
    file,
    writeBaseline(wanted, ({ place }) => withoutSecrets(place.path)),
    folder,
  );
  const count = wanted.length === 1 ? '1 finding is' : `${wanted.length} findings are`;
  err(`${tool.name}: ${count} known from now on: ${printable(file)}`);
}
