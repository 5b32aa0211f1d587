import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Surroundings } from '../command/surroundings.ts';
import { TrustStoreError } from '../custom-rules/trust-store.ts';
import { GitFailure, type GitOptions, gitText } from '../files/git.ts';
import { readBlobs } from '../files/git-blobs.ts';
import type { Intake } from '../files/intake.ts';
import { InvalidConfiguration } from '../files/settings-shape.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import { jsonReport } from '../reports/json.ts';
import { printable } from '../reports/presentable.ts';
import { compareFindings, type Report } from '../reports/report.ts';
import { summaryLine } from '../reports/text.ts';
import { incompleteBanner, vetoBanner } from './banner.ts';
import { type Decision, decidePush } from './decision.ts';
import { PushIntake } from './large-files.ts';
import { readMessages } from './messages.ts';
import { InvalidOverride, type OverrideRequest, parseOverride, reportId } from './override.ts';
import { OverrideLog, OverrideLogTampered } from './override-log.ts';
import { approvedBy, type PushPolicy, readPolicy } from './policy.ts';
import { type Destination, listPushed, listUnpushed, type Pushed } from './pushed.ts';
import { InvalidPushInput, parseRefUpdates, type RefUpdate } from './ref-updates.ts';

const ALLOWED = 0;
const BLOCKED = 1;

/**
 * Git's pre-push hook: reads what is about to be pushed from standard input, looks at every commit of it, and decides.
 * Whatever goes wrong blocks: a hook that could not look has not seen that nothing is there.
 * @returns the exit code for git: 0 lets the push through, 1 stops it
 */
export async function prePush(
  destination: Destination,
  surroundings: Surroundings,
  ownFolder: string,
): Promise<number> {
  const { tool, err } = surroundings;
  try {
    return await decide(destination, surroundings, ownFolder);
  } catch (error) {
    err('🚨 SECURITY VETO - THE PUSH COULD NOT BE SCANNED\n');
    err(`${tool.name}: ${printable(reasonOf(error))}`);
    err('\nPush BLOCKED until resolved. To see more: memhold scan --range @{upstream}..HEAD --verbose');
    return BLOCKED;
  }
}

const expected = [
  ...[GitFailure, InvalidPushInput, InvalidOverride, OverrideLogTampered],
  ...[InvalidConfiguration, TrustStoreError],
];

function reasonOf(error: unknown): string {
  if (expected.some((kind) => error instanceof kind)) return (error as Error).message;
  // The message of a fault of our own may hold a part of what was scanned.
  return `the scanner failed (${(error as NodeJS.ErrnoException).code ?? (error as Error).name})`;
}

async function decide(
  destination: Destination,
  surroundings: Surroundings,
  ownFolder: string,
): Promise<number> {
  const { env, err } = surroundings;
  const request = parseOverride(env.MEMHOLD_OVERRIDE);
  const updates = parseRefUpdates(await textOf(surroundings.stdin()));
  if (updates.length > 0 && updates.every(({ localId }) => localId === undefined)) {
    err('memhold: refs are deleted, and nothing is sent: nothing to scan.');
    return ALLOWED;
  }
  const options: GitOptions = { folder: surroundings.folder, env };
  const pushed = await (updates.length === 0
    ? listUnpushed(destination, options)
    : listPushed(updates, destination, options));
  const policy = await readPolicy(destination, options, surroundings.now());
  const gitFolder = await commonGitFolder(options);
  const scanned = await look(pushed, policy, options, gitFolder);
  const decision = decidePush(scanned.findings, policy.posture);
  const log = new OverrideLog(gitFolder, ownFolder);
  const id = (earlierOverrides: number) => reportId({ destination, updates, decision, earlierOverrides });
  const used = new Set(decision.canOverride ? log.read().map(({ report_id }) => report_id) : []);
  let uses = 0;
  while (used.has(id(uses))) uses++;
  const report = reportOf(id(uses), decision, scanned, pushed, surroundings);
  const reportFile = join(gitFolder, 'memhold', 'last-push.json');
  save(report, reportFile);
  if (!report.isComplete) {
    err(incompleteBanner(report, reportFile));
    if (decision.verdict === 'BLOCK') err('');
  }
  if (decision.verdict === 'BLOCK') {
    if (report.isComplete && isOverridden(request, report, decision)) {
      log.append(await recordOf(request!, report, decision, { destination, updates, options }));
      err(`memhold: ${decision.blocking.length} blocking finding(s) overridden for this push, on record.`);
      return ALLOWED;
    }
    if (request !== undefined) err(`memhold: ${refusal(request, report, decision)}\n`);
    err(vetoBanner(report, decision, { reportFile, colours: surroundings.colours }));
    return BLOCKED;
  }
  if (!report.isComplete) return BLOCKED;
  err(`memhold: ${nothingTold(updates, pushed)}${summaryLine(report)}`);
  return ALLOWED;
}

/** A scan that was told of nothing says so: a silent pass would look the same as a hook that sees nothing. */
function nothingTold(updates: readonly RefUpdate[], { commits }: Pushed): string {
  if (updates.length > 0) return commits.length === 0 ? 'no new commits. ' : '';
  return `git named no refs; looked at all that ${commits.length === 0 ? 'is not on the remote: nothing. ' : 'the remote lacks. '}`;
}

const isOverridden = (request: OverrideRequest | undefined, report: Report, decision: Decision) =>
  request !== undefined && decision.canOverride && request.reportId === report.scanId;

function refusal(request: OverrideRequest, report: Report, decision: Decision): string {
  if (!report.isComplete) return 'the override does not count: not everything could be scanned.';
  if (!decision.canOverride) return 'the override does not count: nothing overrides this veto.';
  return `the override does not count: it is for ${request.reportId}, this push is ${report.scanId} (an override works once, for the push that it names).`;
}

interface Scanned {
  readonly intake: Intake;
  readonly findings: readonly LocatedFinding[];
  readonly suppressed: readonly LocatedFinding[];
}

async function look(
  pushed: Pushed,
  policy: PushPolicy,
  options: GitOptions,
  gitFolder: string,
): Promise<Scanned> {
  const intake = new PushIntake(policy.intake, gitFolder);
  for (const place of pushed.submodules) intake.skip(place, 'submodule');
  await readBlobs(pushed.blobs, options, intake, () => undefined);
  await readMessages(pushed.commits, pushed.tags, options, intake);
  for (const rule of policy.ownRules?.takeSwitchedOff() ?? [])
    intake.note({ path: `rule ${rule}` }, 'rule-switched-off');
  const judged = await approvedBy(policy, [...intake.findings].sort(compareFindings), options);
  return {
    intake,
    findings: judged.filter(({ suppression }) => suppression === undefined),
    suppressed: judged.filter(({ suppression }) => suppression !== undefined),
  };
}

function reportOf(
  scanId: string,
  decision: Decision,
  { intake, findings, suppressed }: Scanned,
  pushed: Pushed,
  { tool, folder, now }: Surroundings,
): Report {
  const { isComplete } = intake;
  const { posture, canOverride } = decision;
  const isBlocked = !isComplete || decision.verdict === 'BLOCK';
  return {
    ...intake.gathered,
    tool,
    scanId,
    time: now(),
    project: folder.split(/[\\/]/).at(-1) ?? folder,
    findings,
    suppressed,
    commits: pushed.commits.length,
    isComplete,
    exitCode: isBlocked ? BLOCKED : ALLOWED,
    veto: {
      posture,
      decision: isBlocked ? 'BLOCK' : decision.verdict,
      reason: isComplete ? decision.reason : 'Not everything could be scanned',
      canOverride: isComplete && canOverride,
    },
  };
}

function save(report: Report, file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, [...jsonReport(report)].join(''), { mode: 0o600 });
}

async function recordOf(
  request: OverrideRequest,
  report: Report,
  { blocking }: Decision,
  push: { destination: Destination; updates: readonly RefUpdate[]; options: GitOptions },
) {
  const reason = printable(request.reason);
  const user = await gitText(['var', 'GIT_COMMITTER_IDENT'], push.options).catch(() => 'unknown');
  return {
    time: report.time.toISOString(),
    report_id: report.scanId,
    reason,
    remote: printable(withoutUser(push.destination.url)),
    updates: push.updates.map(({ remoteRef, remoteId, localId }) => ({
      ref: remoteRef,
      from: remoteId ?? null,
      to: localId ?? null,
    })),
    findings: blocking.map(({ finding }) => finding.fingerprint),
    // `Name <address> time zone`: the time stands beside it already.
    user: printable(user.trim().replace(/ \d+ [+-]\d{4}$/, '')),
  };
}

/** An address can hold a token. */
const withoutUser = (url: string) => url.replace(/^([a-z][a-z+.-]*:\/\/)[^/@]*@/i, '$1');

/** Where every worktree of a clone keeps what they share. */
async function commonGitFolder(options: GitOptions): Promise<string> {
  const path = (await gitText(['rev-parse', '--git-common-dir'], options)).replace(/\n$/, '');
  return resolve(options.folder, path);
}

async function textOf(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}
