import { isIncomplete, wordsOfSkip } from '../files/place.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import type { Severity } from '../finding.ts';
import { complianceOf } from './compliance.ts';
import { markdownCode, markdownText } from './markup.ts';
import { withoutSecrets } from './presentable.ts';
import { describeRule, type Report, severityOrder, timestampOf, titleOf } from './report.ts';
import { type Tally, tallyOf } from './tally.ts';
import { verdictLine } from './verdict-line.ts';

const signs: Readonly<Record<Severity, string>> = { critical: '🟣', high: '🔴', medium: '🟠', low: '⚪' };

/**
 * Bytes of each part. In all less than 60,000: a comment of GitHub ends at 65,536 characters, a step's summary at 1 MiB
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions#step-isolation-and-limits).
 */
const room = { findings: 30_000, steps: 14_000, compliance: 9_000, skips: 4_000 } as const;

/** The report as GitHub Flavored Markdown, for comments and job summaries, in pieces. What does not fit is counted. */
export function* markdownReport(report: Report): Generator<string> {
  const { findings, suppressed } = report;
  const tally = tallyOf(findings);
  yield `## ${markdownText(report.tool.name)} scan of ${markdownCode(shortened(report.project, 100))}\n\n`;
  yield `**${markdownText(verdictLine(report))}**\n\n`;
  const evidence = report.veto?.evidence ?? [];
  for (const line of evidence.slice(0, 10)) yield `- ${markdownText(shortened(line, 300))}\n`;
  if (evidence.length > 0) yield '\n';
  yield* summary(report, tally);
  if (findings.length > 0) {
    yield '\n### Findings\n\n| severity | finding | where |\n| --- | --- | --- |\n';
    const { lines, left } = fitting(findings, rowOf, room.findings);
    yield* lines;
    if (left > 0) yield `\n… and ${left} more, none graver than these: see the whole report.\n`;
    yield* stepsOf(tally);
    yield* complianceTables(report);
  }
  if (!report.isComplete) yield* missed(report);
  yield `\n${suppressed.length} suppressed · scan ${markdownCode(report.scanId)} · ${timestampOf(report)} · ${markdownText(`${report.tool.name} ${report.tool.version}`)}`;
}

function* summary(report: Report, { bySeverity, byCategory }: Tally): Generator<string> {
  yield `| ${severityOrder.map((severity) => `${signs[severity]} ${severity}`).join(' | ')} | files scanned |\n`;
  yield '| ---: | ---: | ---: | ---: | ---: |\n';
  yield `| ${severityOrder.map((severity) => bySeverity[severity]).join(' | ')} | ${report.scanned} of ${report.files} |\n`;
  if (byCategory.length > 0)
    yield `\n${byCategory
      .slice(0, 20)
      .map(({ name, count }) => `${markdownText(name)}: ${count}`)
      .join(' · ')}\n`;
}

function rowOf({ finding, place }: LocatedFinding): string {
  const commit = place.commit === undefined ? '' : ` in ${markdownCode(place.commit.slice(0, 10))}`;
  const title = `${markdownText(shortened(titleOf(finding), 150))} ${markdownCode(finding.preview)}`;
  return `| ${signs[finding.severity]} ${finding.severity} | ${title} | ${markdownCode(`${shortened(place.path, 300)}:${finding.line}:${finding.column}`)}${commit} |\n`;
}

function* stepsOf({ byRule }: Tally): Generator<string> {
  const ranked = byRule.toSorted((a, b) => rankOf(a.bySeverity) - rankOf(b.bySeverity));
  yield '\n### What to do\n';
  const { lines, left } = fitting(
    ranked,
    ({ name, title, count }) => {
      const { remediation } = describeRule(name, title);
      const head = `\n<details><summary>${markdownText(shortened(titleOf({ ruleId: name, title }), 150))} (${count})</summary>\n\n`;
      const steps = remediation.steps.map((step, i) => `${i + 1}. ${markdownText(step)}\n`);
      return `${head}${steps.join('')}\n</details>\n`;
    },
    room.steps,
  );
  yield* lines;
  if (left > 0) yield `\nSteps for ${left} more rules: see the whole report.\n`;
}

/** Of the gravest severity that a rule came to. */
const rankOf = (bySeverity: Readonly<Record<Severity, number>>) =>
  severityOrder.findIndex((severity) => bySeverity[severity] > 0);

function* complianceTables({ findings }: Report): Generator<string> {
  const rows = complianceOf(findings).flatMap(({ name, version, controls }) =>
    controls.map((control) => ({ framework: `${name} (${version})`, ...control })),
  );
  if (rows.length === 0) return;
  yield '\n### Controls that these findings touch\n\n| framework | control | findings |\n| --- | --- | ---: |\n';
  const { lines, left } = fitting(
    rows,
    ({ framework, id, title, count }) =>
      `| ${markdownText(framework)} | ${markdownText(title === undefined ? id : `${id} ${title}`)} | ${count} |\n`,
    room.compliance,
  );
  yield* lines;
  if (left > 0) yield `\n… and ${left} more controls.\n`;
}

function* missed({ skips }: Report): Generator<string> {
  const reasons = skips.filter(({ reason }) => isIncomplete(reason));
  if (reasons.length === 0) return;
  yield '\n### Not scanned\n\n';
  const { lines, left } = fitting(
    reasons,
    ({ place, reason }) => `- ${markdownCode(shortened(place.path, 300))}: ${wordsOfSkip(reason)}\n`,
    room.skips,
  );
  yield* lines;
  if (left > 0) yield `- … and ${left} more\n`;
}

/** As many of the first lines as have room, and how many are left. */
function fitting<T>(
  list: Iterable<T> & { readonly length: number },
  lineOf: (item: T) => string,
  bytes: number,
): { lines: string[]; left: number } {
  const lines: string[] = [];
  let used = 0;
  for (const item of list) {
    const line = lineOf(item);
    used += Buffer.byteLength(line);
    if (used > bytes) break;
    lines.push(line);
  }
  return { lines, left: list.length - lines.length };
}

/** The end of a long text: of a path that is the part which tells most. What is left of a secret would not look like one. */
function shortened(text: string, most: number): string {
  const shown = withoutSecrets(text);
  return shown.length > most ? `…${shown.slice(-most)}` : shown;
}
