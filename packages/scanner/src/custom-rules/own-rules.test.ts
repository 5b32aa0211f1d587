import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runJson, runScanner } from '../testing/run-scan.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(811);
const body = () => tokens.github().slice(4, 28).toLowerCase();
const token = () => `acme_${body()}`;

const acme = {
  id: 'acme-key',
  title: 'Acme API key',
  severity: 'high',
  confidence: 'high',
  keywords: ['acme_'],
  pattern: '\\bacme_([a-z0-9]{24})\\b',
  group: 1,
  length: { max: 29 },
  remediation: ['Revoke it in the Acme console.'],
  references: ['https://acme.example/keys'],
  examples: { match: [token()], no_match: ['acme_short', `acme_${body()}0`] },
};

function tree(settings: object, files: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'own-rules-'));
  mkdirSync(join(folder, '.memhold'));
  writeFileSync(join(folder, '.memhold', 'scan.yaml'), JSON.stringify(settings));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('a rule of one’s own', () => {
  it('is found where its group lies, with its own words, and never shown', async () => {
    const secret = token();
    const folder = tree({ rules: [acme] }, { a: `first\n  id ${secret}, twice: ${secret}\n` });
    const { report } = await runJson(folder, ['a']);
    expect(report.findings).toMatchObject([
      { rule_id: 'acme-key', severity: 'high', file: 'a', line: 2, column: 11 },
      { rule_id: 'acme-key', line: 2, column: 49 },
    ]);
    expect(report.findings[0]).toMatchObject({
      title: 'Acme API key',
      recommendation: 'Revoke it in the Acme console.',
      remediation: { references: ['https://acme.example/keys'] },
    });
    for (const format of ['text', 'json', 'sarif']) {
      const { out, err } = await runScanner(folder, ['--format', format, '--verbose']);
      expect(out).toContain('acme-key');
      expect(out + err).not.toContain(secret.slice(15));
    }
  });

  it('is taken out of names and reasons as well', async () => {
    const secret = token();
    const settings = { rules: [acme], allow: [{ rule: 'acme-key', path: 'b', reason: `as ${secret}` }] };
    const folder = tree(settings, { [`backup ${secret}`]: token(), b: token() });
    for (const format of ['text', 'json', 'sarif']) {
      const { out, err } = await runScanner(folder, ['--format', format, '--verbose']);
      expect(out).toContain('REDACTED');
      expect(out + err).not.toContain(secret.slice(15));
    }
  });

  it('is taken out of names and reasons however doubtful it is, and whatever it would cost', async () => {
    const secret = token();
    const modest = { ...acme, severity: 'low', confidence: 'low', category: 'pii' };
    const settings = { rules: [modest], allow: [{ rule: 'acme-key', path: 'b', reason: `as ${secret}` }] };
    const folder = tree(settings, { [`backup ${secret}`]: token(), b: token() });
    for (const format of ['text', 'json', 'sarif']) {
      const { out, err } = await runScanner(folder, ['--format', format, '--verbose']);
      expect(out).toContain('REDACTED');
      expect(out + err).not.toContain(secret.slice(15));
    }
  });

  it('shows no secret in its title, steps and references', async () => {
    const secret = tokens.github();
    const told = {
      title: `Acme ${secret}`,
      remediation: [`Not ${secret}`],
      references: [`https://acme.example/${secret}`],
    };
    const folder = tree({ rules: [{ ...acme, ...told }] }, { a: token() });
    for (const format of ['text', 'json', 'sarif']) {
      const { out, err } = await runScanner(folder, ['--format', format, '--verbose', 'a']);
      expect(out).toContain('Acme [REDACTED:github-token]');
      expect(out + err).not.toContain(secret.slice(15));
    }
  });

  it('takes part in comments, allow-list and baseline', async () => {
    const allow = ['memhold', 'allow'].join(':');
    const inComment = tree({ rules: [acme] }, { a: `${token()} # ${allow} acme-key -- a sample\n` });
    expect((await runJson(inComment, ['a'])).report.summary).toMatchObject({
      issues_found: 0,
      suppressed: 1,
    });
    const allowed = [{ rule: 'acme-key', path: 'a', reason: 'a sample' }];
    const inList = tree({ rules: [acme], allow: allowed }, { a: token() });
    expect((await runJson(inList, ['a'])).report.summary).toMatchObject({ issues_found: 0, suppressed: 1 });
    const known = tree({ rules: [acme] }, { a: token() });
    await runScanner(known, ['a', '--write-baseline', 'known.json']);
    expect((await runScanner(known, ['a', '--baseline', 'known.json'])).code).toBe(0);
  });

  it('counts with --no-suppressions as well', async () => {
    const settings = { rules: [acme], exclude: ['a'], allow: [{ path: 'a', reason: 'because' }] };
    const { report } = await runJson(tree(settings, { a: token() }), ['a', '--no-suppressions']);
    expect(report.findings).toMatchObject([{ rule_id: 'acme-key' }]);
  });

  it('wins over the rule for assignments on the same value', async () => {
    const whole = { ...acme, pattern: '\\bacme_[a-z0-9]{24}\\b', group: 0 };
    const { report } = await runJson(tree({ rules: [whole] }, { a: `api_key = "${token()}"\n` }), ['a']);
    expect(report.findings.map((one) => one.rule_id)).toEqual(['acme-key']);
  });

  it('does not report its examples in the settings, while other rules do', async () => {
    const other = tokens.github();
    const examples = { ...acme.examples, match: [token(), `${token()} ${other}`] };
    const { report } = await runJson(tree({ rules: [{ ...acme, examples }] }), []);
    expect(report.findings.map((one) => one.rule_id)).toEqual(['github-token']);
    expect(report.suppressed).toMatchObject([
      { rule_id: 'acme-key', suppressed_by: 'allow-list' },
      { rule_id: 'acme-key' },
    ]);
  });

  it('is found by every thread of a large scan', async () => {
    const files: Record<string, string> = {};
    for (let i = 0; i < 12; i++) files[`f${i}`] = `${'plain words\n'.repeat(40_000)}${token()}\n`;
    const { report } = await runJson(tree({ rules: [acme] }, files), []);
    const found = report.findings.filter((one) => one.rule_id === 'acme-key').map((one) => one.file);
    expect(found.sort()).toEqual(Object.keys(files).sort());
  });

  it('comes from the settings that --config names', async () => {
    const folder = tree({ exclude: [] }, { a: token() });
    writeFileSync(join(folder, 'ours.yaml'), JSON.stringify({ rules: [acme] }));
    expect((await runJson(folder, ['a', '--config', 'ours.yaml'])).report.findings).toHaveLength(1);
    expect((await runJson(folder, ['a'])).report.findings).toEqual([]);
  });
});

describe('--check-rules', () => {
  it('tries every example', async () => {
    expect(await runScanner(tree({ rules: [acme] }), ['--check-rules'])).toEqual({
      code: 0,
      out: 'ok    acme-key (3 examples)\n1 rule, 3 examples: none fails.\n',
      err: '',
    });
  });

  it('gives each rule a budget of its own, and each example its share', async () => {
    // Each rule takes some 20 steps for each character, of 64 that it may take.
    const long = (end: string) => `acme_${'acme_ab '.repeat(240)}${end}`;
    const rules = Array.from({ length: 12 }, (_, i) => ({
      ...acme,
      id: `acme-r${i}`,
      pattern: 'acme_[a-z ]{0,40}#',
      group: 0,
      length: { max: 200 },
      examples: { match: Array(4).fill(long('acme_x#')), no_match: [long('')] },
    }));
    const { code, out, err } = await runScanner(tree({ rules }), ['--check-rules']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('12 rules, 60 examples: none fails.');
  });

  it('names examples that fail by their place, and shows none', async () => {
    const [shown, other] = [token(), token()];
    const examples = { match: [shown, 'nothing'], no_match: ['nothing', other] };
    const folder = tree({ rules: [acme, { ...acme, id: 'acme-two', examples }] });
    const { code, out } = await runScanner(folder, ['--check-rules']);
    expect(code).toBe(1);
    expect(out).toContain('FAIL  acme-two: match[1] is not found; no_match[1] is found\n');
    const json = await runScanner(folder, ['--check-rules', '--json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toEqual({
      complete: true,
      rules: [
        { id: 'acme-key', examples: 3, failures: [] },
        {
          id: 'acme-two',
          examples: 4,
          failures: [
            { example: 'match[1]', problem: 'is not found' },
            { example: 'no_match[1]', problem: 'is found' },
          ],
        },
      ],
      untrusted_modules: [],
    });
    expect(out + json.out).not.toContain(shown.slice(10));
    expect(out + json.out).not.toContain(other.slice(10));
  });

  it.each([
    ['without settings', undefined, []],
    ['without rules', { exclude: [] }, []],
    ['with a rule that is wrong', { rules: [{ ...acme, pattern: '(' }] }, []],
    ['with a path', { rules: [acme] }, ['a']],
    ['with SARIF', { rules: [acme] }, ['--format', 'sarif']],
    ['with a range', { rules: [acme] }, ['--staged']],
  ])('%s ends with 2', async (_name, settings, more) => {
    const folder = settings === undefined ? mkdtempSync(join(tmpdir(), 'own-rules-')) : tree(settings);
    const { code, out, err } = await runScanner(folder, ['--check-rules', ...more]);
    expect([code, out, err.split('\n').length]).toEqual([2, '', 1]);
  });
});
