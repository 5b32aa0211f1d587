// The report of the seed's security guide, field for field, from a planted repository.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BIN, node, temporaryFolder } from '../server-process.ts';
import { planted, plantRepository } from './planted-repository.ts';

/** The example, by its types; as values what the planted repository determines. */
const example = {
  scan_id: expect.stringMatching(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/),
  timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  project: 'claude-multiagent-pm',
  security_posture: 'medium',
  summary: {
    total_files: 45,
    scanned_files: 42,
    issues_found: 8,
    critical: 2,
    high: 3,
    medium: 2,
    low: 1,
  },
  findings: expect.any(Array),
  veto_decision: 'BLOCK',
  veto_reason: 'Critical security issues detected',
  override_available: false,
};
const finding = {
  id: expect.stringMatching(/^SEC-[\da-f]{12}$/),
  severity: 'critical',
  category: 'secrets',
  title: 'AWS access key id',
  description: expect.stringMatching(/^AWS access key id AKIA…\(/),
  file: 'src/config/aws.js',
  line: 15,
  column: 20,
  pattern: 'AKIA[0-9A-Z]{16}',
  recommendation: expect.stringMatching(/^Revoke the credential at AWS IAM now/),
  remediation: {
    steps: expect.arrayContaining([expect.any(String)]),
    references: expect.arrayContaining([expect.stringMatching(/^https:\/\/docs\.aws\.amazon\.com\//)]),
  },
};

test('the seed’s report comes from a planted repository, field for field', () => {
  const folder = join(temporaryFolder(), 'claude-multiagent-pm');
  const values = plantRepository(folder);
  const { status, stdout } = spawnSync(node, [BIN, 'scan', '--json'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder },
  });
  const report = JSON.parse(stdout);
  expect([status, report]).toMatchObject([1, example]);
  expect(report.findings[0]).toMatchObject(finding);
  // In the order of the example, whatever stands between.
  const inOrder = (object: object, names: string[]) =>
    Object.keys(object).filter((name) => names.includes(name));
  expect(inOrder(report, Object.keys(example))).toEqual(Object.keys(example));
  expect(inOrder(report.summary, Object.keys(example.summary))).toEqual(Object.keys(example.summary));
  expect(inOrder(report.findings[0], Object.keys(finding))).toEqual(Object.keys(finding));

  const found = report.findings.map(
    ({ severity, file, line, column }: Record<string, string>) => `${severity} ${file}:${line}:${column}`,
  );
  const wanted = Object.entries(planted).flatMap(([severity, places]) =>
    places.map((place) => `${severity} ${place.join(':')}`),
  );
  expect(found).toEqual(wanted);
  for (const one of report.findings) {
    expect(Object.keys(one)).toEqual(expect.arrayContaining(Object.keys(finding)));
    expect(one.category).toBe(
      ['support.js', 'contact.md'].some((name) => one.file.endsWith(name)) ? 'pii' : 'secrets',
    );
    expect(one.remediation.steps[0]).toBe(one.recommendation);
    expect(() => new RegExp(one.pattern, 'u')).not.toThrow();
  }
  for (const value of values) expect(stdout).not.toContain(value.slice(4));
});
