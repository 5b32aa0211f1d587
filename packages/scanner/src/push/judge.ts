import { mkdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Decided, decideWithAgent } from '../agent/decide-with-agent.ts';
import type { Surroundings } from '../command/surroundings.ts';
import type { GitOptions } from '../files/git.ts';
import { putInPlace } from '../files/write-file.ts';
import { jsonReport } from '../reports/json.ts';
import type { Report } from '../reports/report.ts';
import { pathsOf } from './approval.ts';
import { incompleteBanner, outcomeLines, vetoBanner } from './banner.ts';
import { BlobCache } from './blob-cache.ts';
import type { Decision } from './decision.ts';
import { gitLines } from './git-lines.ts';
import { type Looked, look } from './look.ts';
import { type OverrideRequest, reportId } from './override.ts';
import { OverrideLog, type OverrideRecord } from './override-log.ts';
import { overrideRecord, whyNotOverridden } from './overriding.ts';
import { type PushPolicy, readPolicy } from './policy.ts';
import { listPushed, type Pushed } from './pushed.ts';
import { recordKeyIn } from './record-key.ts';
import type { RefUpdate } from './ref-updates.ts';
import type { Destination, RemoteView } from './remotes.ts';

export const ALLOWED = 0;
export const BLOCKED = 1;

/** A push to be judged, on either side of it. */
export interface PushCase {
  readonly destination: Destination;
  readonly updates: readonly RefUpdate[];
  /** Object ids of what is sent. */
  readonly tips: readonly string[];
  readonly view: RemoteView;
  readonly request: OverrideRequest | undefined;
  /** How an override of a report is written, for whoever is stopped. */
  howToOverride(reportId: string): string;
  /** The user's folder for keys, absolute. */
  readonly ownFolder: string;
}

/** Looks at a push, decides, and says so. Throws what keeps it from looking. @returns ALLOWED or BLOCKED */
export async function judge(push: PushCase, surroundings: Surroundings): Promise<number> {
  const { env, folder } = surroundings;
  const { view } = push;
  const git: GitOptions = { folder, env };
  const [pushed, policy, [common = '.git']] = await Promise.all([
    listPushed(push.tips, view.has, git),
    readPolicy(view, git, surroundings.now()),
    gitLines(['rev-parse', '--git-common-dir'], git),
  ]);
  try {
    return await decideOn(push, { pushed, policy, git, gitFolder: resolve(folder, common) }, surroundings);
  } finally {
    await policy.agent?.stop();
  }
}

interface Known {
  readonly pushed: Pushed;
  readonly policy: PushPolicy;
  readonly git: GitOptions;
  readonly gitFolder: string;
}

async function decideOn(
  push: PushCase,
  { pushed, policy, git, gitFolder }: Known,
  surroundings: Surroundings,
): Promise<number> {
  const { err, folder } = surroundings;
  const { destination, updates, view, request } = push;
  const cache = new BlobCache({
    file: join(gitFolder, 'memhold', 'blob-cache'),
    key: recordKeyIn(push.ownFolder),
    basis: [surroundings.tool.version, policy.ownRules?.digest ?? ''],
  });
  const looked = await look(pushed, updates, policy, git, gitFolder, cache);
  const decided = await decideWithAgent(
    looked.findings,
    { policy: policy.project, agent: policy.agent },
    {
      project: basename(folder),
      date: policy.today,
      refs: updates.map(({ remoteRef }) => remoteRef),
      commits: pushed.commits.length,
      isPush: true,
      pathsOf: ({ place }) => pathsOf(place, pushed.paths),
    },
  );
  const { decision } = decided;
  const log = new OverrideLog(gitFolder, push.ownFolder);
  const { used, problem } = usedIds(log, decision);
  const id = (earlierOverrides: number) => reportId({ destination, updates, decision, earlierOverrides });
  let uses = 0;
  while (used.has(id(uses))) uses++;
  const report = reportOf(id(uses), decided, policy, looked, pushed, surroundings);
  const reportFile = join(gitFolder, 'memhold', 'last-push.json');
  save(report, reportFile);
  const shown = {
    reportFile,
    colours: surroundings.colours,
    pushed,
    howToOverride: push.howToOverride(report.scanId),
    ownersOf: decided.ownersOf,
    explanationOf: decided.explanationOf,
  };
  if (!report.isComplete) err(incompleteBanner(report, shown));
  if (decision.verdict === 'BLOCK') {
    const refusal = problem ?? whyNotOverridden(request, { report, decision, updates });
    if (refusal === undefined && request !== undefined) {
      const record = await overrideRecord(request, { report, decision, updates, destination, git });
      const lost = append(log, record);
      if (lost === undefined) {
        err(`memhold: ${decision.blocking.length} blocking finding(s) overridden for this push, on record.`);
        return ALLOWED;
      }
      err(`memhold: ${lost}\n`);
    } else if (refusal) err(`memhold: ${refusal}\n`);
    err(vetoBanner(report, decision, shown));
    const fault = await decided.tellVeto();
    if (fault !== undefined) err(`\nmemhold: onVeto: ${fault}`);
    return BLOCKED;
  }
  if (!report.isComplete) return BLOCKED;
  for (const line of outcomeLines(report, updates, shown, view.defaultCommit === undefined)) err(line);
  return ALLOWED;
}

/** A record that does not verify takes overrides away, and nothing else. */
function usedIds(log: OverrideLog, { canOverride }: Decision): { used: Set<string>; problem?: string } {
  if (!canOverride) return { used: new Set() };
  try {
    return { used: new Set(log.read().map(({ report_id }) => report_id)) };
  } catch (error) {
    return { used: new Set(), problem: (error as Error).message };
  }
}

/** @returns why it could not be written down, and so does not count */
function append(log: OverrideLog, record: OverrideRecord): string | undefined {
  try {
    log.append(record);
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `the override does not count: ${code === undefined ? message : `it could not be written down (${code})`}`;
  }
}

function reportOf(
  scanId: string,
  { decision: { posture, canOverride, verdict, reason, evidence }, ownersOf }: Decided,
  { project: { compliance } }: PushPolicy,
  looked: Looked,
  { commits }: Pushed,
  { tool, folder, now }: Surroundings,
): Report {
  const { isComplete } = looked;
  const isBlocked = !isComplete || verdict === 'BLOCK';
  return {
    ...looked,
    tool,
    scanId,
    time: now(),
    project: basename(folder),
    commits: commits.length,
    exitCode: isBlocked ? BLOCKED : ALLOWED,
    ownersOf,
    veto: {
      posture,
      decision: isBlocked ? 'BLOCK' : verdict,
      reason: isComplete ? reason : 'Not everything could be scanned',
      canOverride: isComplete && canOverride,
      evidence,
      compliance,
    },
  };
}

function save(report: Report, file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  putInPlace(file, [...jsonReport(report)].join(''), 0o600);
}
