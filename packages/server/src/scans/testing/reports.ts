let made = 0;

/** A finding as a report lists it. */
export function findingLike(severity: string, more: object = {}) {
  return {
    id: `MH-${String(++made).padStart(12, '0')}`,
    severity,
    category: 'secrets',
    title: 'Password in the code',
    file: 'src/database.ts',
    line: 3,
    column: 7,
    rule_id: 'generic-assignment',
    confidence: 'high',
    validated: false,
    preview: '…(16–31)',
    recommendation: 'Read it from the environment.',
    ...more,
  };
}

export interface ReportMore {
  findings?: ReturnType<typeof findingLike>[];
  [member: string]: unknown;
}

/** A report as `memhold scan --format json` writes it; the summary fits the findings unless it is given. */
export function reportLike({ findings = [], ...more }: ReportMore) {
  const count = (severity: string) => findings.filter((one) => one.severity === severity).length;
  return {
    scan_id: `scan-${++made}`,
    timestamp: '2026-11-22T10:00:00Z',
    project: 'shop',
    security_posture: 'medium',
    complete: true,
    summary: {
      total_files: 12,
      scanned_files: 12,
      scanned_bytes: 4096,
      issues_found: findings.length,
      critical: count('critical'),
      high: count('high'),
      medium: count('medium'),
      low: count('low'),
      suppressed: 0,
    },
    findings,
    suppressed: [],
    skipped: [],
    veto_decision: null,
    ...more,
  };
}
