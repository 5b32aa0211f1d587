import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Surroundings } from '../command/surroundings.ts';
import { putInPlace } from '../files/write-file.ts';
import { jsonReport } from '../reports/json.ts';
import type { Report } from '../reports/report.ts';
import { ALLOWED, type Assessed, assess, BLOCKED, reportOf, type Sent } from './assess.ts';
import { incompleteBanner, outcomeLines, vetoBanner } from './banner.ts';
import type { Decision } from './decision.ts';
import { type OverrideRequest, reportId } from './override.ts';
import { OverrideLog, type OverrideRecord } from './override-log.ts';
import { overrideRecord, whyNotOverridden } from './overriding.ts';
import type { Destination } from './remotes.ts';

/** A push to be judged, on either side of it. */
export interface PushCase extends Sent {
  readonly destination: Destination;
  readonly request: OverrideRequest | undefined;
  /** How an override of a report is written, for whoever is stopped. */
  howToOverride(reportId: string): string;
}

/** Looks at a push, decides, and says so. Throws what keeps it from looking. @returns ALLOWED or BLOCKED */
export function judge(push: PushCase, surroundings: Surroundings): Promise<number> {
  return assess(push, surroundings, (assessed) => decideOn(push, assessed, surroundings));
}

async function decideOn(push: PushCase, assessed: Assessed, surroundings: Surroundings): Promise<number> {
  const { err } = surroundings;
  const { pushed, decided, git, gitFolder } = assessed;
  const { destination, updates, view, request } = push;
  const { decision } = decided;
  const log = new OverrideLog(gitFolder, push.ownFolder);
  const { used, problem } = usedIds(log, decision);
  const id = (earlierOverrides: number) => reportId({ destination, updates, decision, earlierOverrides });
  let uses = 0;
  while (used.has(id(uses))) uses++;
  const report = reportOf(id(uses), assessed, surroundings);
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

function save(report: Report, file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  putInPlace(file, [...jsonReport(report)].join(''), 0o600);
}
