/** Schedules, for `memhold schedule`: installing and removing timers, what they run, and how the last runs went. */

export { printable } from './reports/presentable.ts';
export type { AccessLists } from './schedules/access-review.ts';
export {
  ciFile,
  hasTimer,
  type InstallOrder,
  installedWatchers,
  installSchedule,
  uninstallSchedule,
} from './schedules/install.ts';
export { ScheduleProblem } from './schedules/place.ts';
export { allRecords, type RunState, type ScheduleRecord, stateOf } from './schedules/record.ts';
export { runSummary } from './schedules/run-markdown.ts';
export { type RunOrder, type RunOutcome, runSchedule } from './schedules/run-schedule.ts';
export { type ScheduleName, scheduleNames, schedules, type Timer, timers } from './schedules/schedule.ts';
