import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { UsageError } from '../command/request.ts';
import type { Surroundings } from '../command/surroundings.ts';
import { trustFile } from '../custom-rules/trust-store.ts';
import { InvalidConfiguration } from '../files/settings-shape.ts';
import { assess, reportOf } from '../push/assess.ts';
import type { Report } from '../reports/report.ts';
import { pipelineRange } from './pipeline-range.ts';

/**
 * Judges the commits that a pipeline is for as a push of them would be: each of them, by the policy of the default branch.
 * Nothing of the work tree is read, and nothing overrides. Throws UsageError, GitFailure.
 * @param range given by hand, in place of what the build system says
 */
export async function judgePipeline(range: string | undefined, surroundings: Surroundings): Promise<Report> {
  const { folder, env, err, tool } = surroundings;
  const { update, view } = await pipelineRange({ folder, env }, range);
  try {
    const ownFolder = dirname(trustFile(env));
    return await assess(
      { updates: [update], tips: [update.localId], view, ownFolder },
      surroundings,
      async (assessed) => {
        const { pushed, decided } = assessed;
        if (pushed.commits.length === 0) err(`${tool.name}: no new commits.`);
        if (decided.decision.verdict === 'BLOCK') await decided.tellVeto();
        const report = reportOf(randomUUID(), assessed, surroundings);
        return { ...report, veto: { ...report.veto!, canOverride: false } };
      },
    );
  } catch (error) {
    if (!(error instanceof InvalidConfiguration)) throw error;
    throw new UsageError(`the policy of the default branch: ${error.message}`, { cause: error });
  }
}
