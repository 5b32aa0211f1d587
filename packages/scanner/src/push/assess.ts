import { basename, join, resolve } from 'node:path';
import { type Decided, decideWithAgent } from '../agent/decide-with-agent.ts';
import type { Surroundings } from '../command/surroundings.ts';
import type { GitOptions } from '../files/git.ts';
import type { Report } from '../reports/report.ts';
import { pathsOf } from './approval.ts';
import { BlobCache } from './blob-cache.ts';
import { gitLines } from './git-lines.ts';
import { type Looked, look } from './look.ts';
import { type PushPolicy, readPolicy } from './policy.ts';
import { listPushed, type Pushed } from './pushed.ts';
import { recordKeyIn } from './record-key.ts';
import type { RefUpdate } from './ref-updates.ts';
import type { RemoteView } from './remotes.ts';

export const ALLOWED = 0;
export const BLOCKED = 1;

/** What is sent, and what is known of the repository that it is for. */
export interface Sent {
  readonly updates: readonly RefUpdate[];
  /** Object ids of what is sent. */
  readonly tips: readonly string[];
  readonly view: RemoteView;
  /** The user's folder for keys, absolute. */
  readonly ownFolder: string;
}

/** What was sent, what was found in it, and what the policy makes of that. */
export interface Assessed {
  readonly pushed: Pushed;
  readonly policy: PushPolicy;
  readonly looked: Looked;
  readonly decided: Decided;
  readonly git: GitOptions;
  /** The common git folder, absolute. */
  readonly gitFolder: string;
}

/**
 * Looks at what is sent, and decides. Throws what keeps it from looking.
 * @param use the project's agent runs until this is done
 */
export async function assess<T>(
  sent: Sent,
  surroundings: Surroundings,
  use: (assessed: Assessed) => Promise<T>,
): Promise<T> {
  const { env, folder } = surroundings;
  const { updates, view } = sent;
  const git: GitOptions = { folder, env };
  const [pushed, policy, [common = '.git']] = await Promise.all([
    listPushed(sent.tips, view.has, git),
    readPolicy(view, git, surroundings.now()),
    gitLines(['rev-parse', '--git-common-dir'], git),
  ]);
  const gitFolder = resolve(folder, common);
  try {
    const cache = new BlobCache({
      file: join(gitFolder, 'memhold', 'blob-cache'),
      key: recordKeyIn(sent.ownFolder),
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
    return await use({ pushed, policy, looked, decided, git, gitFolder });
  } finally {
    await policy.agent?.stop();
  }
}

/** The report about what was assessed. Its exit code is that of a hook. */
export function reportOf(
  scanId: string,
  { decided, policy, looked, pushed: { commits } }: Assessed,
  { tool, folder, now }: Surroundings,
): Report {
  const { posture, canOverride, verdict, reason, evidence } = decided.decision;
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
    ownersOf: decided.ownersOf,
    veto: {
      posture,
      decision: isBlocked ? 'BLOCK' : verdict,
      reason: isComplete ? reason : 'Not everything could be scanned',
      canOverride: isComplete && canOverride,
      evidence,
      compliance: policy.project.compliance,
    },
  };
}
