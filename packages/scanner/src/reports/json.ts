import { isIncomplete, wordsOfSkip } from '../files/place.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import { terminalSafeJson, withoutSecrets } from './presentable.ts';
import { countBySeverity, describeRule, findingId, type Report, sentence } from './report.ts';

/** The report as JSON with snake_case keys. `pattern` names the rule, never what it matched. */
export function jsonReport(report: Report): string {
  const { findings, suppressed, skips } = report;
  return terminalSafeJson({
    scan_id: report.scanId,
    timestamp: report.time.toISOString(),
    project: withoutSecrets(report.project),
    security_posture: 'medium',
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
    findings: findings.map(entryOf),
    suppressed: suppressed.map((one) => ({
      ...entryOf(one),
      suppressed_by: one.suppression!.by,
      suppression_reason: withoutSecrets(one.suppression!.reason),
    })),
    skipped: skips.map(({ place, reason }) => ({
      file: withoutSecrets(place.path),
      ...(place.commit !== undefined && { commit: place.commit }),
      reason,
      description: wordsOfSkip(reason),
      incomplete: isIncomplete(reason),
    })),
    read_as_latin1: report.latin1.map(({ path }) => withoutSecrets(path)),
    veto_decision: null,
    veto_reason: null,
    override_available: null,
  });
}

function entryOf(located: LocatedFinding): object {
  const { finding, place } = located;
  const { remediation, mappings } = describeRule(finding.ruleId, finding.title);
  return {
    id: findingId(located),
    rule_id: finding.ruleId,
    severity: finding.severity,
    confidence: finding.confidence,
    validated: finding.validated,
    category: finding.category,
    title: finding.title,
    description: sentence(located),
    file: withoutSecrets(place.path),
    ...(place.commit !== undefined && { commit: place.commit }),
    line: finding.line,
    column: finding.column,
    pattern: finding.ruleId,
    preview: finding.preview,
    fingerprint: finding.fingerprint,
    recommendation: remediation.steps[0] ?? '',
    remediation,
    mappings,
  };
}
