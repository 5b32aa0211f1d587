import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scan } from '../scan.ts';
import { runJson, runScanner } from '../testing/run-scan.ts';
import { makeTokens } from '../testing/tokens.ts';
import { definitionsOf, type RuleDefinition } from './definition.ts';
import { OwnRules } from './own-rules.ts';
import { StepBudget } from './step-budget.ts';

const entry = (id: string, pattern: string, keyword: string, max = 1024) => ({
  id,
  title: id,
  severity: 'high',
  keywords: [keyword],
  pattern,
  length: { max },
  examples: { match: ['a'], no_match: ['b'] },
});
const defined = (...entries: object[]): RuleDefinition[] => definitionsOf(entries);
const load = (...entries: object[]) => OwnRules.from({ definitions: defined(...entries), modules: [] });

describe('a hostile rule with a hostile text', () => {
  const hostile: [pattern: string, keyword: string, text: string][] = [
    ['(?:a+)+b', 'aaa', 'a'],
    ['(?:\\w+\\s?)+!', 'aaa', 'a'],
    ['(?:[a-z]{1,60}){1,9}!', 'abc', 'abc'],
    ['.*.*.*.*=.*key', 'key', 'key'],
    ['[^b]*key[^b]*b', 'key', 'key '],
  ];
  it.each(hostile)(
    '%s is switched off, aloud, before it costs more than its text is worth',
    async (...one) => {
      const [pattern, keyword, unit] = one;
      const own = await load(entry('hostile', pattern, keyword));
      const scan = own.scanner(false);
      const text = unit.repeat(80_000 / unit.length);
      scan(text);
      expect(own.takeSwitchedOff()).toEqual(['hostile']);
      expect(scan(text)).toEqual([]);
      expect(own.takeSwitchedOff()).toEqual([]);
    },
  );

  it('is switched off as well where most of its time goes into large sets of characters, not into matches', async () => {
    const rare = (from: number) =>
      String.fromCharCode(...Array.from({ length: 440 }, (_, i) => from + 2 * i));
    const own = await load(entry('hostile', `[a-z${rare(0x4e00)}\u9fff]{7}[${rare(0x6000)}]`, 'abc'));
    own.scanner(false)('abc\u9fff'.repeat(3000));
    expect(own.takeSwitchedOff()).toEqual(['hostile']);
  });

  it('leaves the other rules on', async () => {
    const own = await load(
      entry('small', 'key=\\d{4}', 'key='),
      entry('hostile', '(?:a+)+b', 'aaa'),
      entry('modest', 'aaaa-\\d{4}', 'aaaa-'),
    );
    const text = `key=1234 ${'a'.repeat(40_000)} key=5678 aaaa-1111`;
    const found = own
      .scanner(false)(text)
      .map(({ ruleId }) => ruleId);
    expect(found).toEqual(['small', 'small', 'modest']);
    expect(own.takeSwitchedOff()).toEqual(['hostile']);
  });

  it('makes the scan incomplete, and names file and rule', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'own-rules-'));
    mkdirSync(join(folder, '.memhold'));
    const settings = { rules: [entry('hostile', '(?:a+)+b', 'aaa')] };
    writeFileSync(join(folder, '.memhold', 'scan.yaml'), JSON.stringify(settings));
    writeFileSync(join(folder, 'calm'), 'words');
    writeFileSync(join(folder, 'trap'), 'a'.repeat(20_000));
    const { code, report } = await runJson(folder, ['calm', 'trap']);
    expect([code, report.complete]).toEqual([2, false]);
    expect(report.skipped).toMatchObject([
      { file: 'trap', reason: 'rule-switched-off', detail: 'hostile', incomplete: true },
    ]);
    expect((await runScanner(folder, ['trap'])).out).toMatch(/^trap: not scanned: .*rule.* \(hostile\)$/m);
    expect((await runScanner(folder, ['calm'])).code).toBe(0);
  });
});

describe('a rule of the tree', () => {
  const secret = makeTokens(813).github().slice(4, 28);
  const wide = { ...entry('wide', '[a-z_]*password.{1,200}', 'password', 300), confidence: 'high' };
  const text = `db_password = "${secret}"\n`;
  const found = async (changes: object, ownOnlyAdd = false, line = text) =>
    (await load({ ...wide, ...changes }))
      .scanner(
        true,
        undefined,
        ownOnlyAdd,
      )(line)
      .map(({ ruleId }) => ruleId)
      .sort();

  it('takes the place of a built-in one only where it is as grave and of the same category', async () => {
    expect(await found({})).toEqual(['wide']);
    for (const changes of [{ severity: 'medium' }, { severity: 'low' }, { category: 'pii' }])
      expect(await found(changes)).toEqual(['generic-assignment', 'wide']);
    const exact = { severity: 'low', pattern: '[A-Za-z\\d]{24}', keywords: [secret.slice(0, 8)] };
    expect(await found(exact)).toEqual(['generic-assignment', 'wide']);
  });

  it('takes it of none with --no-suppressions', async () => {
    expect(await found({ severity: 'critical' }, true)).toEqual(['generic-assignment', 'wide']);
    const folder = mkdtempSync(join(tmpdir(), 'own-rules-'));
    mkdirSync(join(folder, '.memhold'));
    const settings = { rules: [{ ...wide, severity: 'critical' }] };
    writeFileSync(join(folder, '.memhold', 'scan.yaml'), JSON.stringify(settings));
    writeFileSync(join(folder, 'a'), text);
    const count = async (...flags: string[]) =>
      (await runJson(folder, ['a', ...flags])).report.findings.length;
    expect([await count(), await count('--no-suppressions')]).toEqual([1, 2]);
  });

  it('does not leave a value out by what it finds decoded in it, nor personal data beside it', async () => {
    const encoded = (clear: string) => Buffer.from(clear).toString('base64');
    for (const line of [
      `api_key = "${encoded(`acmes password ${secret}`)}"\n`,
      `password, for ${encoded('mail jane.roe@example.org, please')}\n`,
    ]) {
      const builtIn = scan(line).map(({ ruleId }) => ruleId);
      expect(builtIn).toHaveLength(1);
      const changes = { severity: 'low', pattern: 'password[ ,][ -~]{24,40}' };
      expect(await found(changes, false, line)).toEqual([...builtIn, 'wide']);
    }
  });
});

describe('usual rules', () => {
  it('on much text of keywords stay on, and cost a few steps for each code unit', async () => {
    const own = await load(
      entry('acme', '\\bacme_[a-z0-9]{24}\\b', 'acme_', 29),
      // Far longer than it need be.
      entry('acme-two', '(?i)acme-[A-Z0-9]{24}', 'acme'),
      entry('assigned', 'acme[\\w.-]{0,20}["\']?\\s{0,3}[=:]\\s{0,3}["\']?[a-f0-9]{32}', 'acme', 80),
      entry(
        'around',
        '[\\w.-]{0,20}acme[\\w.-]{0,20}["\']?\\s{0,3}[=:]\\s{0,3}["\']?[a-f0-9]{32}',
        'acme',
        80,
      ),
    );
    const text = 'const client = new AcmeClient({ acme_region: "eu", retries: 3 });\n'.repeat(5000);
    own.scanner(false)(text);
    expect(own.takeSwitchedOff()).toEqual([]);
  });
});

describe('the budget', () => {
  it('switches off the rule that spent most, not the one that came last', () => {
    const budget = new StepBudget(3);
    budget.spend(1, budget.left - 10);
    budget.spend(2, 20);
    expect([0, 1, 2].map((rule) => budget.isOff(rule))).toEqual([false, true, false]);
    expect(budget.takeSwitchedOff()).toEqual([1]);
    expect(budget.left).toBeGreaterThan(0);
  });

  it('grows with the text only', () => {
    const budget = new StepBudget(1);
    const before = budget.left;
    budget.refill(1000);
    expect(budget.left - before).toBe(64_000);
  });

  it('goes on when every rule is off', () => {
    const budget = new StepBudget(1);
    budget.spend(0, 1e9);
    expect(() => budget.spend(0, 1e9)).not.toThrow();
    expect(budget.isOff(0)).toBe(true);
  });
});

describe('a rule of the settings', () => {
  const greedy = (severity: string) => ({
    ...entry('greedy', '(?:patient|prescription)[ -~]{0,200}', 'patient', 240),
    ...{ category: 'pii', severity, confidence: 'high' },
  });
  it.each(['low', 'high', 'critical'])(
    'of %s severity takes no place of what raises the posture, built in or named by the project',
    async (severity) => {
      const own = await OwnRules.from({
        definitions: defined(greedy(severity)),
        modules: [],
        fields: ['patient_file'],
      });
      const found = own.scanner(true)(
        `patient id: x, prescription\n${'.'.repeat(300)}\npatient_file: "AB-${4071}-8213"\n`,
      );
      const ids = found.map(({ ruleId }) => ruleId);
      expect(ids).toContain('greedy');
      expect(ids).toContain('marker-health');
      expect(ids).toContain('regulated-patient-file');
    },
  );
});
