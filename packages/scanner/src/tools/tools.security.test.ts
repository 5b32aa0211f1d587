import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeTool, plant, toolThatPrints } from '../testing/fake-tools.ts';
import { type JsonReport, runScanner } from '../testing/run-scan.ts';
import { makeTokens } from '../testing/tokens.ts';
import { banditReport, gitleaksReport, sarifReport } from '../testing/tool-reports.ts';

const tokens = makeTokens(71);
const temporary = () => mkdtempSync(join(tmpdir(), 'tools-'));

interface Report extends JsonReport {
  tools: { name: string; outcome: string; findings: number; detail?: string; version?: string }[];
  findings: (JsonReport['findings'][number] & { title: string; reported_by?: string[]; category: string })[];
  skipped: (JsonReport['skipped'][number] & { detail?: string })[];
}

/** A tree with a Python file, and a folder of programs that is all of PATH. */
function place() {
  const [tree, programs] = [temporary(), temporary()];
  plant(tree, { 'src/app.py': 'import os\nos.system(cmd)\n' });
  return { tree, programs };
}

async function scanWith(tree: string, path: string, argv: string[], env: Record<string, string> = {}) {
  const surroundings = { env: { PATH: path, HOME: temporary(), ...env } };
  const { code, out, err } = await runScanner(tree, ['--json', ...argv], [], surroundings);
  return { code, text: out + err, report: JSON.parse(out) as Report };
}

const good = (tree: string) => banditReport([{ rule: 'B605', file: join(tree, 'src/app.py'), line: 2 }]);

describe.skipIf(process.platform === 'win32')('a tool that was asked for', () => {
  it('does its part', async () => {
    const { tree, programs } = place();
    toolThatPrints(programs, 'bandit', good(tree), 1);
    const { code, report } = await scanWith(tree, programs, ['--with', 'bandit']);
    expect(report.tools).toEqual([{ name: 'bandit', outcome: 'ran', version: '9.8.7', findings: 1 }]);
    expect(report.findings).toMatchObject([
      { rule_id: 'bandit/B605', file: 'src/app.py', line: 2, severity: 'high', reported_by: ['bandit'] },
    ]);
    expect(code).toBe(1);
  });

  const misbehaving: [string, string, RegExp][] = [
    ['ends with another code', 'process.exit(2);', /ended with 2/],
    ['is killed', "process.kill(process.pid, 'SIGKILL');", /ended by SIGKILL/],
    ['says nothing', 'process.exit(0);', /no report of bandit/],
    ['prints what is no JSON', "console.log('Traceback');", /no report of bandit/],
    ['prints half a report', 'console.log(\'{"results": [\');', /no report of bandit/],
    ['prints another report', 'console.log(JSON.stringify({ results: [] }));', /no report of bandit/],
    [
      'prints a report of other fields',
      "console.log(JSON.stringify({ results: [{}], errors: [], metrics: {}, generated_at: '' }));",
      /not as bandit writes it: results\[0\]\.test_id is no text/,
    ],
    ['prints lists without end', "console.log('['.repeat(1e5) + ']'.repeat(1e5));", /no report of bandit/],
    ['hangs', 'setInterval(() => undefined, 1000);', /longer than/],
    [
      'ignores that it shall end',
      "process.on('SIGTERM', () => 0); setInterval(() => 0, 1000);",
      /longer than/,
    ],
    [
      'prints a gigabyte',
      "const mega = Buffer.alloc(1 << 20, 'a'); const more = () => { while (process.stdout.write(mega)); }; process.stdout.on('drain', more); more();",
      /more than 64 MB/,
    ],
  ];
  it.each(misbehaving)('leaves the report incomplete when it %s', async (_, script, reason) => {
    const { tree, programs } = place();
    fakeTool(programs, 'bandit', script);
    const minutes = /longer/.test(reason.source) ? '0.01' : '1';
    const { code, report } = await scanWith(tree, programs, ['--with', 'bandit', '--tool-timeout', minutes]);
    expect(code).toBe(2);
    expect(report.complete).toBe(false);
    expect(report.tools).toMatchObject([{ name: 'bandit', outcome: 'failed', findings: 0 }]);
    expect(report.skipped).toMatchObject([{ file: 'bandit', reason: 'tool-failed', incomplete: true }]);
    expect(report.skipped[0]!.detail).toMatch(reason);
  });

  it('leaves the report incomplete when it is not installed, and says how to get it', async () => {
    const { tree, programs } = place();
    const { code, report } = await scanWith(tree, programs, ['--with', 'bandit,hadolint']);
    expect(code).toBe(2);
    expect(report.skipped[0]!.detail).toBe('bandit is not installed: pip install bandit');
  });

  it('says what it could not look at', async () => {
    const { tree, programs } = place();
    toolThatPrints(programs, 'bandit', banditReport([], [{ filename: 'src/broken.py' }]));
    const { code, report } = await scanWith(tree, programs, ['--with', 'bandit']);
    expect([code, report.tools[0]!.outcome]).toEqual([2, 'incomplete']);
    expect(report.skipped[0]!.detail).toContain('src/broken.py');
  });

  it('is ended with all that it started', async () => {
    const { tree, programs } = place();
    const beat = join(programs, 'beat');
    const child = `setInterval(() => require('fs').writeFileSync(${JSON.stringify(beat)}, String(Date.now())), 20)`;
    const spawned = (stdio: string) =>
      `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: '${stdio}' });`;
    const wait = `const until = Date.now() + 400; while (!require('fs').existsSync(${JSON.stringify(beat)}) || Date.now() < until);`;
    const done = `console.log(${JSON.stringify(JSON.stringify(good(tree)))}); process.exit(1);`;
    // Once it hangs, and twice it ends well and leaves its child: with the pipe, and without.
    for (const [stdio, end, outcome] of [
      ['inherit', 'setInterval(() => 0, 1000);', 'failed'],
      ['inherit', done, 'ran'],
      ['ignore', done, 'ran'],
    ]) {
      fakeTool(programs, 'bandit', `${spawned(stdio!)} ${wait} ${end}`);
      const minutes = outcome === 'ran' ? '1' : '0.025';
      const { report } = await scanWith(tree, programs, ['--with', 'bandit', '--tool-timeout', minutes]);
      expect(report.tools[0]!.outcome).toBe(outcome);
      const last = readFileSync(beat, 'utf8');
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(readFileSync(beat, 'utf8')).toBe(last);
    }
  });

  it('gets no tokens of ours or of others, and nothing that loads code', async () => {
    const { tree, programs } = place();
    const seen = join(programs, 'seen');
    fakeTool(
      programs,
      'bandit',
      `require('fs').writeFileSync(${JSON.stringify(seen)}, JSON.stringify([process.env, process.cwd(), args]));`,
    );
    const secrets = {
      ...{
        MEMHOLD_TOKEN: 'a',
        GITHUB_TOKEN: 'b',
        AWS_SECRET_ACCESS_KEY: 'c',
        SNYK_TOKEN: 'd',
        NPM_TOKEN: 'e',
      },
      ...{ NODE_OPTIONS: '', PYTHONPATH: tree, LD_PRELOAD: '', SSH_AUTH_SOCK: 'f', SEMGREP_RULES: 'g' },
    };
    await scanWith(tree, programs, ['--with', 'bandit'], { ...secrets, HTTPS_PROXY: 'http://proxy.test' });
    const [env, folder, args] = JSON.parse(readFileSync(seen, 'utf8'));
    expect(Object.keys(env).filter((name) => name in secrets)).toEqual([]);
    expect(env).toMatchObject({ PATH: programs, HTTPS_PROXY: 'http://proxy.test' });
    expect(folder).not.toContain(tree);
    expect(args.slice(args.indexOf('--'))).toEqual(['--', tree]);
    expect(existsSync(folder)).toBe(false);
  });
});

describe.skipIf(process.platform === 'win32')('programs of the scanned tree', () => {
  it.each([
    ['a folder below it', (tree: string) => join(tree, 'node_modules/.bin')],
    ['a relative folder', () => 'node_modules/.bin'],
    ['an empty entry, which is the folder that one stands in', () => ''],
    [
      'a link from outside into it',
      (tree: string) => {
        const outside = temporary();
        symlinkSync(join(tree, 'node_modules/.bin'), join(outside, 'bin'));
        return join(outside, 'bin');
      },
    ],
    [
      'a link to one program in it',
      (tree: string) => {
        const outside = temporary();
        symlinkSync(join(tree, 'node_modules/.bin/bandit'), join(outside, 'bandit'));
        return outside;
      },
    ],
  ])('are never run: %s', async (_, folderOf) => {
    const { tree, programs } = place();
    const ran = join(programs, 'ran');
    const script = `require('fs').writeFileSync(${JSON.stringify(ran)}, '');`;
    fakeTool(join(tree, 'node_modules/.bin'), 'bandit', script);
    fakeTool(tree, 'bandit', script);
    const { code, report } = await scanWith(tree, [folderOf(tree), programs].join(delimiter), [
      '--with',
      'bandit',
    ]);
    expect(code).toBe(2);
    expect(report.tools[0]).toMatchObject({
      outcome: 'failed',
      detail: 'bandit is not installed: pip install bandit',
    });
    expect(existsSync(ran)).toBe(false);
  });

  it('settings of package managers beside a lock file are not there for who reads it', async () => {
    const { tree, programs } = place();
    plant(tree, {
      'package-lock.json': '{}',
      'package.json': '{}',
      '.npmrc': 'registry=http://evil.test',
      '.yarnrc': 'x',
    });
    const seen = join(programs, 'seen');
    const report = JSON.stringify({ vulnerabilities: {}, metadata: {} });
    fakeTool(
      programs,
      'npm',
      `require('fs').writeFileSync(${JSON.stringify(seen)}, require('fs').readdirSync('.').join()); console.log(${JSON.stringify(report)});`,
    );
    const { report: told } = await scanWith(tree, programs, ['--with', 'npm-audit']);
    expect(told.tools[0]!.outcome).toBe('ran');
    expect(readFileSync(seen, 'utf8').split(',').sort()).toEqual(['package-lock.json', 'package.json']);
  });
});

describe.skipIf(process.platform === 'win32')('all that is installed', () => {
  it('is run, and what is not there is listed', async () => {
    const { tree, programs } = place();
    toolThatPrints(programs, 'bandit', good(tree), 1);
    const { code, report } = await scanWith(tree, programs, ['--with', 'all-installed']);
    expect(code).toBe(1);
    expect(report.complete).toBe(true);
    const of = (outcome: string) =>
      report.tools.filter((one) => one.outcome === outcome).map(({ name }) => name);
    expect(of('ran')).toEqual(['bandit']);
    expect(of('not-installed')).toEqual([
      'eslint',
      'gitleaks',
      'hadolint',
      'npm-audit',
      'pip-audit',
      'safety',
      'semgrep',
      'snyk',
      'trivy',
      'yarn-audit',
    ]);
  });
});

describe('what tools quote', () => {
  it('is in no report: secrets stand in every field that could hold one', async () => {
    const { tree } = place();
    const secret = tokens.github();
    const password = tokens.password();
    plant(tree, {
      'a.env': `GITHUB_TOKEN=${secret}\n`,
      'gitleaks.json': JSON.stringify([
        ...gitleaksReport([{ file: 'a.env', secret, line: 1, rule: `rule-${secret}`, quoted: secret }]),
        ...gitleaksReport([{ file: `elsewhere/${secret}`, secret: password, line: 3 }]),
      ]),
      'x.sarif': JSON.stringify(
        sarifReport(
          `tool ${secret}`,
          [
            {
              id: `r-${secret}`,
              shortDescription: { text: `about ${secret}` },
              helpUri: `https://a.test/${secret}`,
            },
          ],
          [{ rule: `r-${secret}`, file: `src/${secret}.py`, quoted: password }],
        ),
      ),
    });
    for (const format of ['json', 'text', 'sarif']) {
      const argv = [
        '--format',
        format,
        '--verbose',
        '--merge',
        'gitleaks.json',
        '--merge',
        'x.sarif',
        'a.env',
      ];
      const { out, err } = await runScanner(tree, argv);
      expect(out.includes(secret) || err.includes(secret), format).toBe(false);
      expect(out.includes(password) || err.includes(password), format).toBe(false);
      expect(out).toContain('gitleaks/');
    }
  });

  it('steers no terminal and no page', async () => {
    const { tree } = place();
    const hostile = '\u001b[2J</script><img src=x onerror=alert(1)>\u202e\u2028\r\nforged line';
    plant(tree, {
      'x.sarif': JSON.stringify(
        sarifReport(
          hostile,
          [{ id: hostile, shortDescription: { text: hostile }, helpUri: 'javascript:alert(1)' }],
          [{ rule: hostile, file: `${hostile}.py` }],
        ),
      ),
    });
    const { out } = await runScanner(tree, ['--merge', 'x.sarif']);
    expect(out).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}|\u2028|^forged line/mu);
    const { report, text } = await scanWith(tree, '', ['--merge', 'x.sarif']);
    expect(report.findings[0]!.rule_id).toMatch(/^[a-z0-9-]+\/[\w.@/:+-]+$/);
    expect(text).not.toContain('javascript:alert');
  });
});

describe('places that tools tell', () => {
  const outside = temporary();
  writeFileSync(join(outside, 'passwd'), 'root:x:0:0\n');

  it.each([
    ['above the tree', '../../../../../../etc/passwd'],
    ['elsewhere', '/etc/passwd'],
    ['with a NUL', 'src/app.py\0/../../x'],
    ['of no file', 'src/missing.py'],
    ['a folder', 'src'],
    ['behind a link that leads out', 'out/passwd'],
  ])('count, and are not read: %s', async (_, file) => {
    const { tree } = place();
    symlinkSync(outside, join(tree, 'out'));
    plant(tree, {
      'r.json': JSON.stringify(banditReport([{ rule: 'B602', file, line: 1, column: 1, endColumn: 3 }])),
    });
    const { code, report } = await scanWith(tree, '', ['--merge', 'bandit=r.json']);
    expect(report.findings.filter(({ rule_id }) => rule_id === 'bandit/B602')).toMatchObject([
      { severity: 'high', scope: 'line' },
    ]);
    expect(code).toBe(1);
  });

  it('that lie beyond the file are places all the same', async () => {
    const { tree } = place();
    const rows = [0, 1e6].map((line) => ({ rule: 'B602', file: 'src/app.py', line: line + 1, column: 1e6 }));
    plant(tree, { 'r.json': JSON.stringify(banditReport(rows)) });
    const { report } = await scanWith(tree, '', ['--merge', 'r.json']);
    expect(report.findings.map(({ line }) => line)).toEqual([1, 1_000_001]);
  });

  it('are left out where the scan leaves the file out', async () => {
    const { tree } = place();
    plant(tree, {
      '.gitignore': 'build/\n',
      'build/gen.py': 'x',
      'r.json': JSON.stringify(banditReport([{ rule: 'B602', file: 'build/gen.py' }])),
    });
    mkdirSync(join(tree, '.git'));
    const { report } = await scanWith(tree, '', ['--merge', 'r.json']);
    expect(report.findings).toEqual([]);
    const { report: all } = await scanWith(tree, '', ['--no-ignore', '--merge', 'r.json']);
    expect(all.findings).toHaveLength(1);
  });
});

describe('a report that is merged', () => {
  it.each([
    ['missing', 'no.json', undefined],
    ['no report', 'r.json', '{"a": 1}'],
    ['empty', 'r.json', ''],
    ['too deep', 'r.json', `${'['.repeat(1e5)}${']'.repeat(1e5)}`],
    [
      'of too many findings',
      'r.json',
      JSON.stringify({ ...banditReport([]), results: Array(50_001).fill(0) }),
    ],
  ])('leaves the report incomplete when it is %s', async (_, name, text) => {
    const { tree } = place();
    if (text !== undefined) plant(tree, { [name]: text });
    const { code, report } = await scanWith(tree, '', ['--merge', name, 'src']);
    expect(code).toBe(2);
    expect(report.tools).toMatchObject([{ name, outcome: 'failed' }]);
  });
});
