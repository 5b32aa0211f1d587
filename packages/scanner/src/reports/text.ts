import { isIncomplete, type Place, type SkipReason, wordsOfSkip } from '../files/place.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import type { Severity } from '../finding.ts';
import type { ToolRun } from '../tools/tool-run.ts';
import { complianceOf } from './compliance.ts';
import { printable } from './presentable.ts';
import { countBySeverity, describeRule, type Report, severityOrder, titleOf } from './report.ts';

export interface TextOptions {
  readonly colours: boolean;
  /** Also findings of low severity, suppressed ones and every file that was left out. */
  readonly isVerbose: boolean;
  /** Also which controls the findings touch. */
  readonly showsCompliance: boolean;
}

const colourOf: Readonly<Record<Severity, string>> = { critical: '35;1', high: '31', medium: '33', low: '2' };

/** The report for people, in pieces: a line for each finding, what was left out, and a summary as the last line. */
export function* textReport(
  report: Report,
  { colours, isVerbose, showsCompliance }: TextOptions,
): Generator<string> {
  const paint = (code: string, text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  const line = ({ finding, place }: LocatedFinding, end: string) =>
    [
      `${placeOf(place)}:${finding.line}:${finding.column}: `,
      paint(colourOf[finding.severity], finding.severity),
      ` ${finding.ruleId}: ${titleOf(finding)}${finding.preview === '' ? '' : `  ${finding.preview}`}`,
      finding.sameAs === undefined ? '' : `  (also ${finding.sameAs.join(', ')})`,
      isVerbose && finding.reasons !== undefined ? `  (${finding.reasons.join(', ')})` : '',
      `${end}\n`,
    ].join('');
  const ruleIds = new Set<string>();
  for (const located of report.findings) {
    if (!isVerbose && located.finding.severity === 'low') continue;
    ruleIds.add(located.finding.ruleId);
    yield line(located, '');
  }
  for (const ruleId of ruleIds) {
    const { title, remediation } = describeRule(ruleId, ruleId);
    if (remediation.steps[0] !== undefined) yield `${paint('2', `  ${title}: ${remediation.steps[0]}`)}\n`;
  }
  yield* nextSteps(report, isVerbose, paint);
  if (isVerbose) {
    for (const located of report.suppressed) {
      const { by, reason } = located.suppression!;
      yield line(located, `  suppressed by ${by}: ${printable(reason)}`);
    }
  }
  for (const { place, reason, detail } of report.skips) {
    const isListed = isVerbose || isIncomplete(reason) || reason === 'special-file';
    const end = detail === undefined ? '' : ` (${printable(detail)})`;
    if (isListed) yield `${placeOf(place)}: ${paint('33', 'not scanned')}: ${wordsOfSkip(reason)}${end}\n`;
  }
  for (const place of isVerbose ? report.latin1 : []) yield `${placeOf(place)}: no UTF-8, read as latin-1\n`;
  if (report.tools !== undefined) yield `Other tools: ${report.tools.map(toolWords).join('; ')}.\n`;
  if (showsCompliance) yield* complianceLines(report);
  yield summaryLine(report);
}

/** What another tool did, in words. */
export function toolWords({ name, version, outcome, findings }: ToolRun): string {
  const did =
    outcome === 'ran' || outcome === 'merged' ? plural(findings, 'finding') : outcome.replaceAll('-', ' ');
  return `${printable(name)}${version === undefined ? '' : ` ${version}`}: ${did}`;
}

function* complianceLines({ findings }: Report): Generator<string> {
  for (const { name, version, controls } of complianceOf(findings)) {
    yield `${name} (${version}): ${controls.length === 0 ? 'no control is touched' : ''}\n`;
    for (const { id, title, count } of controls)
      yield `  ${printable(id)}${title === undefined ? '' : ` ${title}`}: ${plural(count, 'finding')}\n`;
  }
}

/** Where secrets are among the findings: what to do about them, beyond the text. */
function* nextSteps(
  { findings, tool }: Report,
  isVerbose: boolean,
  paint: (code: string, text: string) => string,
): Generator<string> {
  for (const { finding } of findings) {
    if (finding.category !== 'secret' || (!isVerbose && finding.severity === 'low')) continue;
    const line = `  How to replace each: ${tool.name} rotation <rule>. In a git history too? ${tool.name} history check`;
    return yield `${paint('2', line)}\n`;
  }
}

/** What a person must know of a scan in one line: an incomplete one never sounds clean. */
export function summaryLine(report: Report): string {
  const { findings, suppressed, scanned, files, commits, isComplete, latin1 } = report;
  const counts = countBySeverity(findings);
  const bySeverity = severityOrder.filter((severity) => counts[severity] > 0);
  const parts = [
    findings.length === 0
      ? 'No findings'
      : `${plural(findings.length, 'finding')} (${bySeverity.map((severity) => `${counts[severity]} ${severity}`).join(', ')})`,
    suppressed.length > 0 ? `${suppressed.length} suppressed` : '',
    `${scanned} of ${plural(files, 'file')} scanned${commits === undefined ? '' : ` in ${plural(commits, 'commit')}`}`,
    ...leftOut(report),
    latin1.length > 0 ? `${latin1.length} read as latin-1` : '',
    megabytes(report.bytes),
  ].filter((part) => part !== '');
  const verdict = scanned === 0 ? 'NOTHING SCANNED: ' : isComplete ? '' : 'INCOMPLETE: ';
  return `${verdict}${parts.join('; ')}.`;
}

function leftOut({ skips }: Report): string[] {
  const counts = new Map<SkipReason, number>();
  for (const { reason } of skips) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} ${wordsOfSkip(reason)}`);
}

function placeOf({ path, commit }: Place): string {
  return commit === undefined ? printable(path) : `${commit.slice(0, 10)}:${printable(path)}`;
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e6 ? 3 : 1)} MB`;
