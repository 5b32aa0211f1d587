import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import schema from '../../schema/report.schema.json' with { type: 'json' };
import { main } from '../command.ts';
import { casesOf } from '../testing/cases.ts';
import { runScanner } from '../testing/run-scan.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(73);
const allow = ['memhold', 'allow'].join(':');
const temporary = () => mkdtempSync(join(tmpdir(), 'schema-'));

/** The schema, and the same with nothing beside what it names: a report has no member that it does not describe. */
const validators = [schema, withNothingElse(schema)].map((one) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  return ajv.compile(one as object);
});

/** A finding is closed where it stands, because a suppressed one has members more. */
function withNothingElse(value: unknown, isFinding = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withNothingElse(item, true));
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withNothingElse(member, key === 'finding')]),
  );
  const isOpen = !isFinding && ('required' in copy || 'allOf' in copy || copy.$ref === '#/$defs/finding');
  return isOpen ? { ...copy, unevaluatedProperties: false } : copy;
}

function faultsOf(text: string) {
  const report = JSON.parse(text);
  const faults = validators.flatMap((validate) => {
    validate(report);
    return validate.errors ?? [];
  });
  return { report, faults };
}

const scanned = async (folder: string, ...argv: string[]) =>
  faultsOf((await runScanner(folder, ['--json', ...argv])).out);

describe('the published schema holds for the report', () => {
  it('of nothing', async () => {
    const { report, faults } = await scanned(temporary());
    expect(faults).toEqual([]);
    expect([report.complete, report.veto_decision, report.findings]).toEqual([false, 'BLOCK', []]);
  });

  it('of findings of every rule, some suppressed in each way', async () => {
    const folder = temporary();
    for (const [id, { positives }] of Object.entries(casesOf))
      writeFileSync(join(folder, id), `${positives[0]!.text}\n`);
    const line = (name: string) => `${name} = "${tokens.slackBot()}"`;
    writeFileSync(join(folder, 'commented'), `${line('k')} # ${allow} slack-token -- a sample\n`);
    writeFileSync(join(folder, 'fault'), `${line('f')} # ${allow} slack-token\n`);
    writeFileSync(join(folder, 'known'), `${line('known')}\n`);
    await runScanner(folder, ['known', '--write-baseline', 'baseline.json']);
    const { report, faults } = await scanned(folder, '--baseline', 'baseline.json');
    expect(faults).toEqual([]);
    expect(report.findings.length).toBeGreaterThan(800);
    const by = report.suppressed.map((one: { suppressed_by: string }) => one.suppressed_by);
    expect(new Set(by)).toEqual(new Set(['comment', 'baseline']));
    const categories = new Set(report.findings.map(({ category }: { category: string }) => category));
    expect(categories).toEqual(new Set(['secrets', 'pii', 'suppression']));
    for (const { controls } of report.compliance)
      for (const { count, findings } of controls) expect(findings).toHaveLength(Math.min(count, 1000));
  });

  it('of many findings, of which a control names no more than a thousand', async () => {
    const folder = temporary();
    const lines = Array.from({ length: 1_100 }, (_, i) => `m = "${tokens.email(`x${i}.org`)}"`);
    writeFileSync(join(folder, 'many'), lines.join('\n'));
    const { report, faults } = await scanned(folder);
    expect(faults).toEqual([]);
    const [{ controls }] = report.compliance;
    expect(controls).toMatchObject([{ id: 'A02:2021', count: 1_100 }]);
    expect(controls[0].findings).toEqual(report.findings.slice(0, 1000).map(({ id }: { id: string }) => id));
  });

  it('of an incomplete scan, and of files that are no UTF-8', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'latin'), Buffer.from('gr\xfc\xdfe\n', 'latin1'));
    writeFileSync(join(folder, 'binary'), Buffer.alloc(100));
    const { report, faults } = await scanned(folder, '.', 'missing');
    expect(faults).toEqual([]);
    expect([report.complete, report.veto_decision, report.override_available]).toEqual([
      false,
      'BLOCK',
      false,
    ]);
    expect(report.read_as_latin1).toEqual(['latin']);
  });

  it('of rules of the user’s own', async () => {
    const folder = temporary();
    mkdirSync(join(folder, '.memhold'));
    writeFileSync(
      join(folder, '.memhold/scan.yaml'),
      'rules:\n  - id: part-number\n    title: Part number\n    severity: critical\n    keywords: [QQ-]\n    pattern: QQ-\\d{4}-ZZ\n    length: { max: 12 }\n    examples:\n      match: [QQ-0000-ZZ]\n      no_match: [QQ-1-ZZ]\n',
    );
    writeFileSync(join(folder, 'a'), 'the part QQ-7361-ZZ\n');
    const { report, faults } = await scanned(folder, 'a');
    expect(faults).toEqual([]);
    expect(report.findings).toMatchObject([{ rule_id: 'part-number', pattern: 'QQ-\\d{4}-ZZ' }]);
  });

  it('of what other tools told, which the page shows too', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'a.py'), 'import os\nos.system(name)\n');
    const result = {
      ruleId: 'B605',
      level: 'error',
      message: { text: 'Starting a process with a shell' },
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'a.py' }, region: { startLine: 2, startColumn: 1 } } },
      ],
    };
    const driver = { name: 'Bandit', version: '1.8.0', rules: [{ id: 'B605' }] };
    const sarif = { version: '2.1.0', runs: [{ tool: { driver }, results: [result] }] };
    writeFileSync(join(folder, 'bandit.sarif'), JSON.stringify(sarif));
    const argv = ['a.py', '--merge', 'bandit.sarif'];
    const { report, faults } = await scanned(folder, ...argv);
    expect(faults).toEqual([]);
    expect(report.tools).toMatchObject([{ outcome: 'merged', findings: 1 }]);
    expect(report.findings).toMatchObject([{ rule_id: 'bandit/B605', file: 'a.py', line: 2 }]);
    const { out } = await runScanner(folder, [...argv, '--format', 'html']);
    expect(out).toContain('<dt>Other tools</dt>');
    expect(out).toContain('data-rule="bandit/B605"');
    expect(out).toMatch(/href="#(rule-[\da-f]{12})"[\s\S]*<article id="\1"/);
  });

  it('of a history, and of a push', async () => {
    const folder = temporary();
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.test', ...args], { cwd: folder });
    git('init', '-q', '-b', 'main');
    writeFileSync(join(folder, 'key'), `token = ${tokens.github()}\n`);
    git('add', '-A');
    git('commit', '-q', '-m', 'first');
    const { report, faults } = await scanned(folder, '--history');
    expect(faults).toEqual([]);
    expect([report.summary.commits, report.findings[0].commit.length]).toEqual([1, 40]);

    const remote = temporary();
    execFileSync('git', ['init', '-q', '--bare', remote]);
    git('remote', 'add', 'origin', remote);
    const tip = String(git('rev-parse', 'HEAD')).trim();
    const update = `refs/heads/main ${tip} refs/heads/main ${'0'.repeat(40)}\n`;
    const code = await main(
      ['hook', 'pre-push', 'origin', remote],
      {
        tool: { name: 'memhold-scanner', version: '1.2.3' },
        folder,
        env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
        colours: false,
        stdin: async function* () {
          yield update;
        },
        out: async () => undefined,
        err: () => undefined,
        now: () => new Date(),
      },
      { node: process.execPath, script: 'memhold' },
    );
    const pushed = faultsOf(readFileSync(join(folder, '.git/memhold/last-push.json'), 'utf8'));
    expect([code, pushed.faults]).toEqual([1, []]);
    expect(pushed.report).toMatchObject({ veto_decision: 'BLOCK', override_available: false });
  });

  it('and not for one that is wrong, or has a member that nobody describes', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'key'), `token = ${tokens.github()}\n`);
    const { report } = await scanned(folder);
    for (const change of [
      { timestamp: '2026-11-21T12:00:00.000Z' },
      { veto_decision: 'MAYBE' },
      { findings: [{ ...report.findings[0], severity: 'grave' }] },
      { findings: [{ ...report.findings[0], value: 'x' }] },
      { secret: 1 },
    ])
      expect(faultsOf(JSON.stringify({ ...report, ...change })).faults, JSON.stringify(change)).not.toEqual(
        [],
      );
  });
});
