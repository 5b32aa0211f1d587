import { hash } from 'node:crypto';
import type { Place, Skip } from '../files/place.ts';
import { type LocatedFinding, suppressionFaults, suppressionMarker } from '../files/suppressions.ts';
import type { Finding, Severity } from '../finding.ts';
import type { Mappings, Remediation } from '../rule.ts';
import { rules } from '../rules.ts';
import type { ToolRun } from '../tools/tool-run.ts';
import { patternOf } from './pattern.ts';
import { printable } from './presentable.ts';

/** An array, or findings that are made one at a time: there can be more of them than memory has room for. */
export interface FindingList extends Iterable<LocatedFinding> {
  readonly length: number;
}

/** What a scan found, for every format. */
export interface Report {
  readonly tool: { readonly name: string; readonly version: string };
  readonly scanId: string;
  readonly time: Date;
  readonly project: string;
  /** Those that count, the most severe first. */
  readonly findings: FindingList;
  readonly suppressed: FindingList;
  readonly skips: readonly Skip[];
  readonly latin1: readonly Place[];
  readonly files: number;
  readonly scanned: number;
  readonly bytes: number;
  readonly commits: number | undefined;
  /** What other tools did; absent where none was asked for. */
  readonly tools?: readonly ToolRun[];
  readonly isComplete: boolean;
  readonly exitCode: number;
  /** Who is asked about a path; absent where the project names nobody. */
  ownersOf?(path: string): readonly string[];
  /** What was decided about a push; absent where none was asked about. */
  readonly veto?: Veto;
}

export interface Veto {
  readonly posture: 'medium' | 'high';
  readonly decision: 'BLOCK' | 'WARN' | 'ALLOW';
  readonly reason: string;
  readonly canOverride: boolean;
  /** What of the project's policy made it stricter, for people. */
  readonly evidence?: readonly string[];
  /** Names of the frameworks that the project follows. */
  readonly compliance?: readonly string[];
}

/** Time of the scan in UTC, to the second (RFC 3339). */
export function timestampOf({ time }: Pick<Report, 'time'>): string {
  return time.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

export const severityOrder: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

/** Order of a report: severity, then place. */
export function compareFindings(a: LocatedFinding, b: LocatedFinding): number {
  return (
    severityOrder.indexOf(a.finding.severity) - severityOrder.indexOf(b.finding.severity) ||
    (a.place.path < b.place.path ? -1 : Number(a.place.path > b.place.path)) ||
    a.finding.line - b.finding.line ||
    a.finding.column - b.finding.column
  );
}

export function countBySeverity(findings: Iterable<LocatedFinding>): Record<Severity, number> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0 };
  for (const { finding } of findings) counts[finding.severity]++;
  return counts;
}

/** Short and stable: the same finding at the same place has the same id in every report. */
export function findingId({ finding, place }: LocatedFinding): string {
  const { fingerprint, line, column } = finding;
  const digest = hash('sha256', [fingerprint, place.path, place.commit ?? '', line, column].join('\0'));
  return `SEC-${digest.slice(0, 12)}`;
}

export interface RuleDescription {
  readonly title: string;
  readonly severity: Severity;
  readonly remediation: Remediation;
  readonly mappings: Mappings;
  readonly patterns?: readonly string[];
  readonly keywords?: readonly string[];
}

const faultRemediation: Remediation = {
  steps: ['Write the reason after two dashes, or remove the comment and what it covers.'],
  references: [],
};
const descriptions = new Map<string, RuleDescription>(rules.map((rule) => [rule.id, rule]));
for (const [id, title] of Object.entries(suppressionFaults)) {
  descriptions.set(id, {
    title,
    severity: 'low',
    remediation: faultRemediation,
    mappings: { cwe: [], owasp: [] },
    keywords: [suppressionMarker],
  });
}

/** Makes rules known that are not built in. Their words come from the scanned tree: secrets in them are not shown. */
export function describeOwnRules(own: Iterable<RuleDescription & { readonly id: string }>): void {
  for (const { id, title, severity, remediation, mappings, patterns, keywords } of own) {
    const { steps, references } = remediation;
    descriptions.set(id, {
      title: printable(title),
      ...(patterns !== undefined && { patterns: patterns.map(printable) }),
      ...(keywords !== undefined && { keywords: keywords.map(printable) }),
      severity,
      remediation: { steps: steps.map(printable), references: references.map(printable) },
      mappings,
    });
  }
}

/** The title of a finding's rule as reports show it. */
export function titleOf({ ruleId, title }: Pick<Finding, 'ruleId' | 'title'>): string {
  return describeRule(ruleId, title).title;
}

/** What the rule of a finding looks for, as a regular expression; the id of the rule where nobody said. */
export function patternOfFinding({ ruleId, title, preview }: Omit<Finding, 'category'>): string {
  return patternOf(describeRule(ruleId, title), preview) || ruleId;
}

/** The name of a category in reports. */
export function categoryName(category: string): string {
  return category === 'secret' ? 'secrets' : category;
}

/** What is known of a rule by its id, with nothing but its title for an unknown one. */
export function describeRule(id: string, title: string): RuleDescription {
  return (
    descriptions.get(id) ?? {
      title,
      severity: 'medium',
      remediation: { steps: ['Remove the value, and revoke it if it is real.'], references: [] },
      mappings: { cwe: [], owasp: [] },
    }
  );
}

/** One sentence about a finding, without its value. */
export function sentence({ finding }: LocatedFinding): string {
  const { category, confidence, validated, preview, sameAs = [] } = finding;
  const title = titleOf(finding);
  if (category === 'suppression') return `${title}: it does not count.`;
  const told = sameAs.length === 0 ? '' : ` Also told by ${sameAs.join(', ')}.`;
  const shown = category === 'dependency' ? `(${preview})` : preview;
  const what = preview === '' ? title : `${title} ${shown}`;
  return `${what}, ${validated ? 'validated by its format' : `${confidence} confidence`}.${told}`;
}
