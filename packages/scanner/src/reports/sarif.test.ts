import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { makeZip } from '../testing/archives.ts';
import { casesOf } from '../testing/cases.ts';
import { runScanner } from '../testing/run-scan.ts';
import schema from '../testing/sarif-schema-2.1.0.json' with { type: 'json' };
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(72);
const allow = ['memhold', 'allow'].join(':');

function temporary() {
  return mkdtempSync(join(tmpdir(), 'sarif-'));
}

/** OASIS schema of SARIF 2.1.0 with errata 01. It is of draft 4, of which it uses nothing that draft 7 does not have. */
const { $schema: _, id: __, ...draft7 } = schema;
const ajv = new Ajv({ strict: false, allErrors: true });
(addFormats as unknown as (ajv: Ajv) => void)(ajv);
const validate = ajv.compile(draft7);

async function faultsOf(folder: string, ...argv: string[]) {
  const { out } = await runScanner(folder, ['--format', 'sarif', ...argv]);
  const report = JSON.parse(out);
  validate(report);
  return { report, faults: validate.errors ?? [] };
}

describe('the schema of SARIF holds for the report', () => {
  it('of nothing at all', async () => {
    expect((await faultsOf(temporary())).faults).toEqual([]);
  });

  it('of findings of every rule, some suppressed', async () => {
    const folder = temporary();
    for (const [id, { positives }] of Object.entries(casesOf))
      writeFileSync(join(folder, id), `${positives[0]!.text}\n`);
    const key = `k = "${tokens.slackBot()}" # ${allow} slack-token`;
    writeFileSync(join(folder, 'suppressed'), `${key} -- a sample\n`);
    writeFileSync(join(folder, 'fault'), `${key}\n`);
    const { report, faults } = await faultsOf(folder);
    expect(faults).toEqual([]);
    const ruleIds = new Set(report.runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId));
    expect(ruleIds.size).toBeGreaterThan(Object.keys(casesOf).length * 0.9);
  });

  it('of what was left out, with names of every kind', async () => {
    const folder = temporary();
    for (const name of ['a b#%?.env', 'ü\ud800', '-', 'c:d', 'x\\y', 'new\nline'])
      writeFileSync(join(folder, name), `token = ${tokens.github()}\n`);
    mkdirSync(join(folder, 'sub'));
    symlinkSync('..', join(folder, 'sub', 'up'));
    writeFileSync(join(folder, 'cut.zip'), makeZip([{ name: 'a', content: 'b' }]).subarray(0, -3));
    writeFileSync(join(folder, 'large'), 'words '.repeat(5000));
    writeFileSync(join(folder, 'binary'), Buffer.alloc(100));
    const { report, faults } = await faultsOf(folder, '.', 'missing', '/missing', '--max-size', '0.02');
    expect(faults).toEqual([]);
    expect(report.runs[0].invocations[0].toolExecutionNotifications.length).toBeGreaterThan(4);
  });

  it('of a history', async () => {
    const folder = temporary();
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.test', ...args], { cwd: folder });
    git('init', '-q');
    writeFileSync(join(folder, 'key'), `token = ${tokens.github()}\npassword = "${tokens.body(14)}"\n`);
    git('add', '-A');
    git('commit', '-q', '-m', 'first');
    const { report, faults } = await faultsOf(folder, '--history');
    expect(faults).toEqual([]);
    expect(report.runs[0].results[0].properties.commit).toMatch(/^[\da-f]{40}$/);
  });

  it('and not for one that is wrong', async () => {
    const { report } = await faultsOf(temporary());
    report.runs[0].results = [{ level: 'severe' }];
    expect(validate(report)).toBe(false);
  });
});

describe('what GitHub’s code scanning asks for', () => {
  it('holds for more findings than it takes, of which the gravest are kept', async () => {
    const folder = temporary();
    for (let file = 0; file < 3; file++) {
      const lines = Array.from({ length: 8_500 }, (_, i) => `m = "${tokens.email(`d${file}x${i}.org`)}"`);
      writeFileSync(join(folder, `${file}.txt`), lines.join('\n'));
    }
    const twice = `token = ${tokens.github()}\n`;
    writeFileSync(join(folder, 'z.env'), twice.repeat(2));
    const { out } = await runScanner(folder, ['--format', 'sarif']);
    const report = JSON.parse(out);
    const [{ results, tool, invocations }] = report.runs;
    expect([report.runs.length, results.length]).toEqual([1, 25_000]);
    expect(results.slice(0, 2).map(({ level }: { level: string }) => level)).toEqual(['error', 'error']);
    expect(invocations[0].toolExecutionNotifications).toMatchObject([
      { level: 'warning', message: { text: expect.stringMatching(/^502 findings are not in this file/) } },
    ]);
    const hashes = results.map(
      (result: { partialFingerprints: Record<string, string> }) =>
        result.partialFingerprints.primaryLocationLineHash,
    );
    expect(new Set(hashes).size).toBe(25_000);
    for (const { properties, shortDescription, fullDescription } of tool.driver.rules) {
      expect(properties.tags.length).toBeLessThanOrEqual(20);
      expect(shortDescription.text.length).toBeLessThanOrEqual(1024);
      expect(fullDescription.text.length).toBeLessThanOrEqual(1024);
    }
    expect(gzipSync(out).length).toBeLessThan(10_000_000);
  });

  it('is a fingerprint that survives a move of the line', async () => {
    const folder = temporary();
    const line = `token = ${tokens.github()}\n`;
    const hashes = async (text: string) => {
      writeFileSync(join(folder, 'a.env'), text);
      const { report } = await faultsOf(folder);
      return report.runs[0].results.map(
        (result: { partialFingerprints: Record<string, string> }) =>
          result.partialFingerprints.primaryLocationLineHash,
      );
    };
    expect(await hashes(`# moved\n\n${line}`)).toEqual(await hashes(line));
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

  it('makes no image, link or markup of the words of an own rule, and stays valid whatever it refers to', async () => {
    const folder = temporary();
    const image = '![x](https://host.test/x.png) <img>';
    const kept = 'https://host.test/a_(b)?c=%20#d';
    const rule = {
      ...{ id: 'hostile', title: image, severity: 'high', keywords: ['QQ-'], pattern: 'QQ-\\d{4}-ZZ' },
      ...{
        length: { max: 12 },
        remediation: [image],
        examples: { match: ['QQ-0000-ZZ'], no_match: ['QQ-1'] },
      },
      references: ['https://host.test/a"b c', `https://host.test/>${image}`, 'https://host.test/%zz', kept],
    };
    mkdirSync(join(folder, '.memhold'));
    writeFileSync(join(folder, '.memhold/scan.yaml'), JSON.stringify({ rules: [rule] }));
    writeFileSync(join(folder, 'part'), 'QQ-7361-ZZ\n');
    const { out } = await runScanner(folder, ['--format', 'sarif']);
    const [{ tool, results }] = JSON.parse(out).runs;
    const [{ help, helpUri }] = tool.driver.rules;
    expect(helpUri).toBe(kept);
    expect(help.markdown.replace(`<${kept}>`, '')).not.toMatch(/!\[|\]\(|<|:\/\//);
    expect(results.length).toBeGreaterThan(0);
    expect(out.replaceAll('\\\\](', '')).not.toContain('](');
  });
});
