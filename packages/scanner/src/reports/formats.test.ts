import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMarkup } from '../testing/read-markup.ts';
import { runScanner } from '../testing/run-scan.ts';
import { makeTokens } from '../testing/tokens.ts';
import { formatNames } from './formats.ts';

const tokens = makeTokens(74);
const allow = ['memhold', 'allow'].join(':');

function tree(files: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), 'formats-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Two files with a finding of each severity, and a suppressed one. */
const someFindings = () =>
  tree({
    'src/config/keys.ts': `a = "${tokens.github()}"\nb = "${tokens.stripe('sk_test_')}"\n`,
    'src/mail.ts': `m = "${tokens.email('host.org')}"\npassword = "${tokens.password()}"\n`,
    'src/known.ts': `k = "${tokens.slackBot()}" # ${allow} slack-token -- a sample\n`,
  });

async function report(folder: string, format: string, ...argv: string[]) {
  const { out, code } = await runScanner(folder, ['--format', format, ...argv]);
  return { out, code };
}

describe('JUnit', () => {
  it('has a suite for each file, with failures, notes and skipped cases', async () => {
    const { out } = await report(someFindings(), 'junit');
    const [root] = readMarkup(out);
    expect(root).toMatchObject({
      name: 'testsuites',
      attributes: { tests: '6', failures: '3', errors: '0', skipped: '1' },
    });
    const suites = root!.children;
    expect(suites.slice(1).map(({ attributes }) => attributes.name)).toEqual([
      'src/config/keys.ts',
      'src/known.ts',
      'src/mail.ts',
    ]);
    for (const { name, attributes, children } of suites) {
      const cases = children.filter((child) => child.name === 'testcase');
      const having = (kind: string) =>
        cases.filter(({ children }) => children.some((child) => child.name === kind)).length;
      expect(name).toBe('testsuite');
      expect(
        [attributes.tests, attributes.failures, attributes.skipped, attributes.errors].map(Number),
      ).toEqual([cases.length, having('failure'), having('skipped'), having('error')]);
      expect(attributes.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
      for (const { attributes } of cases)
        expect(Object.keys(attributes)).toEqual(expect.arrayContaining(['name', 'classname', 'time']));
    }
  });

  it('is never without a test, and says what could not be scanned', async () => {
    const [clean] = readMarkup((await report(tree({ a: 'words\n' }), 'junit')).out);
    expect(clean!.attributes).toMatchObject({ tests: '1', failures: '0', errors: '0' });
    const { out } = await report(tree({ a: 'words\n' }), 'junit', 'a', 'missing');
    expect(readMarkup(out)[0]!.attributes).toMatchObject({ tests: '1', errors: '1' });
    expect(out).toContain('missing: not there');
  });
});

describe('annotations', () => {
  const lines = (out: string) => out.trimEnd().split('\n');

  it('are commands of GitHub, the gravest first', async () => {
    const { out } = await report(someFindings(), 'github');
    const commands = lines(out).map((line) => /^::(error|warning|notice) /.exec(line)?.[1]);
    expect(commands).toEqual(['notice', 'error', 'error', 'warning', 'notice']);
    expect(lines(out)[1]).toMatch(
      /^::error file=src\/config\/keys\.ts,line=1,col=6,title=GitHub token::GitHub token ghp_…/,
    );
  });

  it('say how many of them are shown', async () => {
    const folder = tree(
      Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i}.env`, `t = "${tokens.github()}"\n`])),
    );
    const { out } = await report(folder, 'github');
    expect(lines(out)).toHaveLength(13);
    expect(lines(out)[0]).toContain('GitHub shows 10 of 12 errors for a step, the gravest');
  });

  it('of an incomplete scan begin with an error', async () => {
    const { out } = await report(tree({ a: 'words\n' }), 'github', 'a', 'missing');
    expect(out).toMatch(/^::error title=memhold-scanner scan::INCOMPLETE: /);
  });

  it.each([
    ['a%0A::error::b', 'a%250A%3A%3Aerror%3A%3Ab'],
    ['a,line=9', 'a%2Cline=9'],
    ['a\n::error::b', 'a\\n%3A%3Aerror%3A%3Ab'],
    ['a\r::error::b', 'a\\u000d%3A%3Aerror%3A%3Ab'],
  ])('cannot be forged by a file that is named %j', async (name, shown) => {
    const { out } = await report(tree({ [name]: `t = "${tokens.github()}"\n` }), 'github');
    expect(lines(out)).toHaveLength(2);
    expect(lines(out)[1]).toContain(`::error file=${shown},line=1,col=6,`);
  });
});

describe('Code Quality for GitLab', () => {
  it('has what GitLab asks for, and no fingerprint twice', async () => {
    const line = `token = "${tokens.github()}"\n`;
    const { out } = await report(tree({ 'a.env': line.repeat(2), 'b.env': line }), 'gitlab');
    const entries = JSON.parse(out);
    expect(entries).toHaveLength(3);
    for (const entry of entries)
      expect(entry).toEqual({
        description: expect.stringContaining('GitHub token'),
        check_name: 'github-token',
        fingerprint: expect.stringMatching(/^[\da-f]{32}$/),
        severity: 'blocker',
        location: { path: expect.stringMatching(/^[ab]\.env$/), lines: { begin: expect.any(Number) } },
      });
    expect(new Set(entries.map(({ fingerprint }: { fingerprint: string }) => fingerprint)).size).toBe(3);
  });

  it('keeps a fingerprint when the line moves', async () => {
    const line = `token = "${tokens.github()}"\n`;
    const of = async (text: string) =>
      JSON.parse((await report(tree({ 'a.env': text }), 'gitlab')).out)[0].fingerprint;
    expect(await of(`# moved\n${line}`)).toBe(await of(line));
  });
});

describe('Markdown', () => {
  it('tells the verdict, the findings, the steps and the controls', async () => {
    const { out } = await report(someFindings(), 'markdown');
    expect(out).toContain('**Blocked: Critical security issues detected**');
    expect(out).toContain(
      '| 🟣 critical | GitHub token <code>ghp&#95;…(32–63)</code> | <code>src/config/keys.ts:1:6</code> |',
    );
    expect(out).toContain('<details><summary>GitHub token (1)</summary>');
    expect(out).toMatch(/\| PCI DSS \(4\.0\.1\) \| 8\.6\.2 [^|]+\| 3 \|/);
    expect(out).toContain('1 suppressed');
  });

  it('is never larger than a comment may be, and counts what it leaves out', async () => {
    const long = 'ordner/'.repeat(20);
    const files: Record<string, string> = {};
    for (let i = 0; i < 1200; i++)
      files[`${long}datei-${i}-äöü&<>.env`] =
        `t = "${tokens.github()}"\nm = "${tokens.email(`h${i}.org`)}"\n`;
    const { out } = await report(tree(files), 'markdown');
    expect(Buffer.byteLength(out)).toBeLessThan(60_000);
    expect(out).toMatch(/… and 2\d\d\d more, none graver than these/);
  });

  it.each(['a|b.env', '`x`', '**b**', '[l](https:x)', '<img src=x onerror=y>', '@everyone', '#1', 'a\\|b'])(
    'shows a file that is named %s as it is',
    async (name) => {
      const { out } = await report(tree({ [name]: `t = "${tokens.github()}"\n` }), 'markdown');
      const row = out.split('\n').find((line) => line.includes('GitHub token') && line.startsWith('|'))!;
      const code = /\| <code>([^|]*)<\/code> \|$/.exec(row)?.[1] ?? '';
      expect(code.replace(/&#\d+;/g, '')).not.toMatch(/[<>&`*_~|\\[\]!#@]/);
      const shown = code
        .replaceAll('&#8203;', '')
        .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
      expect(shown).toBe(`${name}:1:6`);
    },
  );
});

describe('--report', () => {
  it('writes reports beside the one on standard output', async () => {
    const folder = someFindings();
    const argv = formatNames.flatMap((format) => ['--report', `${format}=out.${format}`]);
    const { out } = await runScanner(folder, ['src', ...argv]);
    expect(out).toContain('critical github-token');
    for (const format of formatNames) {
      const text = readFileSync(join(folder, `out.${format}`), 'utf8');
      expect(text, format).toMatch(/GitHub token|github-token/);
      expect(text.endsWith('\n')).toBe(true);
    }
    expect(readFileSync(join(folder, 'out.text'), 'utf8')).toBe(out);
  });

  it.each([
    [['html'], /takes a format and a file/],
    [['=x'], /takes a format and a file/],
    [['pdf=x'], /takes a format and a file/],
    [['html='], /takes a format and a file/],
    [['html=x', 'json=./x'], /have the same file/],
    [['html=none/x.html'], /none\/x\.html: cannot be written \(ENOENT\)/],
    [['html=link'], /link: is a symbolic link/],
    [['html=behind/x.html'], /behind a symbolic link/],
  ])('%j is refused before anything is scanned', async (given, problem) => {
    const folder = someFindings();
    const elsewhere = tree({ precious: 'precious' });
    symlinkSync(join(elsewhere, 'precious'), join(folder, 'link'));
    symlinkSync(elsewhere, join(folder, 'behind'));
    const { code, out, err } = await runScanner(
      folder,
      given.flatMap((one) => ['--report', one]),
    );
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(problem)]);
    expect(readFileSync(join(elsewhere, 'precious'), 'utf8')).toBe('precious');
  });

  it('leaves reports that a later scan finds nothing in', async () => {
    const folder = someFindings();
    const argv = formatNames.flatMap((format) => ['--report', `${format}=reports/out.${format}`]);
    mkdirSync(join(folder, 'reports'));
    await runScanner(folder, ['src', ...argv]);
    const { out, code } = await runScanner(folder, ['reports', '--verbose']);
    expect([code, out]).toEqual([0, expect.stringMatching(/^No findings; 8 of 8 files scanned/)]);
  });
});

describe('the compliance view', () => {
  it('names the controls in text, where it is asked for', async () => {
    const folder = someFindings();
    expect((await runScanner(folder, [])).out).not.toContain('OWASP');
    const { out } = await runScanner(folder, ['--compliance']);
    expect(out).toContain(
      'PCI DSS (4.0.1): \n  8.6.2 Passwords of application and system accounts are not hard coded: 3 findings\n',
    );
    expect(out).toContain('  CC6.1 Logical access security over protected information assets: 4 findings\n');
  });
});
