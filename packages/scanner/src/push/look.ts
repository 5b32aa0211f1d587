import { isAbsolute, join, resolve } from 'node:path';
import { defaultArchiveLimits } from '../files/archive-budget.ts';
import type { GitOptions } from '../files/git.ts';
import type { IntakeOptions } from '../files/intake.ts';
import { isIncomplete, type Place, type Skip } from '../files/place.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import { hideWith } from '../reports/presentable.ts';
import { compareFindings, describeOwnRules } from '../reports/report.ts';
import { scan } from '../scan.ts';
import { approvedBy } from './approval.ts';
import type { BlobCache } from './blob-cache.ts';
import { scanDescriptions } from './descriptions.ts';
import { gitAnswer } from './git-lines.ts';
import { readNewBlobs } from './known-blobs.ts';
import type { PushPolicy } from './policy.ts';
import { largeFileIn, PushIntake } from './push-intake.ts';
import type { Pushed } from './pushed.ts';
import type { RefUpdate } from './ref-updates.ts';

/** What a push was found to hold. */
export interface Looked {
  readonly findings: readonly LocatedFinding[];
  /** Approved by the default branch. */
  readonly suppressed: readonly LocatedFinding[];
  readonly skips: readonly Skip[];
  readonly latin1: readonly Place[];
  /** Files, without the descriptions of commits. */
  readonly files: number;
  readonly scanned: number;
  readonly bytes: number;
  readonly isComplete: boolean;
}

const largestText = 10_000_000;

/**
 * Looks at everything that a push sends. Throws GitFailure.
 * @param cache what was found before; it is written anew
 */
export async function look(
  pushed: Pushed,
  updates: readonly RefUpdate[],
  policy: PushPolicy,
  git: GitOptions,
  gitFolder: string,
  cache: BlobCache,
): Promise<Looked> {
  const { ownRules } = policy;
  const scanner = ownRules?.scanner(true) ?? scan;
  hideWith(scanner);
  if (ownRules !== undefined) describeOwnRules(ownRules.rules.map(({ rule }) => rule));
  const options: IntakeOptions = {
    scanner,
    largestText,
    archiveLimits: defaultArchiveLimits,
    // Comments of what is pushed do not count; those of the default branch are looked at below.
    suppressionsAsOf: undefined,
  };
  const files = new PushIntake(options, await largeFilesOf(gitFolder, git));
  for (const place of pushed.submodules) files.skip(place, 'submodule');
  const hangsOnMore = (bytes: Buffer) => largeFileIn(bytes) !== undefined;
  const looker = { kind: 'file', intake: files, findings: files.findings, hangsOnMore } as const;
  await readNewBlobs(pushed.blobs, git, looker, cache);
  const described = await scanDescriptions(pushed, updates, options, git, cache);
  const switchedOff = ownRules?.takeSwitchedOff() ?? [];
  for (const rule of switchedOff) files.note({ path: '.memhold' }, 'rule-switched-off', rule);
  // What was found without one of the rules is not all.
  if (switchedOff.length === 0) cache.save();
  const found = [...described.findings, ...files.findings].sort(compareFindings);
  const judged = await approvedBy(policy, found, pushed, options, git);
  const skips = [...files.skips, ...described.intake.skips].map((skip) => leftOut(skip, policy));
  return {
    findings: judged.filter(({ suppression }) => suppression === undefined),
    suppressed: judged.filter(({ suppression }) => suppression !== undefined),
    skips,
    latin1: files.latin1,
    files: files.files,
    scanned: files.scanned,
    bytes: files.bytes + described.intake.bytes,
    isComplete: !skips.some(({ reason }) => isIncomplete(reason)),
  };
}

/** What the default branch leaves out may be unreadable. */
function leftOut(skip: Skip, { configuration }: PushPolicy): Skip {
  const isExcused = isIncomplete(skip.reason) && configuration.isExcluded(skip.place.path);
  return isExcused ? { ...skip, reason: 'excluded' } : skip;
}

/** Where Git LFS keeps its objects (git-lfs-config(5), `lfs.storage`). */
async function largeFilesOf(gitFolder: string, git: GitOptions): Promise<string> {
  const storage = await gitAnswer(['config', '--type=path', '--get', 'lfs.storage'], git);
  if (storage === undefined) return join(gitFolder, 'lfs', 'objects');
  return join(isAbsolute(storage) ? storage : resolve(gitFolder, storage), 'objects');
}
