import { markdownText } from '../reports/markup.ts';
import { severityOrder } from '../reports/report.ts';
import type { RunReport } from './run-result.ts';
import { countsOf, type Entry, findingsOf, sparkline, totalOf } from './trend.ts';

/** Of a list no more than this is shown; the JSON report has all. */
const most = 100;

/** One line that says how it went. */
export function runSummary({ schedule, outcome, problems, trend, entries }: RunReport): string {
  const { added, fixed, open, since } = trend;
  const counts = `${findingsOf(entries.length)}: ${added.length} new, ${fixed.length} fixed, ${open} still open`;
  const before = since === null ? 'the first run' : `since ${since.slice(0, 16)}Z`;
  const why = outcome === 'failed' ? `NOT COMPLETE (${problems[0]}); ` : '';
  return `${schedule}: ${why}${counts}, ${before}.`;
}

export function runMarkdown(report: RunReport): string {
  const { project, time, problems, trend, chapters, entries } = report;
  const rows = trend.history
    .slice(-12)
    .reverse()
    .map(({ time: at, counts }) => {
      const cells = severityOrder.map((severity) => counts[severity]);
      return `| ${at.slice(0, 16)}Z | ${cells.join(' | ')} | ${totalOf(counts)} |`;
    });
  return [
    `# ${report.schedule}: ${markdownText(project)}`,
    '',
    `${time}. ${markdownText(runSummary(report))}`,
    ...section('What could not be seen', problems.map(markdownText)),
    '',
    '## Over time',
    '',
    `\`${sparkline(trend.history)}\``,
    '',
    `| run | ${severityOrder.join(' | ')} | all |`,
    `| --- | ${severityOrder.map(() => '---:').join(' | ')} | ---: |`,
    ...rows,
    ...section(`New (${trend.added.length})`, trend.added.map(lineOf)),
    ...section(`Fixed (${trend.fixed.length})`, trend.fixed.map(lineOf)),
    ...section(`All (${entries.length}, ${words(countsOf(entries))})`, entries.map(lineOf)),
    ...chapters.flatMap(({ title, lines }) => section(title, lines.map(markdownText))),
    '',
  ].join('\n');
}

const words = (counts: Readonly<Record<string, number>>) =>
  severityOrder.map((severity) => `${counts[severity]} ${severity}`).join(', ');

const lineOf = ({ severity, title, where }: Entry) =>
  `**${severity}** ${markdownText(title)}: ${markdownText(where)}`;

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length > most ? [`- and ${lines.length - most} more`] : [];
  return ['', `## ${title}`, '', ...lines.slice(0, most).map((line) => `- ${line}`), ...more];
}
