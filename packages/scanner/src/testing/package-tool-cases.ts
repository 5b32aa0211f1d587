import { npmAuditReport } from './tool-reports.ts';

export const advisory = { GHSA: 'GHSA-aaaa-bbbb-cccc', CVE: 'CVE-2020-12345' };

/** A report in a tool's format, and what must be taken from it. */
export interface ToolCase {
  report: unknown;
  expected: object[];
  unread?: string[];
}

/** Of tools that tell of vulnerable packages. */
export const packageCases: Record<string, ToolCase> = {
  'npm-audit': {
    report: npmAuditReport([{ name: 'lodash', ghsa: advisory.GHSA, severity: 'critical', fix: '4.17.21' }]),
    expected: [
      {
        rule: advisory.GHSA,
        category: 'dependency',
        severity: 'critical',
        confidence: 'medium',
        file: 'package-lock.json',
        dependency: { name: 'lodash', fixedIn: '4.17.21', advisories: [advisory.GHSA] },
        mappings: { cwe: ['CWE-1321', 'CWE-1395'], owasp: ['A06:2021'] },
      },
    ],
  },
  'yarn-audit': {
    report: [
      { type: 'info', data: 'x' },
      ...[1, 2].map(() => ({
        type: 'auditAdvisory',
        data: {
          resolution: { id: 1, path: 'a>lodash' },
          advisory: {
            id: 1,
            module_name: 'lodash',
            severity: 'moderate',
            title: 'Prototype pollution',
            url: `https://github.com/advisories/${advisory.GHSA}`,
            cves: [advisory.CVE],
            cwe: ['CWE-1321'],
            findings: [{ version: '4.17.15', paths: ['a>lodash'] }],
            patched_versions: '>=4.17.21',
          },
        },
      })),
      { type: 'auditSummary', data: {} },
    ]
      .map((line) => JSON.stringify(line))
      .join('\n'),
    expected: [
      {
        rule: advisory.GHSA,
        severity: 'medium',
        file: 'yarn.lock',
        dependency: {
          name: 'lodash',
          version: '4.17.15',
          fixedIn: '>=4.17.21',
          advisories: [advisory.CVE, advisory.GHSA],
        },
      },
    ],
  },
  'pip-audit': {
    report: {
      dependencies: [
        {
          name: 'django',
          version: '2.0',
          vulns: [{ id: 'PYSEC-2020-12', fix_versions: ['2.0.1', '3.0'], aliases: [advisory.CVE] }],
        },
        { name: 'flask', version: '3.0', vulns: [] },
        { name: 'private', skip_reason: 'not found' },
      ],
      fixes: [],
    },
    expected: [
      {
        rule: 'PYSEC-2020-12',
        severity: 'high',
        dependency: {
          name: 'django',
          version: '2.0',
          fixedIn: '2.0.1, 3.0',
          advisories: [advisory.CVE, 'PYSEC-2020-12'],
        },
      },
    ],
    unread: ['private'],
  },
  safety: {
    report: `A notice.\n${JSON.stringify({
      report_meta: {},
      scanned_packages: {},
      vulnerabilities: [
        {
          vulnerability_id: '51457',
          package_name: 'py',
          analyzed_version: '1.0',
          fixed_versions: ['1.1'],
          CVE: advisory.CVE,
          severity: { cvssv3: { base_score: 9.8 } },
          more_info_url: 'https://data.safetycli.com/v/51457',
        },
        {
          vulnerability_id: '1',
          package_name: 'b',
          analyzed_version: '1',
          fixed_versions: [],
          CVE: null,
          severity: null,
          more_info_url: null,
        },
      ],
    })}\nAnother.`,
    expected: [
      {
        rule: advisory.CVE,
        severity: 'critical',
        dependency: { name: 'py', version: '1.0', fixedIn: '1.1', advisories: [advisory.CVE] },
      },
      {
        rule: 'safety-1',
        severity: 'high',
        dependency: { name: 'b', version: '1', advisories: ['safety-1'] },
      },
    ],
  },
  snyk: {
    report: {
      ok: false,
      displayTargetFile: 'package-lock.json',
      vulnerabilities: [
        {
          id: 'SNYK-JS-LODASH-590103',
          title: 'Prototype Pollution',
          severity: 'high',
          packageName: 'lodash',
          name: 'lodash',
          version: '4.17.15',
          fixedIn: ['4.17.20'],
          identifiers: { CVE: [advisory.CVE], CWE: ['CWE-1321'], GHSA: [advisory.GHSA] },
        },
        { id: 'snyk:lic:x', type: 'license', severity: 'high', title: 'GPL' },
      ],
    },
    expected: [
      {
        rule: 'SNYK-JS-LODASH-590103',
        severity: 'high',
        file: 'package-lock.json',
        dependency: {
          name: 'lodash',
          version: '4.17.15',
          fixedIn: '4.17.20',
          advisories: [advisory.CVE, advisory.GHSA, 'SNYK-JS-LODASH-590103'],
        },
      },
    ],
  },
};
