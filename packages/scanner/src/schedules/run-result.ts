import type { ScheduleName } from './schedule.ts';
import type { Entry, Trend } from './trend.ts';

/** Lines under a heading, as they are shown. */
export interface Chapter {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What a schedule's work came to. */
export interface RunResult {
  readonly entries: readonly Entry[];
  /** Why the run saw less than it should; one of them, and nothing counts as fixed. */
  readonly problems: readonly string[];
  readonly chapters: readonly Chapter[];
}

export interface RunReport extends RunResult {
  readonly schedule: ScheduleName;
  readonly project: string;
  /** ISO 8601. */
  readonly time: string;
  readonly outcome: 'clean' | 'findings' | 'failed';
  readonly trend: Trend;
}
