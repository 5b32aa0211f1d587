import { mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runJson, runScanner } from '../testing/run-scan.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(17);

function tree(configuration?: object) {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  mkdirSync(join(folder, '.memhold'));
  mkdirSync(join(folder, 'docs'));
  writeFileSync(join(folder, 'docs', 'a.md'), `token = ${tokens.github()}\n`);
  writeFileSync(join(folder, 'b.env'), `token = ${tokens.slackBot()}\n`);
  if (configuration) writeFileSync(join(folder, '.memhold', 'scan.json'), JSON.stringify(configuration));
  return folder;
}

const files = ({ report }: Awaited<ReturnType<typeof runJson>>) =>
  report.findings.map(({ file }) => file).sort();
const reason = 'samples';

describe('.memhold/scan.json', () => {
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
    const run = await runJson(tree({ allow: [entry] }), []);
    expect(files(run)).toEqual(left);
    for (const one of run.report.suppressed)
      expect(one).toMatchObject({ suppressed_by: 'allow-list', suppression_reason: reason });
  });

  it('allows by fingerprint, and no other secret at the place', async () => {
    const folder = tree();
    const { fingerprint } = (await runJson(folder, ['docs'])).report.findings[0]!;
    writeFileSync(
      join(folder, '.memhold', 'scan.json'),
      JSON.stringify({ allow: [{ fingerprint, reason }] }),
    );
    expect(files(await runJson(folder, []))).toEqual(['b.env']);
    writeFileSync(join(folder, 'docs', 'a.md'), `token = ${tokens.github()}\n`);
    expect(files(await runJson(folder, []))).toEqual(['b.env', 'docs/a.md']);
  });

  it('excludes files, which are counted', async () => {
    const { report } = await runJson(tree({ exclude: ['docs/'] }), []);
    expect(report.findings.map(({ file }) => file)).toEqual(['b.env']);
    expect(report.skipped).toMatchObject([{ file: 'docs/a.md', reason: 'excluded' }]);
  });

  it('holds from a folder inside as well, and never from deeper in what is scanned', async () => {
    const folder = tree({ allow: [{ path: 'docs/**', reason }] });
    expect(files(await runJson(join(folder, 'docs'), []))).toEqual([]);
    expect(files(await runJson(join(folder, '..'), [folder]))).toHaveLength(2);
  });

  it('does not hold with --no-suppressions', async () => {
    const folder = tree({ exclude: ['**'], allow: [{ path: '**', reason }] });
    expect(files(await runJson(folder, ['--no-suppressions']))).toHaveLength(2);
  });

  it.each([
    ['not JSON', '{'],
    ['a list', '[]'],
    ['an unknown key', '{"alow": []}'],
    ['no reason', '{"allow": [{"path": "a"}]}'],
    ['a blank reason', '{"allow": [{"path": "a", "reason": " "}]}'],
    ['everything', '{"allow": [{"reason": "because"}]}'],
    ['no date', '{"allow": [{"path": "a", "reason": "because", "until": "soon"}]}'],
    ['a number for a path', '{"exclude": [1]}'],
  ])('with %s ends with 2, and scans nothing', async (_name, text) => {
    const folder = tree();
    writeFileSync(join(folder, '.memhold', 'scan.json'), text);
    const { code, out, err } = await runScanner(folder, []);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^memhold-scanner: .*scan\.json: .+$/);
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
