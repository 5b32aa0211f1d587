import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Surroundings } from '../command/surroundings.ts';
import { TrustStoreError } from '../custom-rules/trust-store.ts';
import { GitFailure, type GitOptions } from '../files/git.ts';
import { InvalidConfiguration } from '../files/settings-shape.ts';
import { jsonReport } from '../reports/json.ts';
import { printable } from '../reports/presentable.ts';
import type { Report } from '../reports/report.ts';
import { incompleteBanner, outcomeLines, vetoBanner } from './banner.ts';
import { type Decision, decidePush } from './decision.ts';
import { gitLines } from './git-lines.ts';
import { type Looked, look } from './look.ts';
import { InvalidOverride, parseOverride, reportId } from './override.ts';
import { OverrideLog, type OverrideRecord } from './override-log.ts';
import { overrideRecord, whyNotOverridden } from './overriding.ts';
import { readPolicy } from './policy.ts';
import { listPushed, type Pushed } from './pushed.ts';
import { InvalidPushInput, parseRefUpdates } from './ref-updates.ts';
import { type Destination, localTips, viewOf } from './remotes.ts';

export const ALLOWED = 0;
export const BLOCKED = 1;
/**
 * What the program says on standard output when the push may go. An installed hook waits for it: an exit code of 0 alone is
 * also what help and a version end with.
 */
export const allowedWord = 'memhold: the push may go';

/** A push as git tells of it. */
export interface PushOrder {
  readonly destination: Destination;
  /**
   * Whether standard input comes from git itself, as in an installed hook. Then no lines mean that nothing is sent;
   * else somebody in between may have swallowed them, and everything that could be sent is looked at.
   */
  readonly isFromGit: boolean;
  /** The user's folder for keys, absolute. */
  readonly ownFolder: string;
}

/**
 * Git's pre-push hook: reads what is about to be pushed from standard input, looks at every commit of it, and decides.
 * Whatever goes wrong blocks: a hook that could not look has not seen that nothing is there.
 * @returns the exit code for git: 0 lets the push through, 1 stops it
 */
export async function prePush(order: PushOrder, surroundings: Surroundings): Promise<number> {
  const { tool, err, out } = surroundings;
  try {
    const code = await judge(order, surroundings);
    if (code === ALLOWED) await out(`${allowedWord}\n`);
    return code;
  } catch (error) {
    err('🚨 SECURITY VETO - THE PUSH COULD NOT BE SCANNED\n');
    err(`${tool.name}: ${printable(reasonOf(error))}`);
    err('\nPush BLOCKED until resolved. To see more: git fetch, then memhold hook status');
    return BLOCKED;
  }
}

const expected = [GitFailure, InvalidPushInput, InvalidOverride, InvalidConfiguration, TrustStoreError];

function reasonOf(error: unknown): string {
  if (expected.some((kind) => error instanceof kind)) return (error as Error).message;
  // The message of a fault of our own may hold a part of what was scanned.
  return `the scanner failed (${(error as NodeJS.ErrnoException).code ?? (error as Error).name})`;
}

async function judge(order: PushOrder, surroundings: Surroundings): Promise<number> {
  const { env, err, folder } = surroundings;
  const { destination } = order;
  const request = parseOverride(env.MEMHOLD_OVERRIDE);
  const updates = parseRefUpdates(await textOf(surroundings.stdin()));
  if (updates.every(({ localId }) => localId === undefined) && (updates.length > 0 || order.isFromGit)) {
    err(
      `memhold: ${updates.length === 0 ? 'git has nothing to send' : 'refs are deleted, nothing is sent'}.`,
    );
    return ALLOWED;
  }
  const git: GitOptions = { folder, env };
  const view = await viewOf(destination, updates, git);
  const tips = updates.length === 0 ? await localTips(git) : updates.flatMap(({ localId }) => localId ?? []);
  const pushed = await listPushed(tips, view.has, git);
  const policy = await readPolicy(view, git, surroundings.now());
  const [common = '.git'] = await gitLines(['rev-parse', '--git-common-dir'], git);
  const gitFolder = resolve(folder, common);
  const looked = await look(pushed, updates, policy, git, gitFolder);
  const decision = decidePush(looked.findings, policy.posture);
  const log = new OverrideLog(gitFolder, order.ownFolder);
  const { used, problem } = usedIds(log, decision);
  const id = (earlierOverrides: number) => reportId({ destination, updates, decision, earlierOverrides });
  let uses = 0;
  while (used.has(id(uses))) uses++;
  const report = reportOf(id(uses), decision, looked, pushed, surroundings);
  const reportFile = join(gitFolder, 'memhold', 'last-push.json');
  save(report, reportFile);
  const shown = { reportFile, colours: surroundings.colours, pushed };
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
  { posture, canOverride, verdict, reason }: Decision,
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
    veto: {
      posture,
      decision: isBlocked ? 'BLOCK' : verdict,
      reason: isComplete ? reason : 'Not everything could be scanned',
      canOverride: isComplete && canOverride,
    },
  };
}

/** A file of its own, put in place: what stands there may be a pipe. */
function save(report: Report, file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, [...jsonReport(report)].join(''), { mode: 0o600, flag: 'wx' });
  renameSync(temporary, file);
}

async function textOf(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}
