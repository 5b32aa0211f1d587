import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTrustedOwner } from '../command/settings-files.ts';
import { runJson, runScanner } from '../testing/run-scan.ts';
import { makeTokens } from '../testing/tokens.ts';
import { InvalidConfiguration, parseSettings } from './configuration.ts';

const tokens = makeTokens(17);

function tree(configuration?: object, name = 'scan.json') {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  mkdirSync(join(folder, '.memhold'));
  mkdirSync(join(folder, 'docs'));
  writeFileSync(join(folder, 'docs', 'a.md'), `token = ${tokens.github()}\n`);
  writeFileSync(join(folder, 'b.env'), `token = ${tokens.slackBot()}\n`);
  if (configuration) writeFileSync(join(folder, '.memhold', name), JSON.stringify(configuration));
  return folder;
}

const files = ({ report }: Awaited<ReturnType<typeof runJson>>) =>
  report.findings.map(({ file }) => file).sort();
const reason = 'samples';

describe.each(['scan.json', 'scan.yaml'])('.memhold/%s', (name) => {
  it.each([
    ['by path', { path: 'docs/**', reason }, ['b.env']],
    ['by name in every folder', { path: '*.md', reason }, ['b.env']],
    ['by rule', { rule: 'slack-token', reason }, ['docs/a.md']],
    [
      'by path and rule, which both must hold',
      { path: 'docs/', rule: 'slack-token', reason },
      ['b.env', 'docs/a.md'],
    ],
    ['until a day to come', { path: 'docs/', reason, until: '2026-11-21' }, ['b.env']],
    ['until a day that has passed', { path: 'docs/', reason, until: '2026-11-20' }, ['b.env', 'docs/a.md']],
  ])('allows %s', async (_name, entry, left) => {
    const run = await runJson(tree({ allow: [entry] }, name), []);
    expect(files(run)).toEqual(left);
    for (const one of run.report.suppressed)
      expect(one).toMatchObject({ suppressed_by: 'allow-list', suppression_reason: reason });
  });

  it('allows by fingerprint, and no other secret at the place', async () => {
    const folder = tree();
    const { fingerprint } = (await runJson(folder, ['docs'])).report.findings[0]!;
    writeFileSync(join(folder, '.memhold', name), JSON.stringify({ allow: [{ fingerprint, reason }] }));
    expect(files(await runJson(folder, []))).toEqual(['b.env']);
    writeFileSync(join(folder, 'docs', 'a.md'), `token = ${tokens.github()}\n`);
    expect(files(await runJson(folder, []))).toEqual(['b.env', 'docs/a.md']);
  });

  it('excludes files, which are counted', async () => {
    const { report } = await runJson(tree({ exclude: ['docs/'] }, name), []);
    expect(report.findings.map(({ file }) => file)).toEqual(['b.env']);
    expect(report.skipped).toMatchObject([{ file: 'docs/a.md', reason: 'excluded' }]);
  });

  it('holds from a folder inside as well, and never from deeper in what is scanned', async () => {
    const folder = tree({ allow: [{ path: 'docs/**', reason }] }, name);
    // Outside of a repository anybody may have put it above.
    expect(files(await runJson(join(folder, 'docs'), []))).toHaveLength(1);
    mkdirSync(join(folder, '.git'));
    expect(files(await runJson(join(folder, 'docs'), []))).toEqual([]);
    expect(files(await runJson(join(folder, '..'), [folder]))).toHaveLength(2);
  });

  it('does not hold with --no-suppressions', async () => {
    const folder = tree({ exclude: ['**'], allow: [{ path: '**', reason }] }, name);
    expect(files(await runJson(folder, ['--no-suppressions']))).toHaveLength(2);
  });

  it.each(['\\u202e', '\\u200b', '\\u2028', '\\u0007'])(
    'refuse a module with %s in its name',
    async (hidden) => {
      const settings = parseSettings(`{"modules": ["a${hidden}sjm.mjs"]}`, 'json');
      await expect(settings).rejects.toThrow(/modules\[0\] must be a \.mjs file/);
    },
  );

  it.each([
    ['neither JSON nor YAML', '{'],
    ['a list', '[]'],
    ['an unknown key', '{"alow": []}'],
    ['no reason', '{"allow": [{"path": "a"}]}'],
    ['a blank reason', '{"allow": [{"path": "a", "reason": " "}]}'],
    ['everything', '{"allow": [{"reason": "because"}]}'],
    ['no date', '{"allow": [{"path": "a", "reason": "because", "until": "soon"}]}'],
    ['a number for a path', '{"exclude": [1]}'],
    ['no settings', 'null'],
    ['a module elsewhere', '{"modules": ["../evil.mjs"]}'],
    ['a module at an absolute path', '{"modules": ["/tmp/evil.mjs"]}'],
    ['a module that is none', '{"modules": ["rules.wasm"]}'],
    ['a module that is not there', '{"modules": [".memhold/missing.mjs"]}'],
  ])('with %s ends with 2, and scans nothing', async (_name, text) => {
    const folder = tree();
    writeFileSync(join(folder, '.memhold', name), text);
    const { code, out, err } = await runScanner(folder, []);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^memhold-scanner: .*scan\.(?:json|yaml): .+$/);
  });
});

describe('settings in YAML', () => {
  const written = (text: string) => {
    const folder = tree();
    writeFileSync(join(folder, '.memhold', 'scan.yaml'), text);
    return folder;
  };

  it('may have comments, block lists and dates without quotes', async () => {
    const text = '# ours\nallow:\n  - path: docs/\n    reason: samples\n    until: 2026-11-21\n';
    expect(files(await runJson(written(text), []))).toEqual(['b.env']);
  });

  it.each([
    ['two documents', 'exclude: []\n---\nexclude: [docs/]', /MULTIPLE_DOCS/],
    ['a key twice', 'exclude: []\nexclude: [docs/]', /key twice at line 2, column 1/],
    ['a key twice further in', 'allow: [{path: a, path: b, reason: c}]', /key twice/],
    ['an anchor', 'exclude: &a []', /anchor/],
    ['an alias', 'exclude: *a', /YAML|alias/],
    ['aliases that multiply', `a: &a [x]\n${'b: [*a, *a]\n'.repeat(9)}`, /anchor|twice/],
    ['a tag of the schema', 'exclude: !!set {docs}', /tag/],
    ['a tag of another language', 'exclude: !!js/function "x"', /TAG_RESOLVE_FAILED/],
    ['a merge key', '<<: {exclude: []}', /unknown key/],
    ['a prototype', '__proto__: {exclude: []}', /unknown key/],
    ['nothing but a comment', '# later', /empty/],
    ['a tab', 'allow:\n\t- path: a', /line 2/],
    ['depth without end', '['.repeat(2000), /no YAML|nested/],
    ['too much', `exclude: []\n${'#'.repeat(128_000)}`, /more than 128000/],
  ])('with %s end with 2, and say where', async (_name, text, message) => {
    const { code, out, err } = await runScanner(written(text), []);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });

  it('cost time by their length, not by its square', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => `k${i}: 1`).join('\n');
    const cost = async (count: number) => {
      const started = process.cpuUsage().user;
      await runScanner(written(many(count)), []);
      return process.cpuUsage().user - started;
    };
    await cost(1000);
    // With the library's own comparison of keys it is above 20.
    expect((await cost(10_000)) / (await cost(2000))).toBeLessThan(15);
  });

  it('never quote what they hold', async () => {
    const secret = tokens.github();
    for (const text of [
      `exclude: [${secret}\n`,
      `${secret}: 1`,
      `allow: [{path: ${secret}}]`,
      `rules: ${secret}`,
    ]) {
      const { code, err } = await runScanner(written(text), []);
      expect([code, err.includes(secret.slice(10))]).toEqual([2, false]);
    }
  });
});

describe('any text', () => {
  const whole = {
    id: 'acme-key',
    title: 'Acme',
    severity: 'high',
    keywords: ['acme_'],
    pattern: 'acme_([a-z]{4})',
    group: 1,
    length: { max: 20 },
    validators: ['random', { entropy: 2 }],
    examples: { match: ['a'], no_match: ['b'] },
  };
  const part = fc.constantFrom(
    ...Object.keys(whole),
    'exclude',
    'allow',
    'rules',
    'modules',
    'until',
    'reason',
  );
  const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.dictionary(part, fc.jsonValue({ maxDepth: 2 })));
  const spoilt = fc.tuple(part, value).map(([key, one]) => ({ ...whole, [key]: one }));
  const settings = fc.oneof(
    value,
    fc.record({ rules: fc.array(fc.oneof(fc.constant(whole), spoilt), { maxLength: 3 }) }),
    fc.record({ exclude: value, allow: fc.array(value), modules: fc.array(value) }, { requiredKeys: [] }),
  );
  const refused = (error: unknown) => expect(error).toBeInstanceOf(InvalidConfiguration);

  it('is parsed, or refused with words', async () => {
    let parsed = 0;
    await fc.assert(
      fc.asyncProperty(settings, fc.constantFrom('yaml' as const, 'json' as const), async (one, format) => {
        await parseSettings(JSON.stringify(one), format).then(() => parsed++, refused);
      }),
      { numRuns: 600 },
    );
    expect(parsed).toBeGreaterThan(20);
  });

  it('of YAML’s own signs is parsed, or refused with words', async () => {
    const sign = fc.constantFrom(
      ...'-?:,[]{}#&*!|>\'"%@` \n\tab01~<='.split(''),
      'rules:',
      '\n  ',
      '- ',
      '---\n',
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: sign, maxLength: 60 }), async (text) => {
        await parseSettings(text, 'yaml').catch(refused);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('the folder of the settings', () => {
  it('holds one of the two files, and no third spelling', async () => {
    const both = tree({});
    writeFileSync(join(both, '.memhold', 'scan.yaml'), 'exclude: []');
    expect(await runScanner(both, [])).toMatchObject({ code: 2, err: expect.stringMatching(/remove/) });
    const third = tree({}, 'scan.yml');
    expect(await runScanner(third, [])).toMatchObject({ code: 2, err: expect.stringMatching(/rename/) });
  });

  it('is no link, and neither are its files', async () => {
    const elsewhere = tree({ exclude: ['**'] });
    const linked = mkdtempSync(join(tmpdir(), 'config-'));
    symlinkSync(join(elsewhere, '.memhold'), join(linked, '.memhold'));
    expect(await runScanner(linked, [])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/symbolic link/),
    });
    const file = tree();
    symlinkSync(join(elsewhere, '.memhold', 'scan.json'), join(file, '.memhold', 'scan.json'));
    expect(await runScanner(file, [])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/symbolic link/),
    });
    const folder = tree();
    mkdirSync(join(folder, '.memhold', 'scan.yaml'));
    expect((await runScanner(folder, [])).code).toBe(2);
  });
});

describe('a baseline', () => {
  it('knows findings wherever they move, and no new ones', async () => {
    const folder = tree();
    const written = await runScanner(folder, ['--write-baseline', 'known.json']);
    expect(written.code).toBe(0);
    expect((await runScanner(folder, ['--baseline', 'known.json'])).code).toBe(0);
    const content = readFileSync(join(folder, 'docs', 'a.md'), 'utf8');
    writeFileSync(join(folder, 'docs', 'a.md'), `\n\n  ${content}`);
    renameSync(join(folder, 'docs', 'a.md'), join(folder, 'moved.md'));
    const moved = await runJson(folder, ['--baseline', 'known.json']);
    expect([moved.code, moved.report.summary.suppressed]).toEqual([0, 2]);
    writeFileSync(join(folder, 'moved.md'), `${content}token = ${tokens.github()}\n`);
    const grown = await runJson(folder, ['--baseline', 'known.json']);
    expect([grown.code, files(grown)]).toEqual([1, ['moved.md']]);
  });

  it('keeps what it knew when it is written again', async () => {
    const folder = tree();
    await runScanner(folder, ['--write-baseline', 'known.json']);
    const before = readFileSync(join(folder, 'known.json'), 'utf8');
    await runScanner(folder, ['--baseline', 'known.json', '--write-baseline', 'known.json']);
    expect(readFileSync(join(folder, 'known.json'), 'utf8')).toBe(before);
  });

  it('is no finding itself', async () => {
    const folder = tree();
    await runScanner(folder, ['--write-baseline', 'known.json']);
    expect(files(await runJson(folder, ['known.json']))).toEqual([]);
  });

  it.each([
    ['missing', undefined],
    ['no JSON', '{'],
    ['another file', '{"version": 2}'],
    ['holed', '{"version": 1, "findings": [{}]}'],
  ])('that is %s ends with 2', async (_name, text) => {
    const folder = tree();
    if (text !== undefined) writeFileSync(join(folder, 'known.json'), text);
    expect((await runScanner(folder, ['--baseline', 'known.json'])).code).toBe(2);
  });
});

describe('settings that somebody else wrote', () => {
  it('hold only in a folder of theirs', () => {
    const [root, self, other] = [0, 1000, 1001];
    const believed = [root, self, other].map((owner) => isTrustedOwner(owner, self, self));
    expect(believed).toEqual([true, true, false]);
    expect([isTrustedOwner(other, other, root), isTrustedOwner(other, root, root)]).toEqual([true, false]);
    expect(isTrustedOwner(0, 0, undefined)).toBe(true);
  });

  it.skipIf(process.getuid?.() !== 0)('end the scan with 2 elsewhere', async () => {
    const folder = tree({ exclude: ['**'] });
    chownSync(join(folder, '.memhold', 'scan.json'), 1001, 1001);
    const { code, out, err } = await runScanner(folder, []);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/scan\.json belongs to another user: .*--config/);
    expect((await runScanner(folder, ['--config', '.memhold/scan.json', '--allow-empty'])).code).toBe(0);
  });
});
