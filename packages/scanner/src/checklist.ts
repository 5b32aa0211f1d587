/** The checklist before a deployment, for `memhold checklist`: evidence of a folder and of a server, judged by a profile. */
import { basename } from 'node:path';
import { type Checklist, evaluate } from './checklist/evaluate.ts';
import { type ProfileName, profiles } from './checklist/profiles.ts';
import { repositoryChecks } from './checklist/repository/checks.ts';
import { type GatherOptions, gatherRepository } from './checklist/repository/gather.ts';
import { noServerChecks, serverChecks } from './checklist/server/checks.ts';
import type { NoServer, ServerEvidence } from './checklist/server/evidence.ts';
import type { Surroundings } from './command/surroundings.ts';

export type { Checklist } from './checklist/evaluate.ts';
export { type ProfileName, profileNames } from './checklist/profiles.ts';
export { checklistJson, checklistMarkdown, checklistText } from './checklist/report.ts';
export type { NoServer, ServerEvidence } from './checklist/server/evidence.ts';

export interface ChecklistOrder extends GatherOptions {
  readonly profile: ProfileName;
  readonly server: ServerEvidence | NoServer;
}

/** Gathers and judges. Throws what `gatherRepository` throws. */
export async function runChecklist(order: ChecklistOrder, surroundings: Surroundings): Promise<Checklist> {
  const profile = profiles[order.profile];
  const repository = await gatherRepository(order, surroundings);
  const ofServer = 'why' in order.server ? noServerChecks(order.server) : serverChecks(order.server, profile);
  return evaluate([...repositoryChecks(repository, profile), ...ofServer], {
    profile: order.profile,
    time: surroundings.now(),
    project: basename(order.folder),
  });
}
