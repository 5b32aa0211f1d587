import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeTool, plant } from '../testing/fake-tools.ts';
import { runScanner } from '../testing/run-scan.ts';
import { toolCases } from '../testing/tool-cases.ts';
import { trivyReport } from '../testing/tool-reports.ts';
import { runnableTools } from './run-tools.ts';
import { runnableNames } from './tool-names.ts';

/** With which each ends when it has found something. */
const codes: Partial<Record<string, number>> = {
  ...{ bandit: 1, eslint: 1, 'npm-audit': 1, 'pip-audit': 1, safety: 64, semgrep: 1, snyk: 1 },
  ...{ 'yarn-audit': 12, 'zap-baseline': 2 },
};
const files = {
  ...{ 'web/a.py': '', 'web/a.js': '', 'web/Dockerfile': '', 'web/requirements.txt': 'a==1\n' },
  ...{ 'web/package-lock.json': '{}', 'web/package.json': '{}', 'web/yarn.lock': '' },
};

interface Told {
  tools: { name: string; outcome: string; findings: number; version?: string }[];
  findings: { rule_id: string; file: string }[];
}

async function scanWith(name: string, report: unknown, code: number, more: readonly string[] = ['web']) {
  const [tree, programs] = [mkdtempSync(join(tmpdir(), 'runs-')), mkdtempSync(join(tmpdir(), 'programs-'))];
  plant(tree, files);
  const text = typeof report === 'string' ? report : JSON.stringify(report);
  const saw = `require('fs').writeFileSync(${JSON.stringify(join(programs, 'saw'))}, JSON.stringify(args));`;
  const told =
    name === 'zap-baseline'
      ? `require('fs').writeFileSync(args[args.indexOf('-J') + 1], ${JSON.stringify(text)}); process.exit(${code});`
      : `process.stdout.write(${JSON.stringify(text)}, () => process.exit(${code}));`;
  fakeTool(programs, runnableTools.get(name)!.program!, `console.error('a warning'); ${saw} ${told}`);
  const target = name === 'zap-baseline' ? ['--zap-target', 'http://127.0.0.1:3000/?a=1'] : [];
  const env = { PATH: programs, HOME: programs };
  const { out } = await runScanner(tree, ['--json', '--with', name, ...target, ...more], [], { env });
  const args = JSON.parse(readFileSync(join(programs, 'saw'), 'utf8')) as string[];
  return { report: JSON.parse(out) as Told, args };
}

describe.skipIf(process.platform === 'win32')('a run of', () => {
  it.each([...runnableNames])('%s is read to its end, whatever code it has for findings', async (name) => {
    const { report: given, expected, unread = [] } = toolCases[name]!;
    const { report } = await scanWith(name, given, codes[name] ?? 0);
    const [run] = report.tools;
    // Both lock files are for it.
    const times = name === 'snyk' ? 2 : 1;
    expect(run).toMatchObject({
      name,
      outcome: unread.length > 0 ? 'incomplete' : 'ran',
      findings: expected.length * times,
    });
    expect(report.findings.filter(({ rule_id }) => rule_id.startsWith(`${name}/`)).length).toBeGreaterThan(0);
  });

  it.each([
    ['npm-audit', 'web/package-lock.json'],
    ['yarn-audit', 'web/yarn.lock'],
    ['pip-audit', 'web/requirements.txt'],
    ['safety', 'web/requirements.txt'],
    ['snyk', 'web/package-lock.json'],
  ])('%s on a copy tells of the original', async (name, file) => {
    const { report } = await scanWith(name, toolCases[name]!.report, codes[name]!);
    expect(report.findings.map((one) => one.file)).toContain(file);
  });

  it('trivy tells paths from the folder that it was given', async () => {
    const row = { target: 'package-lock.json', name: 'a', id: 'CVE-2020-12345' };
    const { report } = await scanWith('trivy', trivyReport([row]), 0);
    expect(report.findings.map((one) => one.file)).toEqual(['web/package-lock.json']);
  });

  it('zap-baseline looks at the site that was named, and nothing else', async () => {
    const { args } = await scanWith('zap-baseline', toolCases['zap-baseline']!.report, 0);
    expect(args).toEqual(['-t', 'http://127.0.0.1:3000/?a=1', '-J', 'report.json']);
  });
});
