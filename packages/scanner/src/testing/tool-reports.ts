/*
 * Small reports in the formats of other tools, made from what a test says. Their fields are those that the tools
 * document and write; the fields that quote code take whatever the test wants to see held back.
 */

interface At {
  file: string;
  line?: number;
  column?: number;
  endColumn?: number;
  /** Stands in every field that quotes code. */
  quoted?: string;
}

export function banditReport(
  rows: (At & {
    rule: string;
    name?: string;
    severity?: string;
    confidence?: string;
    cwe?: number;
    page?: string;
  })[],
  errors: object[] = [],
) {
  return {
    errors,
    generated_at: '2026-11-21T12:00:00Z',
    metrics: { _totals: {} },
    results: rows.map((row) => ({
      code: row.quoted ?? '',
      col_offset: (row.column ?? 1) - 1,
      end_col_offset: (row.endColumn ?? (row.column ?? 1) + 1) - 1,
      filename: row.file,
      issue_confidence: row.confidence ?? 'HIGH',
      issue_cwe: { id: row.cwe ?? 78, link: 'https://cwe.mitre.org/data/definitions/78.html' },
      issue_severity: row.severity ?? 'HIGH',
      issue_text: `something about ${row.quoted ?? 'it'}`,
      line_number: row.line ?? 1,
      line_range: [row.line ?? 1],
      more_info: row.page ?? 'https://bandit.readthedocs.io/en/latest/plugins/page.html',
      test_id: row.rule,
      test_name: row.name ?? 'some_rule',
    })),
  };
}

export function semgrepReport(
  rows: (At & { rule: string; severity?: string; metadata?: object })[],
  errors: object[] = [],
) {
  return {
    version: '1.2.3',
    errors,
    paths: { scanned: rows.map(({ file }) => file) },
    results: rows.map((row) => ({
      check_id: row.rule,
      path: row.file,
      start: { line: row.line ?? 1, col: row.column ?? 1, offset: 0 },
      end: { line: row.line ?? 1, col: row.endColumn ?? (row.column ?? 1) + 1, offset: 1 },
      extra: {
        message: row.quoted ?? '',
        lines: row.quoted ?? '',
        metadata: row.metadata ?? {},
        severity: row.severity ?? 'ERROR',
      },
    })),
  };
}

export function gitleaksReport(rows: (At & { secret: string; rule?: string; commit?: string })[]) {
  return rows.map((row) => ({
    RuleID: row.rule ?? 'generic-api-key',
    Description: `Found ${row.quoted ?? 'a secret'}`,
    StartLine: row.line ?? 1,
    EndLine: row.line ?? 1,
    StartColumn: row.column ?? 1,
    EndColumn: row.endColumn ?? 10,
    Match: `key = ${row.secret}`,
    Secret: row.secret,
    File: row.file,
    Commit: row.commit ?? '',
    Fingerprint: `${row.file}:${row.rule ?? 'generic-api-key'}:${row.line ?? 1}`,
  }));
}

export function npmAuditReport(
  rows: { name: string; ghsa: string; severity?: string; title?: string; fix?: string }[],
) {
  return {
    auditReportVersion: 2,
    metadata: { vulnerabilities: {} },
    vulnerabilities: Object.fromEntries(
      rows.map(({ name, ghsa, severity = 'high', title = 'Prototype pollution', fix }) => [
        name,
        {
          name,
          severity,
          isDirect: true,
          via: [
            'another-package',
            {
              source: 1,
              name,
              dependency: name,
              title,
              url: `https://github.com/advisories/${ghsa}`,
              severity,
              cwe: ['CWE-1321'],
              range: '<2',
            },
          ],
          effects: [],
          range: '<2',
          nodes: [`node_modules/${name}`],
          fixAvailable: fix === undefined ? false : { name, version: fix, isSemVerMajor: false },
        },
      ]),
    ),
  };
}

export function trivyReport(
  rows: {
    target: string;
    name: string;
    id: string;
    severity?: string;
    version?: string;
    ghsa?: string;
    fix?: string;
  }[],
  more: object[] = [],
) {
  return {
    SchemaVersion: 2,
    ArtifactName: '.',
    ArtifactType: 'filesystem',
    Results: [
      ...rows.map((row) => ({
        Target: row.target,
        Class: 'lang-pkgs',
        Type: 'npm',
        Vulnerabilities: [
          {
            VulnerabilityID: row.id,
            PkgName: row.name,
            InstalledVersion: row.version ?? '1.0.0',
            FixedVersion: row.fix ?? '2.0.0',
            Title: `${row.name}: a flaw`,
            Severity: row.severity ?? 'HIGH',
            CweIDs: ['CWE-1321'],
            PrimaryURL: `https://avd.aquasec.com/nvd/${row.id.toLowerCase()}`,
            References: row.ghsa === undefined ? [] : [`https://github.com/advisories/${row.ghsa}`],
          },
        ],
      })),
      ...more,
    ],
  };
}

export function sarifReport(
  name: string,
  rules: object[],
  results: (At & { rule: string; level?: string; more?: object })[],
  more: object = {},
) {
  return {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: { driver: { name, rules } },
        ...more,
        results: results.map((row) => ({
          ruleId: row.rule,
          ...(row.level !== undefined && { level: row.level }),
          message: { text: `about ${row.quoted ?? 'it'}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: row.file },
                region: {
                  startLine: row.line ?? 1,
                  ...(row.column !== undefined && { startColumn: row.column }),
                  ...(row.endColumn !== undefined && { endColumn: row.endColumn }),
                  snippet: { text: row.quoted ?? '' },
                },
              },
            },
          ],
          ...row.more,
        })),
      },
    ],
  };
}
