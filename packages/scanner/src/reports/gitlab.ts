import { hash } from 'node:crypto';
import type { LocatedFinding } from '../files/suppressions.ts';
import type { Severity } from '../finding.ts';
import { jsonPieces, LazyList } from './json-pieces.ts';
import { Occurrences } from './occurrences.ts';
import { withoutSecrets } from './presentable.ts';
import { type Report, sentence } from './report.ts';

const severities: Readonly<Record<Severity, string>> = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
};

/**
 * The report for GitLab's Code Quality (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format), in
 * pieces. A fingerprint survives moves of the line: the same finding is not shown as solved and new.
 */
export function gitlabReport({ findings }: Report): Iterable<string> {
  return jsonPieces(
    new LazyList(function* () {
      const occurrences = new Occurrences();
      for (const located of findings) yield entryOf(located, occurrences.next(located));
    }),
  );
}

function entryOf(located: LocatedFinding, occurrence: number): object {
  const { finding, place } = located;
  const path = withoutSecrets(place.path);
  return {
    description: sentence(located),
    check_name: finding.ruleId,
    fingerprint: hash('sha256', [finding.fingerprint, path, occurrence].join('\0')).slice(0, 32),
    severity: severities[finding.severity],
    location: { path, lines: { begin: finding.line } },
  };
}
