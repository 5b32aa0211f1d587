import type { Surroundings } from '../../command/surroundings.ts';
import { auditsOf } from './audits.ts';
import type { RepositoryEvidence } from './checks.ts';
import { imageLeavesSecretsOut, pinningOf, rootImages, watchersOf, wideWorkflows } from './files-evidence.ts';
import { gitEvidence } from './git-evidence.ts';
import { scanOf } from './scan-evidence.ts';
import { surveyOf } from './survey.ts';

export interface GatherOptions {
  readonly folder: string;
  /** Asks no registry. */
  readonly offline: boolean;
  /** What else watches for new versions of this folder's dependencies. */
  readonly watchers: readonly string[];
}

/** Looks at a folder from all sides. Nothing of it is run. Throws UsageError where its settings cannot be read. */
export async function gatherRepository(
  { folder, offline, watchers }: GatherOptions,
  surroundings: Surroundings,
): Promise<RepositoryEvidence> {
  const { env, progress, now } = surroundings;
  const scan = await scanOf(folder, surroundings);
  progress?.('searching code');
  const survey = surveyOf(folder, now().toISOString().slice(0, 10));
  const { paths } = survey;
  const git = await gitEvidence({ folder, env });
  if (!offline) progress?.('asking registries about dependencies');
  const audits = offline ? undefined : await auditsOf(paths, { folder, env });
  progress?.('');
  const images = rootImages(folder, paths);
  return {
    scan,
    survey,
    git,
    audits,
    images,
    pinning: pinningOf(folder, paths),
    leavesSecretsOut: imageLeavesSecretsOut(folder, images.all),
    workflows: wideWorkflows(folder, paths),
    watchers: [...watchersOf(paths), ...watchers],
  };
}
