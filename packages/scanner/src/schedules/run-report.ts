import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { putInPlace } from '../files/write-file.ts';
import { printable } from '../reports/presentable.ts';
import { makePrivate } from './place.ts';
import { runHtml } from './run-html.ts';
import { runMarkdown } from './run-markdown.ts';
import type { RunReport, RunResult } from './run-result.ts';
import { type Entry, type Past, type Point, trendOf } from './trend.ts';

const mostReports = 60;
const pattern = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z\.json$/;

/** Sets a result beside the last one. All texts are made fit to be shown: they come from a scanned tree. */
export function reportOf(
  { entries, problems, chapters }: RunResult,
  about: Pick<RunReport, 'schedule' | 'project'> & { readonly time: Date },
  past: Past | undefined,
): RunReport {
  const time = about.time.toISOString();
  const shown = entries.map((one) => ({ ...one, title: printable(one.title), where: printable(one.where) }));
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
      const { time, entries, problems, trend } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      const history = trend?.history as readonly Point[];
      const isWhole =
        problems.length === 0 && typeof time === 'string' && entries.every(isEntry) && Array.isArray(history);
      if (isWhole) return { time, entries, history };
    } catch {
      // The one before it.
    }
  }
  return undefined;
}

const isEntry = (one: Partial<Entry>) => typeof one.key === 'string' && typeof one.severity === 'string';

/** Writes JSON, Markdown and HTML for their owner alone, and removes what is older than the last sixty. */
export function writeReport(folder: string, report: RunReport): { markdown: string; html: string } {
  makePrivate(folder);
  // In a repository they are not its files: neither committed nor scanned the next time.
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
