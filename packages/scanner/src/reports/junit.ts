import { isIncomplete, wordsOfSkip } from '../files/place.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import type { Severity } from '../finding.ts';
import { markupText } from './markup.ts';
import {
  describeRule,
  type FindingList,
  findingId,
  type Report,
  sentence,
  severityOrder,
  timestampOf,
} from './report.ts';

/**
 * The report as JUnit XML, the dialect that Jenkins, GitLab and Azure Pipelines read
 * (https://github.com/testmoapp/junitxml), in pieces: a suite for each file, a case for each finding. Low severity passes
 * with a note, as it does before a push; suppressed findings are skipped tests. The first suite says whether everything
 * was scanned, so that no report is without a test.
 */
export function* junitReport(report: Report): Generator<string> {
  const failures = failuresIn(report.findings);
  const tests = report.findings.length + report.suppressed.length + 1;
  const errors = Number(!report.isComplete);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name="${markupText(report.tool.name)}" tests="${tests}" failures="${failures}" errors="${errors}" skipped="${report.suppressed.length}" time="0">\n`;
  yield* completeness(report, errors);
  const counts = countsByPath(report);
  let open: string | undefined;
  for (const located of byPath(report)) {
    const { path } = located.place;
    if (path !== open) {
      if (open !== undefined) yield '  </testsuite>\n';
      open = path;
      const { tests, failures, skipped } = counts.get(path)!;
      yield `  <testsuite name="${markupText(path)}" tests="${tests}" failures="${failures}" errors="0" skipped="${skipped}" time="0" timestamp="${timestamp(report)}" file="${markupText(path)}">\n`;
    }
    yield caseOf(located);
  }
  if (open !== undefined) yield '  </testsuite>\n';
  yield '</testsuites>';
}

/** As `xs:dateTime` without a zone, which some readers refuse. */
const timestamp = (report: Report) => timestampOf(report).slice(0, -1);

const isFailure = (severity: Severity) => severity !== 'low';

function failuresIn(findings: FindingList): number {
  let count = 0;
  for (const { finding } of findings) count += Number(isFailure(finding.severity));
  return count;
}

function* completeness(report: Report, errors: number): Generator<string> {
  yield `  <testsuite name="${markupText(report.project)}" tests="1" failures="0" errors="${errors}" skipped="0" time="0" timestamp="${timestamp(report)}">\n`;
  const name = `${report.scanned} of ${report.files} files scanned`;
  if (errors === 0) yield `    <testcase name="${name}" classname="completeness" time="0"/>\n`;
  else {
    const missed = report.skips.filter(({ reason }) => isIncomplete(reason)).slice(0, 100);
    const lines = missed.map(({ place, reason }) => `${markupText(place.path)}: ${wordsOfSkip(reason)}`);
    yield `    <testcase name="${name}" classname="completeness" time="0">\n`;
    yield `      <error message="Not everything could be scanned" type="incomplete">${lines.join('\n')}</error>\n`;
    yield '    </testcase>\n';
  }
  yield '  </testsuite>\n';
}

function caseOf(located: LocatedFinding): string {
  const { finding, place, suppression } = located;
  const head = `    <testcase name="${markupText(`${finding.ruleId} at ${finding.line}:${finding.column}`)}" classname="${markupText(place.path)}" file="${markupText(place.path)}" line="${finding.line}" time="0">\n`;
  const end = '    </testcase>\n';
  const message = markupText(sentence(located));
  if (suppression !== undefined)
    return `${head}      <skipped message="${markupText(`suppressed by ${suppression.by}: ${suppression.reason}`)}"/>\n${end}`;
  const text = markupTextOfSteps(located);
  if (!isFailure(finding.severity))
    return `${head}      <system-out>${message}\n${text}</system-out>\n${end}`;
  return `${head}      <failure message="${message}" type="${finding.severity}">${text}</failure>\n${end}`;
}

function markupTextOfSteps(located: LocatedFinding): string {
  const { finding, place } = located;
  const { remediation } = describeRule(finding.ruleId, finding.title);
  const lines = [
    `${findingId(located)} ${place.path}:${finding.line}:${finding.column}`,
    ...(place.commit === undefined ? [] : [`commit ${place.commit}`]),
    ...remediation.steps.map((step, i) => `${i + 1}. ${step}`),
    ...remediation.references,
  ];
  return lines.map(markupText).join('\n');
}

interface PathCounts {
  tests: number;
  failures: number;
  skipped: number;
}

function countsByPath({ findings, suppressed }: Report): Map<string, PathCounts> {
  const counts = new Map<string, PathCounts>();
  const of = (path: string) => {
    const known = counts.get(path);
    if (known !== undefined) return known;
    const fresh = { tests: 0, failures: 0, skipped: 0 };
    counts.set(path, fresh);
    return fresh;
  };
  for (const { finding, place } of findings) {
    const count = of(place.path);
    count.tests++;
    count.failures += Number(isFailure(finding.severity));
  }
  for (const { place } of suppressed) {
    const count = of(place.path);
    count.tests++;
    count.skipped++;
  }
  return counts;
}

/**
 * All findings by path, without a list of them in memory: each severity of a report is in the order of paths already, so
 * that its rows and those of the others are merged.
 */
function* byPath({ findings, suppressed }: Report): Generator<LocatedFinding> {
  const rows = [findings, suppressed].flatMap((list) =>
    severityOrder.map((severity) => ofSeverity(list, severity)),
  );
  const heads = rows.map((row) => row.next());
  while (true) {
    let first = -1;
    for (const [i, head] of heads.entries()) {
      if (head.done) continue;
      const best = heads[first];
      if (first === -1 || head.value.place.path < (best!.value as LocatedFinding).place.path) first = i;
    }
    if (first === -1) return;
    yield heads[first]!.value as LocatedFinding;
    heads[first] = rows[first]!.next();
  }
}

function* ofSeverity(findings: FindingList, severity: Severity): Generator<LocatedFinding, undefined> {
  for (const located of findings) if (located.finding.severity === severity) yield located;
}
