import { basename, join } from 'node:path';
import { UsageError } from '../command/request.ts';
import type { Surroundings } from '../command/surroundings.ts';
import { TrustStoreError } from '../custom-rules/trust-store.ts';
import { GitFailure } from '../files/git.ts';
import { printable } from '../reports/presentable.ts';
import { idOf, ScheduleProblem } from './place.ts';
import { folderOf, type LastRun, readRecord, takeLock, writeRecord } from './record.ts';
import { lastReport, reportOf, writeReport } from './run-report.ts';
import type { RunReport, RunResult } from './run-result.ts';
import type { ScheduleName } from './schedule.ts';
import { type Task, tasks } from './tasks.ts';
import { findingsOf } from './trend.ts';

export interface RunOrder extends Task {
  readonly name: ScheduleName;
  /** Where reports go, in place of the user's own folder. */
  readonly reports?: string;
}

export interface RunOutcome {
  readonly report: RunReport;
  readonly files: { readonly markdown: string; readonly html: string };
  /** 0: nothing found; 1: something found; 2: it could not see everything. */
  readonly exitCode: 0 | 1 | 2;
}

const exitCodes = { clean: 0, findings: 1, failed: 2 } as const;

/**
 * Does what the timer of a schedule calls: the work, a report beside the last one, and a word for `schedule list`.
 * Throws ScheduleProblem where another run has not ended.
 */
export async function runSchedule(order: RunOrder, surroundings: Surroundings): Promise<RunOutcome> {
  const { name, folder } = order;
  const { env, now } = surroundings;
  const id = idOf(folder);
  const own = folderOf(env, id, name);
  const release = takeLock(own);
  if (release === undefined)
    throw new ScheduleProblem(`another run of ${name} has not ended: wait for it, or end it`);
  const started_at = now().toISOString();
  const note = (last_run: LastRun) => {
    const record = readRecord(env, id, name);
    if (record !== undefined) writeRecord(env, id, { ...record, last_run });
  };
  try {
    note({ started_at });
    const reports = order.reports ?? join(own, 'reports');
    const about = { schedule: name, project: basename(folder), time: now() };
    const report = reportOf(await resultOf(order, surroundings), about, lastReport(reports));
    const files = writeReport(reports, report);
    const { outcome, problems, entries, trend } = report;
    const words = problems[0] ?? `${findingsOf(entries.length)}, ${trend.added.length} new`;
    note({ started_at, ended_at: now().toISOString(), outcome, words });
    return { report, files, exitCode: exitCodes[outcome] };
  } catch (error) {
    // What broke it is not told: it may be a part of what was scanned.
    note({ started_at, ended_at: now().toISOString(), outcome: 'failed', words: 'the run broke off' });
    throw error;
  } finally {
    release();
  }
}

/** What can go wrong by the folder's own doing is a report that says so, not the end of the run. */
async function resultOf(order: RunOrder, surroundings: Surroundings): Promise<RunResult> {
  try {
    return await tasks[order.name](order, surroundings);
  } catch (error) {
    const isExpected = [UsageError, GitFailure, TrustStoreError].some((kind) => error instanceof kind);
    if (!isExpected) throw error;
    return { entries: [], problems: [printable((error as Error).message)], chapters: [] };
  }
}
