import { type ProfileName, profiles } from '../checklist/profiles.ts';
import { auditsOf } from '../checklist/repository/audits.ts';
import { scanOf } from '../checklist/repository/scan-evidence.ts';
import { surveyOf } from '../checklist/repository/survey.ts';
import type { NoServer, ServerEvidence } from '../checklist/server/evidence.ts';
import { runChecklist } from '../checklist.ts';
import type { Surroundings } from '../command/surroundings.ts';
import { type AccessLists, accessReview } from './access-review.ts';
import { updateDependencies } from './dependency-updates.ts';
import type { RunResult } from './run-result.ts';
import type { ScheduleName } from './schedule.ts';
import type { Entry } from './trend.ts';

/** What a run is asked to do, and what it may know. */
export interface Task {
  readonly folder: string;
  /** `weekly-dependencies`: makes a branch of newer versions. */
  readonly updateDependencies: boolean;
  /** `monthly-review`. */
  readonly profile: ProfileName;
  /** `monthly-review`: asked when it is needed. */
  readonly server: () => Promise<ServerEvidence | NoServer>;
  readonly people: () => Promise<AccessLists>;
  /** What else watches for new versions. */
  readonly watchers: readonly string[];
}

/** Does the work of a schedule. Throws what scans and git throw. */
export const tasks: Readonly<
  Record<ScheduleName, (task: Task, surroundings: Surroundings) => Promise<RunResult>>
> = { 'daily-scan': dailyScan, 'weekly-dependencies': weeklyDependencies, 'monthly-review': monthlyReview };

async function dailyScan({ folder }: Task, surroundings: Surroundings): Promise<RunResult> {
  const said: string[] = [];
  const scan = await scanOf(folder, { ...surroundings, err: (line) => void said.push(line) });
  if (scan === undefined)
    return { entries: [], problems: [`the scan could not run: ${said.join('; ')}`], chapters: [] };
  const { summary, findings, complete, scan_id } = scan;
  const counted = `${summary.scanned_files} of ${summary.total_files} files`;
  return {
    entries: findings.map(({ fingerprint, severity, title, file, line }) => ({
      key: fingerprint,
      severity,
      title,
      where: `${file}:${line}`,
    })),
    problems: complete ? [] : [`the scan is incomplete, ${counted} were scanned: memhold scan says why`],
    chapters: [{ title: 'Scan', lines: [`report ${scan_id}`, `${counted} scanned`] }],
  };
}

async function weeklyDependencies(task: Task, surroundings: Surroundings): Promise<RunResult> {
  const { folder } = task;
  const { env, now } = surroundings;
  const { paths } = surveyOf(folder, now().toISOString().slice(0, 10));
  const audits = await auditsOf(paths, { folder, env });
  const entries = audits.flatMap(({ advisories = [] }) =>
    advisories.map(
      (one): Entry => ({
        key: `${one.id} ${one.package} ${one.file}`,
        severity: one.severity,
        title: `${one.package}: ${one.title}`,
        where: `${one.id} in ${one.file}`,
      }),
    ),
  );
  const behind = audits.flatMap(({ file, versions }) =>
    (versions?.behind ?? []).map((one) => `${one.package} ${one.current}, could be ${one.wanted} (${file})`),
  );
  const problems = audits.flatMap(({ file, problem }) => (problem ? [`${file}: ${problem}`] : []));
  const chapters = [{ title: 'Behind what the range allows', lines: behind }];
  if (task.updateDependencies) {
    const made = await updateDependencies({ folder, env, now: now() });
    const { branch } = made;
    problems.push(...made.problems);
    const words =
      branch === undefined
        ? ['nothing changed']
        : [`branch ${branch}: look at it with git diff HEAD...${branch}; it was not pushed`];
    chapters.push({ title: 'Updates', lines: [...words, ...made.changes, ...made.left] });
  }
  return { entries, problems, chapters };
}

async function monthlyReview(task: Task, surroundings: Surroundings): Promise<RunResult> {
  const { folder, profile, watchers } = task;
  const server = await task.server();
  const list = await runChecklist({ folder, profile, watchers, server, offline: false }, surroundings);
  const isBad = profiles[profile].unknownFails ? ['fail', 'unknown'] : ['fail'];
  const entries = list.items
    .flatMap(({ checks }) => checks)
    .filter(({ status }) => isBad.includes(status))
    .map(
      ({ item, id, status, seen, advice }): Entry => ({
        key: `${item} ${id}`,
        severity: status === 'fail' ? 'high' : 'medium',
        title: `${item}/${id} ${status === 'fail' ? 'fails' : 'is unknown'}: ${seen[0] ?? advice ?? ''}`,
        where: advice ?? '',
      }),
    );
  const review = await accessReview({ folder, people: await task.people() }, surroundings);
  const items = list.items.map(({ name, status }) => `${status}: ${name}`);
  return {
    entries: [...entries, ...review.entries],
    problems: review.problems,
    chapters: [{ title: `Checklist, profile ${profile}`, lines: items }, ...review.chapters],
  };
}
