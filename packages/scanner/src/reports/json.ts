import { isIncomplete, wordsOfSkip } from '../files/place.ts';
import type { LocatedFinding, ReportedFinding } from '../files/suppressions.ts';
import { reportersOf, toolOf } from '../tools/merge-group.ts';
import { complianceOf, idsTouching } from './compliance.ts';
import { jsonPieces, LazyList, lazily } from './json-pieces.ts';
import { withoutSecrets } from './presentable.ts';
import {
  categoryName,
  countBySeverity,
  describeRule,
  findingId,
  patternOfFinding,
  type Report,
  sentence,
  timestampOf,
} from './report.ts';

/** Of a control. Nearly every finding touches half a dozen: whoever wants all joins them by their mappings. */
const mostIds = 1000;

/**
 * The report as JSON with snake_case keys, in pieces: `schema/report.schema.json` describes it. `pattern` is what the rule
 * looks for, never what it matched.
 */
export function jsonReport(report: Report): Iterable<string> {
  const { findings, suppressed, skips, veto } = report;
  return jsonPieces({
    scan_id: report.scanId,
    timestamp: timestampOf(report),
    project: withoutSecrets(report.project),
    security_posture: veto?.posture ?? 'medium',
    complete: report.isComplete,
    summary: {
      total_files: report.files,
      scanned_files: report.scanned,
      scanned_bytes: report.bytes,
      ...(report.commits !== undefined && { commits: report.commits }),
      issues_found: findings.length,
      ...countBySeverity(findings),
      suppressed: suppressed.length,
    },
    findings: lazily(findings, (one) => entryOf(one, report)),
    suppressed: lazily(suppressed, (one) => ({
      ...entryOf(one, report),
      suppressed_by: one.suppression!.by,
      suppression_reason: withoutSecrets(one.suppression!.reason),
    })),
    skipped: lazily(skips, ({ place, reason, detail }) => ({
      file: withoutSecrets(place.path),
      ...(place.commit !== undefined && { commit: place.commit }),
      reason,
      description: wordsOfSkip(reason),
      ...(detail !== undefined && { detail: withoutSecrets(detail) }),
      incomplete: isIncomplete(reason),
    })),
    ...(report.tools !== undefined && {
      tools: report.tools.map(({ name, outcome, version, findings: told, detail }) => ({
        name: withoutSecrets(name),
        outcome,
        ...(version !== undefined && { version }),
        findings: told,
        ...(detail !== undefined && { detail: withoutSecrets(detail) }),
      })),
    }),
    read_as_latin1: lazily(report.latin1, ({ path }) => withoutSecrets(path)),
    compliance: complianceOf(findings).map(({ key, name, version, url, controls }) => ({
      framework: key,
      name,
      version,
      url,
      controls: controls.map((control) => ({
        id: control.id,
        ...(control.title !== undefined && { title: control.title }),
        count: control.count,
        findings: new LazyList(() => idsTouching(control, findings, mostIds)),
      })),
    })),
    veto_decision: veto?.decision ?? null,
    veto_reason: veto?.reason ?? null,
    override_available: veto?.canOverride ?? null,
    policy: { compliance: veto?.compliance ?? [], evidence: veto?.evidence ?? [] },
  });
}

/** Of a finding that another tool told of: who did, what else they call it, and the package that it is about. */
function toldBy(finding: ReportedFinding): object {
  const { ruleId, sameAs, scope, dependency } = finding;
  if (sameAs === undefined && toolOf(ruleId) === undefined) return {};
  return {
    reported_by: reportersOf(finding),
    ...(sameAs !== undefined && { same_as: sameAs }),
    ...(scope !== undefined && { scope }),
    ...(dependency !== undefined && {
      dependency: {
        name: dependency.name,
        ...(dependency.version !== undefined && { version: dependency.version }),
        ...(dependency.fixedIn !== undefined && { fixed_in: dependency.fixedIn }),
        advisories: dependency.advisories,
      },
    }),
  };
}

function entryOf(located: LocatedFinding, { ownersOf }: Report): object {
  const { finding, place } = located;
  const owners = ownersOf?.(place.path) ?? [];
  const { title, remediation, mappings } = describeRule(finding.ruleId, finding.title);
  return {
    id: findingId(located),
    rule_id: finding.ruleId,
    severity: finding.severity,
    confidence: finding.confidence,
    validated: finding.validated,
    category: categoryName(finding.category),
    title,
    description: sentence(located),
    file: withoutSecrets(place.path),
    ...(place.commit !== undefined && { commit: place.commit }),
    line: finding.line,
    column: finding.column,
    pattern: patternOfFinding(finding),
    preview: finding.preview,
    fingerprint: finding.fingerprint,
    ...(finding.reasons !== undefined && { reasons: finding.reasons }),
    recommendation: remediation.steps[0] ?? '',
    remediation,
    mappings,
    ...(owners.length > 0 && { owners }),
    ...toldBy(finding),
  };
}
