/** What is done again and again, with the times that it is done at. */
export const schedules = {
  'daily-scan': {
    description: 'scan the repository, and compare with the day before',
    cron: '0 2 * * *',
    calendar: '*-*-* 02:00:00',
    days: 1,
  },
  'weekly-dependencies': {
    description: 'ask about known vulnerabilities of dependencies, and which are behind',
    cron: '0 3 * * 0',
    calendar: 'Sun *-*-* 03:00:00',
    days: 7,
  },
  'monthly-review': {
    description: 'the checklist, and who and what has access',
    cron: '0 4 1 * *',
    calendar: '*-*-01 04:00:00',
    days: 31,
  },
} as const;

export type ScheduleName = keyof typeof schedules;
export const scheduleNames = Object.keys(schedules) as ScheduleName[];

/** What starts it. */
export const timers = ['cron', 'systemd', 'github', 'gitlab'] as const;
export type Timer = (typeof timers)[number];

/** Hours that a run may be late before it counts as missed: a machine may be off at night. */
const graceHours = 12;

/** Whether the time of the next run is over: since a run, or since it was installed. */
export function isMissed(name: ScheduleName, since: Date, now: Date): boolean {
  return now.getTime() - since.getTime() > (schedules[name].days * 24 + graceHours) * 3_600_000;
}
