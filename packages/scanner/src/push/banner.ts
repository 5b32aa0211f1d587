import { isIncomplete, wordsOfSkip } from '../files/place.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import { printable } from '../reports/presentable.ts';
import { describeRule, type Report } from '../reports/report.ts';
import { type Decision, decidingSeverity } from './decision.ts';

export interface BannerOptions {
  /** Where the whole report lies, as the reader can open it. */
  readonly reportFile: string;
  readonly colours: boolean;
}

const mostShown = 20;

/** What somebody reads whose push is stopped: what, where, what to do now, in which order. */
export function vetoBanner(
  report: Report,
  decision: Decision,
  { reportFile, colours }: BannerOptions,
): string {
  const { blocking } = decision;
  const worst = decidingSeverity(blocking[0]!).toUpperCase();
  const red = (text: string) => (colours ? `\u001b[31;1m${text}\u001b[0m` : text);
  const lines = [
    red(`🚨 SECURITY VETO - ${worst} ISSUE${blocking.length === 1 ? '' : 'S'} DETECTED`),
    ...blocking.slice(0, mostShown).flatMap((one) => ['', ...issue(one)]),
    ...(blocking.length > mostShown
      ? ['', `… and ${blocking.length - mostShown} more: see the report.`]
      : []),
    ...escalation(decision),
    '',
    'RESOLUTION REQUIRED:',
    ...steps(blocking).map((step, i) => `${i + 1}. ${step}`),
    '',
    red('Push BLOCKED until resolved.'),
    `Report ${report.scanId}: ${printable(reportFile)}`,
    ...(decision.canOverride
      ? [
          'If it must go out all the same, for this push only and on record:',
          `  MEMHOLD_OVERRIDE='${report.scanId}: <why>' git push …`,
        ]
      : [`Nothing overrides this: ${notOverridable(decision)}.`]),
  ];
  return lines.join('\n');
}

function issue({ finding, place }: LocatedFinding): string[] {
  return [
    `Issue: ${finding.title} (${finding.severity}, ${finding.validated ? 'validated by its format' : `${finding.confidence} confidence`})`,
    `File: ${printable(place.path)}:${finding.line}`,
    ...(place.commit === undefined ? [] : [`Commit: ${place.commit.slice(0, 12)}`]),
    `Pattern: ${finding.ruleId}  ${finding.preview}`,
  ];
}

function escalation({ escalatedBy }: Decision): string[] {
  const [first] = escalatedBy;
  if (first === undefined) return [];
  const where = `${printable(first.place.path)}:${first.finding.line}`;
  const more = escalatedBy.length > 1 ? `, and ${escalatedBy.length - 1} more` : '';
  return ['', `Security posture raised to high by: ${first.finding.title} in ${where}${more}.`];
}

const notOverridable = ({ posture, blocking }: Decision) =>
  blocking.some((one) => decidingSeverity(one) === 'critical')
    ? 'critical findings never leave'
    : `the security posture is ${posture}`;

/** Steps of the rules, each once, and how the commits lose it: a later commit that removes it does not. */
function steps(blocking: readonly LocatedFinding[]): string[] {
  const ofRules = blocking.flatMap(
    ({ finding }) => describeRule(finding.ruleId, finding.title).remediation.steps,
  );
  const oldest = blocking.find(({ place }) => place.commit !== undefined)?.place.commit?.slice(0, 12);
  const rewrite =
    oldest === undefined
      ? []
      : [
          `Take it out of the commits themselves, not only of the newest one: git rebase -i ${oldest}^ (mark ${oldest} as edit), or git commit --amend if it is the last.`,
        ];
  return [...new Set([...ofRules, ...rewrite, 'Push again: every commit is looked at again.'])];
}

/** Where the scan did not see everything: why, and the one command that shows more. */
export function incompleteBanner(report: Report, reportFile: string): string {
  const missed = report.skips.filter(({ reason }) => isIncomplete(reason));
  return [
    '🚨 SECURITY VETO - NOT EVERYTHING COULD BE SCANNED',
    '',
    ...missed
      .slice(0, mostShown)
      .map(({ place, reason }) => `${printable(place.path)}: ${wordsOfSkip(reason)}`),
    ...(missed.length > mostShown ? [`… and ${missed.length - mostShown} more: see the report.`] : []),
    '',
    'Push BLOCKED: what was not looked at may hold anything.',
    `Report ${report.scanId}: ${printable(reportFile)}`,
    'To see more: memhold scan --range @{upstream}..HEAD --verbose',
  ].join('\n');
}
