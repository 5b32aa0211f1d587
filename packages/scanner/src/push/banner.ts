import { isIncomplete, type SkipReason, wordsOfSkip } from '../files/place.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import { keyOf } from '../fingerprint.ts';
import { printable } from '../reports/presentable.ts';
import { describeRule, type Report, titleOf } from '../reports/report.ts';
import { summaryLine } from '../reports/text.ts';
import { removeEverywhere } from '../rule.ts';
import { rules } from '../rules.ts';
import { type Decision, decidingSeverity } from './decision.ts';
import type { Pushed } from './pushed.ts';
import type { RefUpdate } from './ref-updates.ts';

export interface Shown {
  readonly pushed: Pushed;
  /** The call that overrides this report. */
  readonly howToOverride: string;
  /** Where the whole report lies, as the reader can open it. */
  readonly reportFile: string;
  readonly colours: boolean;
  /** Who is asked about a path. */
  ownersOf(path: string): readonly string[];
  /** What the project's agent says of a finding. */
  explanationOf(one: LocatedFinding): string | undefined;
}

const mostShown = 20;

/** What somebody reads whose push is stopped: what, where, what to do now, in which order. */
export function vetoBanner(report: Report, decision: Decision, shown: Shown): string {
  const { reportFile, colours, pushed, howToOverride } = shown;
  const { blocking } = decision;
  const red = (text: string) => (colours ? `\u001b[31;1m${text}\u001b[0m` : text);
  const lines = [
    red(`🚨 SECURITY VETO - ${headline(decision)}`),
    ...blocking.slice(0, mostShown).flatMap((one) => ['', ...issue(one, shown)]),
    ...(blocking.length > mostShown
      ? ['', `… and ${blocking.length - mostShown} more: see the report.`]
      : []),
    ...escalation(decision),
    ...evidenceOf(decision),
    '',
    'RESOLUTION REQUIRED:',
    ...steps(blocking, pushed).map((step, i) => `${i + 1}. ${step}`),
    '',
    red('Push BLOCKED until resolved.'),
    `Report ${report.scanId}: ${printable(reportFile)}`,
    ...(decision.canOverride
      ? ['If it must go out all the same, for this push only and on record:', `  ${howToOverride}`]
      : [`Nothing overrides this: ${notOverridable(decision)}.`]),
  ];
  return lines.join('\n');
}

/** The agent may block where no finding does. */
function headline({ blocking, reason }: Decision): string {
  const [gravest] = blocking;
  if (gravest === undefined) return printable(reason);
  return `${decidingSeverity(gravest).toUpperCase()} ISSUE${blocking.length === 1 ? '' : 'S'} DETECTED`;
}

/** What the project asks for beyond what holds everywhere. */
function evidenceOf({ evidence }: Decision): string[] {
  return evidence.length === 0
    ? []
    : ['', 'The project asks for more:', ...evidence.map((one) => `- ${one}`)];
}

function issue(one: LocatedFinding, { ownersOf, explanationOf }: Shown): string[] {
  const { finding, place } = one;
  const [owners, explanation] = [ownersOf(place.path), explanationOf(one)];
  return [
    `Issue: ${titleOf(finding)} (${finding.severity}, ${finding.validated ? 'validated by its format' : `${finding.confidence} confidence`})`,
    `File: ${printable(place.path)}:${finding.line}`,
    ...(place.commit === undefined ? [] : [`Commit: ${place.commit.slice(0, 12)}`]),
    `Pattern: ${finding.ruleId}  ${finding.preview}`,
    ...(explanation === undefined ? [] : [`Here: ${explanation}`]),
    ...(owners.length === 0 ? [] : [`Ask: ${owners.join(', ')}`]),
  ];
}

function escalation({ escalatedBy }: Decision): string[] {
  const [first] = escalatedBy;
  if (first === undefined) return [];
  const where = `${printable(first.place.path)}:${first.finding.line}`;
  const more = escalatedBy.length > 1 ? `, and ${escalatedBy.length - 1} more` : '';
  return ['', `Security posture raised to high by: ${titleOf(first.finding)} in ${where}${more}.`];
}

const notOverridable = ({ posture, blocking }: Decision) =>
  blocking.some((one) => decidingSeverity(one) === 'critical')
    ? 'critical findings never leave'
    : posture === 'high'
      ? 'the security posture is high'
      : 'the project does not let it be overridden';

/** Steps of the rules, each once, and how the commits lose it: a later commit that removes it does not. */
function steps(blocking: readonly LocatedFinding[], { commits }: Pushed): string[] {
  const ofRules = blocking.flatMap(
    ({ finding }) => describeRule(finding.ruleId, finding.title).remediation.steps,
  );
  const named = new Set(blocking.flatMap(({ place }) => place.commit ?? []));
  const inOrder = commits.filter((id) => named.has(id)).map((id) => id.slice(0, 12));
  const check = `memhold history check${names(blocking)}`;
  return [
    ...new Set([
      // Below it stands for these secrets alone.
      ...ofRules.filter((step) => step !== removeEverywhere),
      ...replacing(blocking),
      ...rewriting(inOrder),
      `Verify that it is not in the git history: ${check}`,
      'Push again: every commit is looked at again.',
    ]),
  ];
}

/** @param commits short ids, oldest first */
function rewriting(commits: readonly string[]): string[] {
  if (commits.length === 0) return [];
  const listed = commits.slice(0, 5).join(', ') + (commits.length > 5 ? ', …' : '');
  return [
    `Take it out of the commits themselves (${listed}), not only of the newest: the check below prints the commands.`,
  ];
}

const mostNamed = 3;

/** The secrets by name, as long as they are few; none named means all. */
function names(blocking: readonly LocatedFinding[]): string {
  const secrets = new Map(blocking.map(({ finding: { fingerprint } }) => [keyOf(fingerprint), fingerprint]));
  if (secrets.size > mostNamed) return '';
  // Whole, so that a scan of this text knows them for what they are.
  return [...secrets.values()].map((fingerprint) => ` --fingerprint ${fingerprint}`).join('');
}

function replacing(blocking: readonly LocatedFinding[]): string[] {
  const secrets = blocking.filter(({ finding }) => finding.category === 'secret');
  const found = new Set(secrets.map(({ finding }) => finding.ruleId));
  const ids = rules.filter(({ id }) => found.has(id)).map(({ id }) => id);
  return ids.length === 0
    ? []
    : [`Replace it by the checklist of: memhold rotation ${ids.slice(0, mostNamed).join(' ')}`];
}

/** Where the scan did not see everything: why, and the one command that shows more. */
export function incompleteBanner(report: Report, { reportFile, pushed: { commits } }: Shown): string {
  const missed = report.skips.filter(({ reason }) => isIncomplete(reason));
  const [first, last] = [commits[0]?.slice(0, 12), commits.at(-1)?.slice(0, 12)];
  return [
    '🚨 SECURITY VETO - NOT EVERYTHING COULD BE SCANNED',
    '',
    ...missed.slice(0, mostShown).map(({ place, reason }) => `${printable(place.path)}: ${words(reason)}`),
    ...(missed.length > mostShown ? [`… and ${missed.length - mostShown} more: see the report.`] : []),
    '',
    'Push BLOCKED: what was not looked at may hold anything. Make it readable, or let the default branch leave it',
    'out (exclude in .memhold/scan.yaml).',
    `Report ${report.scanId}: ${printable(reportFile)}`,
    ...(first === undefined ? [] : [`To see more: memhold scan --range ${first}^..${last} --verbose`]),
  ].join('\n');
}

/** `--max-size` is an option of the scan, not of a push. */
const words = (reason: SkipReason) =>
  reason === 'too-large' ? 'too large to be scanned' : wordsOfSkip(reason);

/** What somebody reads whose push goes through: what was looked at, and what deserves a look all the same. */
export function outcomeLines(
  report: Report,
  updates: readonly RefUpdate[],
  { reportFile, pushed }: Shown,
  isPolicyUnknown: boolean,
): string[] {
  const worth = [...report.findings].filter(({ finding }) => finding.severity !== 'low');
  const told =
    updates.length === 0
      ? 'git named no refs; looked at all that the remote lacks. '
      : pushed.commits.length === 0
        ? 'no new commits. '
        : '';
  return [
    ...worth.slice(0, mostShown).map(({ finding, place }) => {
      return `memhold: ${finding.severity}: ${titleOf(finding)} in ${printable(place.path)}:${finding.line}  ${finding.preview}`;
    }),
    ...(worth.length > 0 ? [`memhold: a word of warning; all of it: ${printable(reportFile)}`] : []),
    ...(isPolicyUnknown && pushed.commits.length > 0
      ? [
          'memhold: this clone does not know the default branch, so nothing of its policy counted: git fetch, then git remote set-head <remote> -a',
        ]
      : []),
    // A commit without files is looked at as well.
    `memhold: ${told}${summaryLine(report).replace(/^NOTHING SCANNED: /, '')}`,
  ];
}
