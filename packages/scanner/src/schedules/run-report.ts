import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFile } from '../files/read-file.ts';
import { putInPlace } from '../files/write-file.ts';
import { printable } from '../reports/presentable.ts';
import { severityOrder } from '../reports/report.ts';
import { makePrivate, ScheduleProblem } from './place.ts';
import { runHtml } from './run-html.ts';
import { runMarkdown } from './run-markdown.ts';
import type { RunReport, RunResult } from './run-result.ts';
import { type Entry, type Past, type Point, trendOf } from './trend.ts';

const mostReports = 60;
const mostBytes = 64_000_000;
const ownFile = /^\d{4}-\d\d-\d\dT[\d-]+Z\.(?:json|md|html)$/;
const pattern = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z\.json$/;

/** Sets a result beside the last one. All texts are made fit to be shown: they come from a scanned tree. */
export function reportOf(
  { entries, problems, chapters }: RunResult,
  about: Pick<RunReport, 'schedule' | 'project'> & { readonly time: Date },
  past: Past | undefined,
): RunReport {
  const time = about.time.toISOString();
  const shown = entries.map(shownEntry);
  const isWhole = problems.length === 0;
  const trend = trendOf(shown, time, past);
  return {
    schedule: about.schedule,
    project: printable(about.project),
    time,
    outcome: !isWhole ? 'failed' : entries.length > 0 ? 'findings' : 'clean',
    // What was not looked at is not gone.
    trend: isWhole ? trend : { ...trend, fixed: [] },
    entries: shown,
    problems: problems.map(printable),
    chapters: chapters.map(({ title, lines }) => ({ title, lines: lines.map(printable) })),
  };
}

/** The newest report that saw everything; undefined where there is none that can be read. */
export function lastReport(folder: string): Past | undefined {
  for (const name of reportsIn(folder).reverse()) {
    try {
      const result = readRegularFile(join(folder, name), () => mostBytes);
      if (!('bytes' in result)) continue;
      const { time, entries, problems, trend } = JSON.parse(result.bytes.toString('utf8'));
      const history: unknown[] = trend.history;
      if (problems.length > 0 || !isTime(time) || !entries.every(isEntry) || !history.every(isPoint))
        continue;
      return { time, entries: entries.map(shownEntry), history: history as Point[] };
    } catch {
      // The one before it.
    }
  }
  return undefined;
}

/*
 * Where reports lie in a repository, whoever writes there can have made one: of what it says only what a report can say
 * is taken.
 */
const isTime = (value: unknown) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
const isEntry = ({ key, severity, title, where }: Partial<Entry>) =>
  [key, title, where].every((one) => typeof one === 'string') &&
  severityOrder.some((one) => one === severity);
const isPoint = (value: unknown) => {
  const { time, counts } = value as Point;
  return isTime(time) && severityOrder.every((one) => Number.isSafeInteger(counts[one]) && counts[one] >= 0);
};

const shownEntry = ({ key, severity, title, where }: Entry): Entry => ({
  ...{ key, severity },
  ...{ title: printable(title), where: printable(where) },
});

/** Writes JSON, Markdown and HTML for their owner alone, and removes what is older than the last sixty. */
export function writeReport(folder: string, report: RunReport): { markdown: string; html: string } {
  // A tree could have made it, to have them written elsewhere.
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink())
    throw new ScheduleProblem('the folder of reports is a symbolic link: name the folder that is meant');
  makePrivate(folder);
  // In a repository they are not its files: neither committed nor scanned the next time.
  if (readdirSync(folder).every((name) => ownFile.test(name)))
    putInPlace(join(folder, '.gitignore'), '*\n', 0o600);
  const stem = join(folder, report.time.replace(/[:.]/g, '-'));
  putInPlace(`${stem}.md`, runMarkdown(report), 0o600);
  putInPlace(`${stem}.html`, runHtml(report), 0o600);
  // Last: a report that is there has all its forms.
  putInPlace(`${stem}.json`, `${JSON.stringify(report, null, 2)}\n`, 0o600);
  for (const name of reportsIn(folder).slice(0, -mostReports))
    for (const kind of ['json', 'md', 'html'])
      rmSync(join(folder, name.replace(/json$/, kind)), { force: true });
  return { markdown: `${stem}.md`, html: `${stem}.html` };
}

function reportsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort();
  } catch {
    return [];
  }
}
