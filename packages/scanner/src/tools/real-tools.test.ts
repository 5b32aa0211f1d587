import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plant } from '../testing/fake-tools.ts';
import { npmProject, npmRegistry } from '../testing/npm-registry.ts';
import { runScanner } from '../testing/run-scan.ts';
import { makeTokens } from '../testing/tokens.ts';
import { findProgram, trustedFolders } from './find-program.ts';
import { runnableTools } from './run-tools.ts';

/*
 * The real tools, where they are installed: on PATH, or in the folders of MEMHOLD_TEST_TOOLS. Each is skipped aloud where
 * it is not.
 */
const path = [process.env.MEMHOLD_TEST_TOOLS ?? '', process.env.PATH ?? ''].join(delimiter);
const tokens = makeTokens(72);
const password = tokens.password();
const key = tokens.awsAccessKey();
const tree = mkdtempSync(join(tmpdir(), 'real-tools-'));
plant(tree, {
  'src/app.py': [
    'import subprocess, pickle',
    `password = '${password}'`,
    '',
    'def run(command, data):',
    '    subprocess.call(command, shell=True)  # é',
    '    return eval(data), pickle.loads(data)',
    '',
  ].join('\n'),
  'src/app.js':
    'const cp = require("child_process");\neval(process.argv[2]);\ncp.exec("ls " + process.argv[3]);\n',
  'src/key.env': `# a key\nAWS_ACCESS_KEY_ID=${key}\n`,
  Dockerfile: 'FROM node:latest\nADD . /app\nUSER root\n',
  'eslint.config.mjs': 'throw new Error("the configuration of the tree ran");\n',
  // What ESLint would run, or believe, in the folder of the tree.
  'node_modules/eslint-formatter-json/index.js': 'module.exports = () => "[]";\n',
  'eslint-suppressions.json': '{"src/app.js":{"no-eval":{"count":9}}}\n',
  'lib/venv/app.py': 'import subprocess\nsubprocess.call(command, shell=True)\n',
  'lib/node_modules/own/app.js': 'eval(process.argv[2]);\n',
  '.semgrepignore': 'src/\n',
  '.bandit': '[bandit]\nskips: B602,B105,B307\n',
  '.hadolint.yaml': 'ignored: [DL3002, DL3007]\n',
  '.gitleaks.toml': '[allowlist]\npaths = [".*"]\n',
});
const rules = join(mkdtempSync(join(tmpdir(), 'rules-')), 'rules.yml');
writeFileSync(
  rules,
  [
    'rules:',
    '- id: shell-call',
    '  languages: [python]',
    '  severity: WARNING',
    '  message: shell of $X',
    '  pattern: subprocess.call($X, shell=True)',
    '  metadata: {cwe: ["CWE-78: OS command injection"], confidence: HIGH}',
    '',
  ].join('\n'),
);

interface Told {
  rule_id: string;
  file: string;
  line: number;
  column: number;
  same_as?: string[];
}

async function scanWith(folder: string, names: string, env: Record<string, string> = {}) {
  const surroundings = { env: { PATH: path, HOME: mkdtempSync(join(tmpdir(), 'home-')), ...env } };
  const { code, out } = await runScanner(folder, ['--json', '--with', names], [], surroundings);
  expect(out).not.toContain(password);
  expect(out).not.toContain(key);
  return { code, report: JSON.parse(out) as { findings: Told[]; tools: object[]; skipped: object[] } };
}

function withTool(name: string, behaviour: string, check: () => Promise<void>): void {
  const program = runnableTools.get(name)!.program!;
  const isThere = findProgram(program, trustedFolders(path, [tree]), [tree]) !== undefined;
  if (!isThere) console.warn(`skipped: ${name} is not installed, so that it is not tried`);
  it.skipIf(!isThere)(`${name}: ${behaviour}`, check, 120_000);
}

const idsOf = ({ findings }: { findings: Told[] }) =>
  findings.map(({ rule_id, file, line, column }) => `${rule_id} ${file}:${line}:${column}`);

describe.skipIf(process.platform === 'win32')('the real', () => {
  withTool('bandit', 'tells of Python, whatever the tree wants skipped', async () => {
    const { report } = await scanWith(tree, 'bandit');
    expect(report.tools).toMatchObject([{ name: 'bandit', outcome: 'ran' }]);
    expect(idsOf(report)).toEqual(
      expect.arrayContaining([
        'bandit/B602 src/app.py:5:5',
        'bandit/B307 src/app.py:6:12',
        'bandit/B301 src/app.py:6:24',
        'bandit/B602 lib/venv/app.py:2:1',
      ]),
    );
    const told = report.findings.find(({ same_as = [] }) => same_as.includes('bandit/B105'));
    expect(told).toMatchObject({ rule_id: 'generic-assignment', line: 2 });
  });

  withTool('semgrep', 'tells what the rules of the user find, whatever the tree ignores', async () => {
    const { report } = await scanWith(tree, 'semgrep', { SEMGREP_RULES: rules });
    expect(report.tools).toMatchObject([{ name: 'semgrep', outcome: 'ran', findings: 2 }]);
    expect(idsOf(report).some((id) => /^semgrep\/.*shell-call src\/app\.py:5:5$/.test(id))).toBe(true);
  });

  withTool('semgrep', 'asks git nothing by the settings of a repository that the tree holds', async () => {
    const [folder, ran] = [join(mkdtempSync(join(tmpdir(), 'held-')), 'held'), join(tree, 'ran')];
    plant(folder, { 'app.py': 'import subprocess\nsubprocess.call(command, shell=True)\n' });
    execFileSync('git', ['init', '-q', '--bare', folder]);
    const settings = [`fsmonitor = touch ${ran}; false`, 'bare = false', 'worktree = .'];
    appendFileSync(join(folder, 'config'), `[core]\n${settings.join('\n')}\n`);
    const surroundings = {
      env: { PATH: path, HOME: mkdtempSync(join(tmpdir(), 'home-')), SEMGREP_RULES: rules },
    };
    const argv = ['--json', '--with', 'semgrep', folder];
    const { out } = await runScanner(mkdtempSync(join(tmpdir(), 'beside-')), argv, [], surroundings);
    expect(existsSync(ran)).toBe(false);
    expect(JSON.parse(out).tools).toMatchObject([{ outcome: 'ran', findings: 1 }]);
  });

  withTool('eslint', 'tells of JavaScript, and runs no configuration of the tree', async () => {
    const { report } = await scanWith(tree, 'eslint');
    expect(report.tools).toMatchObject([{ name: 'eslint', outcome: 'ran' }]);
    expect(idsOf(report)).toEqual(
      expect.arrayContaining([
        'eslint/no-eval src/app.js:2:1',
        'eslint/no-eval lib/node_modules/own/app.js:1:1',
      ]),
    );
  });

  withTool('gitleaks', 'tells of secrets, which are ours too, whatever the tree allows', async () => {
    const { report } = await scanWith(tree, 'gitleaks');
    expect(report.tools).toMatchObject([{ name: 'gitleaks', outcome: 'ran' }]);
    const told = report.findings.find(({ file }) => file === 'src/key.env');
    expect(told).toMatchObject({ rule_id: 'aws-access-key', line: 2, column: 19 });
    expect(told?.same_as?.[0]).toMatch(/^gitleaks\//);
  });

  withTool('hadolint', 'tells of Dockerfiles, whatever the tree ignores', async () => {
    const { report } = await scanWith(tree, 'hadolint');
    expect(idsOf(report)).toEqual(
      expect.arrayContaining(['hadolint/DL3002 Dockerfile:3:1', 'hadolint/DL3007 Dockerfile:1:1']),
    );
  });

  withTool(
    'npm-audit',
    'tells of vulnerable packages, by the registry of the user and not of the tree',
    async () => {
      const registry = await npmRegistry({ 'tiny-lib': ['1.0.0', '1.0.1'] }, { 'tiny-lib': '1.0.1' });
      const [project, home] = [mkdtempSync(join(tmpdir(), 'shop-')), mkdtempSync(join(tmpdir(), 'home-'))];
      const { manifest, lock } = npmProject({ 'tiny-lib': ['^1.0.0', '1.0.0'] });
      const settings = 'registry=http://127.0.0.1:9/\n';
      plant(project, { 'package.json': manifest, 'package-lock.json': lock, '.npmrc': settings });
      plant(home, { '.npmrc': `registry=${registry.url}\n` });
      const { report } = await scanWith(project, 'npm-audit', { HOME: home });
      await registry.close();
      expect(report.tools).toMatchObject([{ name: 'npm-audit', outcome: 'ran', findings: 1 }]);
      expect(report.findings.filter(({ rule_id }) => rule_id.includes('/'))).toMatchObject([
        {
          rule_id: 'npm-audit/GHSA-aaaa-bbbb-cc00',
          file: 'package-lock.json',
          dependency: { name: 'tiny-lib' },
        },
      ]);
    },
  );
});
