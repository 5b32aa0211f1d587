import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readReport, sentReport } from './scan-report.ts';

const report = (findings: object[], more: object = {}) => ({
  scan_id: 'a',
  security_posture: 'medium',
  summary: { high: findings.length },
  compliance: [{ framework: 'soc2' }],
  findings,
  ...more,
});

describe('what is sent of a report', () => {
  it('is what the service keeps, with what it is about', () => {
    const findings = [{ id: 'SEC-1', severity: 'high', description: 'long', remediation: { steps: ['x'] } }];
    expect(
      sentReport(report(findings, { project: 'a folder' }), { project: 'shop', commit: 'abcdef0' }),
    ).toEqual({
      scan_id: 'a',
      security_posture: 'medium',
      summary: { high: 1 },
      project: 'shop',
      commit: 'abcdef0',
      findings: [{ id: 'SEC-1', severity: 'high' }],
    });
  });

  it('always fits into a body, keeps the order, and loses no marker', () => {
    const finding = fc.record({
      rule_id: fc.constantFrom('jwt', 'marker-health'),
      title: fc.string({ maxLength: 40 }),
      file: fc.constantFrom('a.ts', 'ü'.repeat(2000), 'x'.repeat(4000)),
    });
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 30 }), fc.integer({ min: 1, max: 100 }), (some, times) => {
        const findings = Array.from({ length: times }, () => some).flat();
        const sent = sentReport(report(findings), {}) as ReturnType<typeof report>;
        expect(Buffer.byteLength(JSON.stringify(sent))).toBeLessThan(1_000_000);
        expect(sent.findings).toEqual(findings.slice(0, sent.findings.length));
        const isRegulated = findings.some(({ rule_id: rule }) => rule === 'marker-health');
        expect(sent.security_posture).toBe(isRegulated ? 'high' : 'medium');
      }),
      { numRuns: 30 },
    );
  });
});

describe('a report', () => {
  it('is read from a file or from standard input, and has to be one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'memhold-report-'));
    const file = join(folder, 'scan.json');
    try {
      writeFileSync(file, JSON.stringify(report([])));
      expect(await readReport(file, Readable.from([]))).toEqual(report([]));
      const pieces = [...JSON.stringify(report([]))].map((one) => Buffer.from(one));
      expect(await readReport('-', Readable.from(pieces))).toEqual(report([]));
      for (const text of ['', '[]', 'null', '{"findings": {}}', '{'])
        await expect(readReport('-', Readable.from([Buffer.from(text)]))).rejects.toMatchObject({
          code: 'not_a_report',
        });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
