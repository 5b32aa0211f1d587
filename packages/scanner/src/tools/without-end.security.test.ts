import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { plant } from '../testing/fake-tools.ts';
import { runScanner } from '../testing/run-scan.ts';
import { banditReport, sarifReport } from '../testing/tool-reports.ts';

const most = 50_000;
const rows = <T>(count: number, rowOf: (i: number) => T) => Array.from({ length: count }, (_, i) => rowOf(i));
/** A megabyte in one line, as code that was made small is. */
const longLine = `é = ${'x(a) '.repeat(200_000)}`;

const reports: Readonly<Record<string, () => object>> = Object.fromEntries<() => object>([
  [
    'ids of advisories that begin and never end',
    () =>
      sarifReport(
        'x',
        [],
        rows(20, () => ({ rule: 'SNYK-A-'.repeat(28_000), file: 'a.py' })),
      ),
  ],
  [
    'all of them on one line',
    () =>
      sarifReport(
        'x',
        [{ id: 'r' }],
        rows(most, () => ({ rule: 'r', file: 'a.py' })),
      ),
  ],
  [
    'on a line without end, by its bytes',
    () => banditReport(rows(3000, (i) => ({ rule: 'B602', file: 'long.py', column: 5 * i + 7 }))),
  ],
]);

it.each(Object.keys(reports))(
  'a report holds no scan up: %s',
  async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'without-end-'));
    plant(folder, {
      'a.py': 'x = 1\n',
      'long.py': longLine,
      'report.json': JSON.stringify(reports[name]!()),
    });
    const { out } = await runScanner(folder, ['--json', '--merge', 'report.json', 'a.py', 'long.py']);
    const { tools, findings } = JSON.parse(out) as { tools: object[]; findings: object[] };
    expect(tools).toMatchObject([{ outcome: 'merged' }]);
    expect(findings.length).toBeGreaterThan(0);
  },
  30_000,
);
