import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { casesOf } from '../testing/cases.ts';
import { isTelling, leaksIn } from '../testing/leaks.ts';
import { runScanner } from '../testing/run-scan.ts';
import { makeTokens } from '../testing/tokens.ts';
import { formatNames } from './formats.ts';

const tokens = makeTokens(71);
const allow = ['memhold', 'allow'].join(':');
/** Most cases of a rule are the same value in other surroundings; the long run takes them all. */
const perRule = process.env.MEMHOLD_TEST_LONG ? undefined : 2;
const formats = formatNames;

function temporary() {
  return mkdtempSync(join(tmpdir(), 'report-'));
}

describe('no report', () => {
  it('of any format shows a value of any rule, nor half of one', async () => {
    const folder = temporary();
    const canaries = new Set<string>();
    let rulesWithCanary = 0;
    for (const [id, { positives: all }] of Object.entries(casesOf)) {
      const positives = all.slice(0, perRule);
      writeFileSync(join(folder, id), positives.map(({ text }) => text).join('\n\n'));
      const before = canaries.size;
      for (const { value } of positives) {
        canaries.add(value);
        if (value.length >= 16) canaries.add(value.slice(Math.ceil(value.length / 2)));
      }
      if (canaries.size > before) rulesWithCanary++;
    }
    const telling = [...canaries].filter(isTelling);
    expect(rulesWithCanary).toBeGreaterThan(Object.keys(casesOf).length * 0.9);
    expect(telling.length).toBeGreaterThan(Object.keys(casesOf).length);
    for (const format of formats) {
      const { out, err } = await runScanner(folder, ['--format', format, '--verbose']);
      expect(leaksIn(out + err, telling), format).toEqual([]);
      expect(out).toMatch(/anthropic-key|Anthropic API key/);
    }
  }, 60_000);

  it('is passed by this test where a value stands in it', () => {
    const value = tokens.github();
    expect(leaksIn(`{"file": "a ${value}"}`, [value, tokens.github()])).toEqual([value]);
    expect(leaksIn('say \\"a long word\\" again', ['say "a long word"'])).toHaveLength(1);
  });

  it('shows secrets that stand in names, reasons, baselines and messages', async () => {
    const folder = temporary();
    const canary = tokens.github();
    const tail = canary.slice(20);
    mkdirSync(join(folder, `backup ${canary}`));
    writeFileSync(join(folder, `backup ${canary}`, 'a'), `k = ${tokens.slackBot()}\n`);
    writeFileSync(join(folder, `b ${canary}`), Buffer.alloc(10));
    writeFileSync(
      join(folder, 'c'),
      `k = "${tokens.slackBot()}" # ${allow} slack-token -- the same as ${canary}\n`,
    );
    for (const format of formats) {
      const argv = ['--format', format, '--verbose', '.', `missing ${canary}`, '--write-baseline', 'known'];
      const { out, err } = await runScanner(folder, argv);
      expect(out + err).toContain('REDACTED');
      expect(out + err).not.toContain(tail);
    }
    for (const argv of [
      [`--range=${canary}..HEAD`],
      ['--config', canary],
      ['--baseline', canary],
      [`--${canary}`],
    ]) {
      const { code, out, err } = await runScanner(folder, argv);
      expect([argv[0]!.slice(0, 6), code, (out + err).includes(tail)]).toEqual([
        argv[0]!.slice(0, 6),
        2,
        false,
      ]);
    }
  });
});

describe('no name or reason', () => {
  it('shows the rest of a secret where a long path is cut', async () => {
    const folder = temporary();
    const canary = tokens.github();
    for (const [i, rest] of [265, 275, 285, 295].entries()) {
      const deep = join(folder, String(i), canary, 'y'.repeat(150));
      mkdirSync(deep, { recursive: true });
      writeFileSync(join(deep, 'z'.repeat(rest - 152)), `k = ${tokens.slackBot()}\n`);
    }
    for (const format of formats) {
      const { out } = await runScanner(folder, ['--format', format, '--verbose']);
      expect(out, format).not.toContain(canary.slice(-10));
    }
  });

  it('is a command to the pipeline that prints the report', async () => {
    const folder = temporary();
    for (const name of ['##vso[task.prependpath]x', '##[add-mask]x', '::stop-commands::x']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'a'), `k = ${tokens.slackBot()}\n`);
      writeFileSync(join(folder, name, 'b'), Buffer.alloc(10));
    }
    for (const format of formats) {
      const { out, err } = await runScanner(folder, [
        '--format',
        format,
        '--verbose',
        '.',
        '##[group]missing',
      ]);
      const lines = (format === 'github' ? out.replaceAll(/^::(?:error|warning|notice) /gm, '') : out) + err;
      expect(lines, format).not.toMatch(/##(?:vso)?\[|^\s*::/m);
    }
  });

  it('shows a value that a rule only holds for likely', async () => {
    const folder = temporary();
    const value = tokens.github().slice(4, 20);
    const name = `password=${value}`;
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'a'), `k = ${tokens.slackBot()}\n`);
    writeFileSync(join(folder, 'c'), `k = "${tokens.slackBot()}" # ${allow} slack-token -- ${name}\n`);
    for (const format of formats) {
      const { out, err } = await runScanner(folder, ['--format', format, '--verbose']);
      expect(out).toContain('REDACTED');
      expect(out + err, format).not.toContain(value.slice(8));
    }
  });
});

describe('the JSON report', () => {
  it('has the documented shape', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'file'), `a\n  token = ${tokens.github()}\n`);
    const report = JSON.parse((await runScanner(folder, ['--json'])).out);
    expect(report).toMatchObject({
      scan_id: expect.stringMatching(/^[\da-f-]{36}$/),
      timestamp: '2026-11-21T12:00:00Z',
      security_posture: 'medium',
      complete: true,
      summary: { total_files: 1, scanned_files: 1, issues_found: 1, high: expect.any(Number), low: 0 },
      veto_decision: 'BLOCK',
      veto_reason: expect.stringContaining('issues detected'),
      override_available: expect.any(Boolean),
    });
    expect(report.findings).toMatchObject([
      {
        id: expect.stringMatching(/^SEC-[\da-f]{12}$/),
        category: 'secrets',
        rule_id: 'github-token',
        pattern: 'ghp_[0-9A-Za-z]{36,251}',
        file: 'file',
        line: 2,
        column: 11,
        recommendation: expect.stringMatching(/^Revoke/),
        remediation: { steps: expect.any(Array), references: expect.any(Array) },
      },
    ]);
  });

  it('gives a finding the same id in every run', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'file'), `token = ${tokens.github()}\n`);
    const ids = async () =>
      JSON.parse((await runScanner(folder, ['--json'])).out).findings.map(({ id }: { id: string }) => id);
    expect(await ids()).toEqual(await ids());
  });
});
