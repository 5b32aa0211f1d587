import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { casesOf } from '../testing/cases.ts';
import { runScanner } from '../testing/run-scan.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(71);
const allow = ['memhold', 'allow'].join(':');
const formats = ['text', 'json', 'sarif'];

function temporary() {
  return mkdtempSync(join(tmpdir(), 'report-'));
}

describe('no report', () => {
  it('of any format shows a secret of any rule, nor half of one', async () => {
    const folder = temporary();
    const canaries: string[] = [];
    for (const [id, { positives }] of Object.entries(casesOf)) {
      const { text, value } = positives.find((one) => one.value.length >= 16) ?? positives[0]!;
      writeFileSync(join(folder, id), text);
      // Half of a short value can stand in a hash by chance, and words in a title.
      const canary = value.length >= 16 ? value.slice(Math.ceil(value.length / 2)) : value;
      if (canary.length >= 8 && /[^a-z ]/.test(canary)) canaries.push(canary);
    }
    expect(canaries.length).toBeGreaterThan(Object.keys(casesOf).length * 0.8);
    for (const format of formats) {
      const { out, err } = await runScanner(folder, ['--format', format, '--verbose']);
      expect(
        canaries.filter((tail) => (out + err).includes(tail)),
        format,
      ).toEqual([]);
    }
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

describe('the JSON report', () => {
  it('has the documented shape', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'file'), `a\n  token = ${tokens.github()}\n`);
    const report = JSON.parse((await runScanner(folder, ['--json'])).out);
    expect(report).toMatchObject({
      scan_id: expect.stringMatching(/^[\da-f-]{36}$/),
      timestamp: '2026-11-21T12:00:00.000Z',
      security_posture: 'medium',
      complete: true,
      summary: { total_files: 1, scanned_files: 1, issues_found: 1, high: expect.any(Number), low: 0 },
      veto_decision: null,
    });
    expect(report.findings).toMatchObject([
      {
        id: expect.stringMatching(/^MH-[\da-f]{12}$/),
        category: 'secret',
        rule_id: 'github-token',
        pattern: 'github-token',
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

describe('the SARIF report', () => {
  async function sarif() {
    const folder = temporary();
    writeFileSync(join(folder, 'a b#%.env'), `token = ${tokens.github()}\n`);
    writeFileSync(join(folder, 'c'), `k = "${tokens.slackBot()}" # ${allow} slack-token -- a sample\n`);
    writeFileSync(join(folder, 'd'), `# ${allow} slack-token\n`);
    return JSON.parse((await runScanner(folder, ['--format', 'sarif', '.', 'missing'])).out);
  }

  it('refers to its rules and taxa, and marks what is suppressed', async () => {
    const { version, runs } = await sarif();
    const [{ tool, results, taxonomies, invocations }] = runs;
    expect(version).toBe('2.1.0');
    const taxa = new Set(taxonomies[0].taxa.map(({ id }: { id: string }) => id));
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
    for (const { help, relationships } of tool.driver.rules) {
      expect(help.text).not.toBe('');
      for (const { target } of relationships) expect(taxa).toContain(target.id);
    }
    const suppressed = results.filter((result: object) => 'suppressions' in result);
    expect(suppressed).toMatchObject([
      { ruleId: 'slack-token', suppressions: [{ kind: 'inSource', justification: 'a sample' }] },
    ]);
    expect(invocations).toMatchObject([{ executionSuccessful: false, exitCode: 2 }]);
  });

  it('names files by URI references', async () => {
    const { runs } = await sarif();
    const uris = runs[0].results.map(
      (result: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
        result.locations[0]!.physicalLocation.artifactLocation.uri,
    );
    expect(uris).toContain('a%20b%23%25.env');
    for (const uri of uris) expect(() => new URL(uri, 'file:///tree/')).not.toThrow();
  });
});
