import type { LocatedFinding } from '../files/suppressions.ts';
import type { Severity } from '../finding.ts';
import { printable } from './presentable.ts';
import { describeRule, type Report, sentence, titleOf } from './report.ts';
import { summaryLine } from './text.ts';

const commands: Readonly<Record<Severity, 'error' | 'warning' | 'notice'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
};
/** Of each kind GitHub shows so many for a step; the others stand in the log only. */
const mostShown = 10;

/**
 * The report as workflow commands of GitHub Actions, the gravest first, in pieces
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions). The summary is an error where the
 * scan is incomplete, else a notice; it comes first, so that it is among those that are shown.
 */
export function* annotationsReport(report: Report): Generator<string> {
  const counts = { error: 0, warning: 0, notice: 0 };
  for (const { finding } of report.findings) counts[commands[finding.severity]]++;
  const hidden = Object.entries(counts).filter(([, count]) => count > mostShown);
  const more = hidden.map(([command, count]) => `${mostShown} of ${count} ${command}s`);
  const shown =
    more.length > 0 ? ` GitHub shows ${more.join(', ')} for a step, the gravest; the log has all.` : '';
  const kind = report.isComplete ? 'notice' : 'error';
  yield command(kind, { title: `${report.tool.name} scan` }, summaryLine(report) + shown);
  for (const located of report.findings) yield `\n${annotationOf(located)}`;
}

function annotationOf(located: LocatedFinding): string {
  const { finding, place } = located;
  const [step] = describeRule(finding.ruleId, finding.title).remediation.steps;
  const where = place.commit === undefined ? '' : ` In commit ${place.commit.slice(0, 12)}.`;
  return command(
    commands[finding.severity],
    { file: place.path, line: finding.line, col: finding.column, title: titleOf(finding) },
    `${sentence(located)}${where}${step === undefined ? '' : ` ${step}`}`,
  );
}

/** One line, whatever stands in the texts. Escaped as the toolkit of GitHub does it (packages/core/src/command.ts). */
function command(name: string, properties: Record<string, string | number>, message: string): string {
  const list = Object.entries(properties)
    .map(([key, value]) => `${key}=${inProperty(String(value))}`)
    .join(',');
  return `::${name} ${list}::${inMessage(message)}`;
}

const inMessage = (text: string) => printable(text).replaceAll('%', '%25');
const inProperty = (text: string) => inMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
