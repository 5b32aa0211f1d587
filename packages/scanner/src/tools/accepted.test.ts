import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plant } from '../testing/fake-tools.ts';
import { runJson, runScanner } from '../testing/run-scan.ts';
import { banditReport, npmAuditReport } from '../testing/tool-reports.ts';

/** A tree in which bandit has found a shell call on line 2, and npm audit a package. */
function planted(source = 'import os\nos.system(cmd)\n') {
  const tree = mkdtempSync(join(tmpdir(), 'accepted-'));
  plant(tree, {
    'src/app.py': source,
    'bandit.json': JSON.stringify(banditReport([{ rule: 'B605', file: 'src/app.py', line: 2, column: 1 }])),
    'npm.json': JSON.stringify(npmAuditReport([{ name: 'lodash', ghsa: 'GHSA-aaaa-bbbb-cccc' }])),
  });
  return { tree, merge: ['--merge', 'bandit.json', '--merge', 'npm.json', 'src'] };
}

const suppressed = ({ report }: Awaited<ReturnType<typeof runJson>>) =>
  report.suppressed.map(({ rule_id, suppressed_by }) => `${rule_id} by ${suppressed_by}`);

describe('what another tool told is accepted', () => {
  it('by a comment with a reason, on its line', async () => {
    const { tree, merge } = planted(
      `import os\nos.system(cmd)  # ${'memhold'}:allow bandit/B605 -- a constant command\n`,
    );
    const result = await runJson(tree, merge);
    expect(suppressed(result)).toEqual(['bandit/B605 by comment']);
    expect((await runJson(tree, [...merge, '--no-suppressions'])).report.suppressed).toEqual([]);
  });

  it('by an allow-list, by its rule or its fingerprint', async () => {
    const { tree, merge } = planted();
    const { report } = await runJson(tree, merge);
    const of = (id: string) => report.findings.find(({ rule_id }) => rule_id === id)!.fingerprint;
    const entries = [
      { rule: 'bandit/B605', reason: 'reviewed' },
      { fingerprint: of('npm-audit/GHSA-aaaa-bbbb-cccc'), reason: 'never reached' },
    ];
    plant(tree, { '.memhold/scan.json': JSON.stringify({ allow: entries }) });
    const result = await runJson(tree, merge);
    expect(result.code).toBe(0);
    expect(suppressed(result).sort()).toEqual([
      'bandit/B605 by allow-list',
      'npm-audit/GHSA-aaaa-bbbb-cccc by allow-list',
    ]);
  });

  it('by a baseline, which holds when the line moves and not when it changes', async () => {
    const { tree, merge } = planted();
    await runScanner(tree, [...merge, '--write-baseline', 'known.json']);
    const withBaseline = [...merge, '--baseline', 'known.json'];
    expect((await runJson(tree, withBaseline)).code).toBe(0);
    const at = (source: string, line: number) => {
      writeFileSync(join(tree, 'src/app.py'), source);
      const rows = [{ rule: 'B605', file: 'src/app.py', line, column: 1 }];
      writeFileSync(join(tree, 'bandit.json'), JSON.stringify(banditReport(rows)));
      return runJson(tree, withBaseline);
    };
    expect((await at('# moved\n\nimport os\n   os.system(cmd)\n', 4)).report.findings).toEqual([]);
    expect((await at('import os\nos.system(other)\n', 2)).report.findings).toHaveLength(1);
    // The same line elsewhere is another one.
    expect((await at('import os\nx = 1\nos.system(cmd)\n', 3)).report.findings).toHaveLength(1);
  });

  it('and a baseline with it is no finding of its own', async () => {
    const { tree, merge } = planted();
    await runScanner(tree, [...merge, '--write-baseline', 'known.json']);
    expect((await runJson(tree, ['known.json'])).report.findings).toEqual([]);
  });
});

describe('a report of this scanner', () => {
  it('can be merged as well, and says nothing twice', async () => {
    const { tree, merge } = planted();
    const { out } = await runScanner(tree, [...merge, '--format', 'sarif']);
    writeFileSync(join(tree, 'own.sarif'), out);
    const { report } = await runJson(tree, ['--merge', 'own.sarif', ...merge]);
    expect(report.findings.map(({ rule_id }) => rule_id).sort()).toEqual([
      'bandit/B605',
      'npm-audit/GHSA-aaaa-bbbb-cccc',
    ]);
  });
});

describe('one kind only', () => {
  it('leaves out what tools tell of others', async () => {
    const { tree, merge } = planted();
    expect((await runJson(tree, [...merge, '--only', 'secrets'])).report.findings).toEqual([]);
  });
});
