import { sayFailure } from '../command/say-failure.ts';
import type { Surroundings } from '../command/surroundings.ts';
import { checklistsFor } from '../rotation/checklist.ts';
import { checklistData, checklistMarkdown } from '../rotation/markdown.ts';
import { checkHistory, isInHistory } from './check.ts';
import { readCommitDates } from './commit-dates.ts';
import { historyJson, historyText, summary } from './history-report.ts';
import type { HistoryFlags } from './options.ts';
import { readHistoryRequest } from './request.ts';

/**
 * Runs `history check`.
 * @returns 0: no secret in the history; 1: some are; 2: not all of it could be looked at, or used wrongly
 */
export async function runHistoryCheck(flags: HistoryFlags, surroundings: Surroundings): Promise<number> {
  const { tool, out, err } = surroundings;
  try {
    const request = readHistoryRequest(flags);
    const report = await checkHistory(request, surroundings);
    const found = report.traced.filter(isInHistory);
    if (request.blobIdsOnly) {
      const ids = new Set(found.flatMap(({ trace }) => trace.blobs));
      await out([...ids].map((id) => `${id}\n`).join(''));
      if (report.exitCode === 2) err(`${tool.name}: ${summary(report)}`);
      return report.exitCode;
    }
    const wanted = found.length > 0 ? found : report.traced;
    const dates = await readCommitDates(
      found.map(({ trace }) => trace),
      report.repository.git,
    );
    const lists = request.withRotation ? checklistsFor(wanted.map(({ secret }) => secret.ruleId)) : undefined;
    if (request.isJson) await out(`${historyJson(report, dates, lists?.map(checklistData))}\n`);
    else {
      for (const list of lists ?? []) await out(`${checklistMarkdown(list)}\n`);
      await out(`${historyText(report, dates, surroundings.colours, `${tool.name} rotation`)}\n`);
    }
    return report.exitCode;
  } catch (error) {
    // 1 would mean a secret.
    sayFailure(error, 'check', surroundings);
    return 2;
  }
}
