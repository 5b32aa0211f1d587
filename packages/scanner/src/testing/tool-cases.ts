import { advisory, packageCases, type ToolCase } from './package-tool-cases.ts';
import { banditReport, gitleaksReport, sarifReport, semgrepReport, trivyReport } from './tool-reports.ts';

/** Stands in every field that quotes code. */
export const quoted = ['kT9x', 'Qw2L', 'mZ7v'].join('');

/** For each tool a small report in its format, and what must be taken from it. */
export const toolCases: Record<string, ToolCase> = {
  bandit: {
    report: banditReport(
      [
        { rule: 'B602', file: 'a.py', line: 4, column: 5, endColumn: 9, cwe: 78, name: 'popen_with_shell' },
        {
          rule: 'B105',
          file: 'a.py',
          line: 2,
          severity: 'LOW',
          confidence: 'MEDIUM',
          cwe: 259,
          quoted,
        },
        {
          rule: 'B301',
          file: 'a.py',
          severity: 'MEDIUM',
          cwe: 502,
          page: 'https://b.test/calls.html#b301-pickle',
        },
      ],
      [{ filename: 'broken.py', reason: 'syntax error' }],
    ),
    expected: [
      {
        rule: 'B602',
        category: 'python',
        severity: 'high',
        confidence: 'high',
        line: 4,
        column: 5,
        endColumn: 9,
        title: 'Popen with shell',
      },
      {
        rule: 'B105',
        category: 'secret',
        severity: 'low',
        confidence: 'medium',
        mappings: { cwe: ['CWE-259'], owasp: ['A07:2021'] },
      },
      {
        rule: 'B301',
        category: 'python',
        severity: 'medium',
        title: 'Use of pickle',
        mappings: { cwe: ['CWE-502'], owasp: ['A08:2021'] },
      },
    ],
    unread: ['broken.py'],
  },
  semgrep: {
    report: semgrepReport(
      [
        {
          rule: 'js.audit.detect-eval',
          file: 'a.js',
          line: 3,
          column: 1,
          metadata: { cwe: ['CWE-95: Injection'], confidence: 'HIGH' },
        },
        {
          rule: 'hard-coded',
          file: 'b.go',
          severity: 'WARNING',
          metadata: { cwe: 'CWE-798: x', owasp: ['A07:2021 - Auth'] },
        },
        { rule: 'x', file: 'c.tf', severity: 'CRITICAL' },
      ],
      [
        { level: 'warn', type: ['PartialParsing', []], path: 'd.js' },
        { level: 'warn', type: 'Timeout', path: 'e.js' },
        { level: 'error', type: 'Fatal error' },
      ],
    ),
    expected: [
      {
        rule: 'js.audit.detect-eval',
        category: 'javascript',
        severity: 'high',
        confidence: 'high',
        title: 'Detect eval',
        mappings: { cwe: ['CWE-95'], owasp: ['A03:2021'] },
      },
      { category: 'secret', severity: 'medium', mappings: { cwe: ['CWE-798'], owasp: ['A07:2021'] } },
      { category: 'configuration', severity: 'critical', confidence: 'medium' },
    ],
    unread: ['e.js', 'a rule'],
  },
  eslint: {
    report: [
      {
        filePath: '/tree/a.js',
        errorCount: 2,
        source: `const key = '${quoted}'`,
        messages: [
          { ruleId: 'no-eval', severity: 2, message: 'eval', line: 2, column: 1, endLine: 2, endColumn: 5 },
          { ruleId: 'security/detect-child-process', severity: 1, message: quoted, line: 3, column: 4 },
          { ruleId: 'semi', severity: 2, message: 'Missing semicolon.', line: 3, column: 9 },
        ],
        suppressedMessages: [],
      },
      {
        filePath: '/tree/b.js',
        errorCount: 1,
        messages: [{ ruleId: null, fatal: true, severity: 2, message: 'Parsing error', line: 1, column: 1 }],
      },
    ],
    expected: [
      {
        rule: 'no-eval',
        severity: 'high',
        file: '/tree/a.js',
        line: 2,
        column: 1,
        mappings: { cwe: ['CWE-95'], owasp: ['A03:2021'] },
      },
      {
        rule: 'security/detect-child-process',
        severity: 'medium',
        confidence: 'low',
        mappings: { cwe: ['CWE-78'], owasp: ['A03:2021'] },
      },
    ],
    unread: ['/tree/b.js'],
  },
  gitleaks: {
    report: gitleaksReport([
      { file: 'a.env', secret: quoted, line: 7, rule: 'aws-access-token' },
      { file: 'b.env', secret: 'REDACTED', commit: 'a'.repeat(40) },
    ]),
    expected: [
      {
        rule: 'aws-access-token',
        title: 'Secret: aws access token',
        category: 'secret',
        severity: 'high',
        confidence: 'medium',
        line: 7,
      },
      { commit: 'a'.repeat(40) },
    ],
  },
  hadolint: {
    report: [
      { code: 'DL3002', column: 1, file: 'Dockerfile', level: 'warning', line: 4, message: 'm' },
      { code: 'DL3015', column: 1, file: 'Dockerfile', level: 'info', line: 2, message: 'm' },
      { code: 'SC2086', column: 1, file: 'Dockerfile', level: 'error', line: 2, message: quoted },
    ],
    expected: [
      {
        rule: 'DL3002',
        severity: 'medium',
        category: 'dockerfile',
        line: 4,
        mappings: { cwe: ['CWE-250'], owasp: ['A05:2021'] },
      },
      { rule: 'DL3015', severity: 'low' },
      { rule: 'SC2086', severity: 'low' },
    ],
  },
  ...packageCases,
  trivy: {
    report: trivyReport(
      [{ target: 'web/package-lock.json', name: 'lodash', id: advisory.CVE, ghsa: advisory.GHSA }],
      [
        {
          Target: 'Dockerfile',
          Misconfigurations: [
            {
              ID: 'DS-0002',
              Title: 'Image user should not be root',
              Severity: 'HIGH',
              Status: 'FAIL',
              Resolution: 'Add USER',
              CauseMetadata: { StartLine: 4, EndLine: 4, Code: { Lines: [{ Content: quoted }] } },
            },
            { ID: 'DS-0001', Title: 't', Severity: 'LOW', Status: 'PASS' },
          ],
        },
        {
          Target: 'deploy.env',
          Secrets: [
            {
              RuleID: 'github-pat',
              Title: 'GitHub token',
              Severity: 'CRITICAL',
              StartLine: 2,
              EndLine: 2,
              Match: `t=${quoted}`,
            },
          ],
        },
        { Target: 'empty', Vulnerabilities: null },
      ],
    ),
    expected: [
      {
        rule: advisory.CVE,
        severity: 'high',
        file: 'web/package-lock.json',
        dependency: {
          name: 'lodash',
          version: '1.0.0',
          fixedIn: '2.0.0',
          advisories: [advisory.CVE, advisory.GHSA],
        },
      },
      {
        rule: 'DS-0002',
        category: 'dockerfile',
        severity: 'high',
        line: 4,
        remediation: { steps: ['Add USER'], references: [] },
      },
      { rule: 'github-pat', category: 'secret', severity: 'critical', confidence: 'medium', line: 2 },
    ],
  },
  'zap-baseline': {
    report: {
      '@version': 'D-2026-01-01',
      site: [
        {
          '@name': 'http://127.0.0.1:3000',
          alerts: [
            {
              pluginid: '10038',
              name: 'Content Security Policy Header Not Set',
              alert: 'CSP',
              riskcode: '2',
              confidence: '3',
              cweid: '693',
              instances: [
                { uri: `http://127.0.0.1:3000/login?token=${quoted}`, method: 'GET', evidence: quoted },
                { uri: 'http://127.0.0.1:3000/login', method: 'POST' },
              ],
            },
            { pluginid: '10', name: 'wrong', alert: 'wrong', riskcode: '3', confidence: '0', instances: [] },
          ],
        },
      ],
    },
    expected: [
      {
        rule: '10038',
        category: 'web',
        severity: 'medium',
        confidence: 'high',
        file: 'http://127.0.0.1:3000/login',
        mappings: { cwe: ['CWE-693'], owasp: [] },
      },
    ],
  },
  sarif: {
    report: sarifReport(
      'Semgrep OSS',
      [
        {
          id: 'scored',
          shortDescription: { text: 'A scored rule' },
          helpUri: 'https://a.test/b',
          properties: { 'security-severity': '9.1', tags: ['external/cwe/cwe-089'], precision: 'high' },
        },
        { id: 'levelled', defaultConfiguration: { level: 'note' } },
        { id: advisory.CVE, shortDescription: { text: 'lodash: a flaw' } },
      ],
      [
        { rule: 'scored', file: 'src/a%20b.py', line: 3, column: 2, endColumn: 9, quoted },
        { rule: 'levelled', file: 'file:///tree/x.js' },
        { rule: 'unknown', file: 'y.go', level: 'error' },
        { rule: 'passing', file: 'y.go', more: { kind: 'pass' } },
        { rule: 'accepted', file: 'y.go', more: { suppressions: [{ kind: 'inSource' }] } },
        {
          rule: advisory.CVE,
          file: 'package-lock.json',
          level: 'error',
          more: {
            locations: [
              {
                message: { text: 'package-lock.json: lodash@4.17.15' },
                physicalLocation: { artifactLocation: { uri: 'package-lock.json' } },
              },
            ],
          },
        },
      ],
      { invocations: [{ executionSuccessful: false }] },
    ),
    expected: [
      {
        tool: 'semgrep',
        rule: 'scored',
        title: 'A scored rule',
        category: 'python',
        severity: 'critical',
        confidence: 'high',
        file: 'src/a b.py',
        line: 3,
        column: 2,
        mappings: { cwe: ['CWE-89'], owasp: ['A03:2021'] },
      },
      { rule: 'levelled', severity: 'low', file: '/tree/x.js' },
      { rule: 'unknown', severity: 'high', category: 'code' },
      {
        rule: advisory.CVE,
        category: 'dependency',
        dependency: { name: 'lodash', version: '4.17.15', advisories: [advisory.CVE] },
      },
    ],
    unread: ['Semgrep OSS'],
  },
};
