import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runJson, runScanner } from '../testing/run-scan.ts';
import { makeTokens } from '../testing/tokens.ts';
import { modulesOf } from '../trust.ts';
import { readTrusted, trustFile, writeTrusted } from './trust-store.ts';

const posix = process.platform !== 'win32';
const name = '.memhold/rules/badge.mjs';
/** A module that would tell of its run, and finds `badge-` with six digits. */
const source = (ran = '', more = '') => `
${ran === '' ? '' : `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(ran)}, '');`}
export default {
  id: 'badge', title: 'Badge', severity: 'medium', keywords: ['badge-'], maximumLength: 12,
  match(text, start, end) {
    return /^\\d{6}$/.test(text.slice(end, end + 6)) ? { start, end: end + 6 } : undefined;
  },
  examples: { match: ['badge-123456'], no_match: ['badge-12'] },
  ${more}
};`;

function tree(text: string, settings: object = { modules: [`./${name}`] }) {
  const folder = mkdtempSync(join(tmpdir(), 'modules-'));
  mkdirSync(join(folder, '.memhold', 'rules'), { recursive: true });
  writeFileSync(join(folder, '.memhold', 'scan.yaml'), JSON.stringify(settings));
  writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'a'), 'my badge-123456\n');
  return folder;
}

/** As `memhold trust` does. The tests' command has the folder as its home. */
async function trust(folder: string) {
  const { modules } = await modulesOf(folder);
  const file = trustFile({ HOME: folder });
  writeTrusted(
    file,
    modules.map(({ sha256, path }) => ({ sha256, path, trustedAt: '2026-11-21T12:00:00.000Z' })),
  );
  return file;
}

describe('a rule module', () => {
  it('that is trusted runs, and its rules count', async () => {
    const folder = tree(source());
    await trust(folder);
    const { code, report } = await runJson(folder, ['a', '--fail-on', 'medium']);
    expect([code, report.findings.map(({ rule_id, column }) => [rule_id, column])]).toEqual([
      1,
      [['badge', 4]],
    ]);
    expect(await runScanner(folder, ['--check-rules'])).toMatchObject({ code: 0 });
  });

  it('does not report its own examples, and what others find in it counts', async () => {
    const secret = makeTokens(812).github();
    const folder = tree(`${source()} // ${secret}`);
    await trust(folder);
    const { report } = await runJson(folder, [name]);
    expect(report.findings.map(({ rule_id }) => rule_id)).toEqual(['github-token']);
    expect(report.suppressed).toMatchObject([{ rule_id: 'badge', suppressed_by: 'allow-list' }]);
  });

  it('that nobody trusted never runs, and the scan says so and is incomplete', async () => {
    const ran = join(mkdtempSync(join(tmpdir(), 'modules-')), 'ran');
    const folder = tree(source(ran));
    for (const argv of [['a'], ['a', '--no-suppressions'], ['--check-rules']]) {
      const { code, out } = await runScanner(folder, argv);
      expect([argv, code]).toEqual([argv, 2]);
      expect(out).toMatch(/badge\.mjs: .*nobody trusted/);
    }
    const { report } = await runJson(folder, ['a']);
    expect(report).toMatchObject({ complete: false, findings: [] });
    expect(report.skipped).toMatchObject([{ file: name, reason: 'untrusted-rules', incomplete: true }]);
    expect(() => chmodSync(ran, 0o600)).toThrow(/ENOENT/);
  });

  it('that was changed after it was trusted does not run', async () => {
    const folder = tree(source());
    await trust(folder);
    writeFileSync(join(folder, name), `${source()} `);
    expect((await runJson(folder, ['a'])).report).toMatchObject({ complete: false, findings: [] });
  });

  it('has the trust of its bytes, wherever they lie', async () => {
    const [first, second] = [tree(source()), tree(source())];
    await trust(first);
    writeTrusted(trustFile({ HOME: second }), readTrusted(trustFile({ HOME: first })));
    expect((await runJson(second, ['a'])).report.findings).toHaveLength(1);
  });

  it.each([
    ['relatively', "import './other.mjs';"],
    ['by a bare name', "import 'yaml';"],
    ['later', "await import('./other.mjs');"],
  ])('cannot import a file %s: its hash would not cover that', async (_name, line) => {
    const folder = tree(`${line}\n${source()}`);
    writeFileSync(join(folder, '.memhold', 'rules', 'other.mjs'), 'export default 1;');
    await trust(folder);
    const { code, out, err } = await runScanner(folder, ['a']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/badge\.mjs cannot be loaded .* modules of Node/);
  });

  it.each([
    ['no default export', 'export const rule = 1;', /must be an object/],
    ['a mistake in its syntax', 'export default {', /cannot be loaded \(SyntaxError/],
    ['no function', source().replace('match(', 'mtach('), /unknown key/],
    ['the id of a rule that is built in', source('', "id: 'github-token',"), /built in/],
    ['no examples', source('', 'examples: undefined,'), /examples/],
    ['a length without end', source('', 'maximumLength: 1e6,'), /maximumLength/],
    ['a title that steers a terminal', source('', "title: 'a\\u001b[2K',"), /title .* one line/],
    ['a step over two lines', source('', "remediation: ['a\\nb'],"), /remediation\[0\] .* one line/],
    ['no verdict function', source('', "validate: 'luhn',"), /validate must be a function/],
  ])('with %s ends the scan with 2', async (_name, text, message) => {
    const folder = tree(text);
    await trust(folder);
    expect(await runScanner(folder, ['a'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(message),
    });
  });

  it.each([
    ['throws', "match() { throw new Error('secret'); },"],
    ['gives a place outside the text', 'match: (text) => ({ start: 0, end: text.length + 1 }),'],
    ['gives no place', 'match: () => true,'],
    ['gives an empty place', 'match: (_, start) => ({ start, end: start }),'],
    ['gives no verdict', 'validate: () => true,'],
  ])('whose rule %s leaves the file counted as not scanned', async (_name, more) => {
    const folder = tree(source('', more));
    await trust(folder);
    // In the name as well: the report must come all the same.
    writeFileSync(join(folder, 'badge-654321'), 'words');
    const { code, report } = await runJson(folder, ['a', 'badge-654321']);
    expect([code, report.skipped.map(({ reason }) => reason)]).toEqual([2, ['failed']]);
    const checked = await runScanner(folder, ['--check-rules']);
    expect([checked.code, checked.out.includes('FAIL  badge: match[0] makes the rule throw')]).toEqual([
      1,
      true,
    ]);
  });

  it('lies behind no link, and is no larger than it may be', async () => {
    const linked = tree(source());
    const other = tree(source());
    mkdirSync(join(linked, 'deep'));
    if (posix) {
      symlinkSync(join(other, '.memhold', 'rules'), join(linked, 'deep', 'rules'));
      const settings = { modules: ['deep/rules/badge.mjs'] };
      writeFileSync(join(linked, '.memhold', 'scan.yaml'), JSON.stringify(settings));
      await expect(modulesOf(linked)).rejects.toThrow(/modules\[0\] lies behind a symbolic link/);
    }
    await expect(modulesOf(tree(`${source()}${' '.repeat(256_000)}`))).rejects.toThrow(
      /more than 256000 bytes/,
    );
  });

  it('with the id of another rule ends the scan with 2', async () => {
    const rule = {
      ...{
        id: 'badge',
        title: 'Badge',
        severity: 'low',
        keywords: ['badge'],
        pattern: 'badge',
        length: { max: 9 },
      },
      examples: { match: ['badge'], no_match: ['x'] },
    };
    const folder = tree(source(), { modules: [name], rules: [rule] });
    await trust(folder);
    expect(await runScanner(folder, ['a'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/two rules.*badge/),
    });
  });
});

describe('the list of what is trusted', () => {
  it('is its owner’s alone, and outside of the tree', async () => {
    const file = trustFile({ HOME: '/home/ada', XDG_CONFIG_HOME: '/home/ada/.conf' });
    if (process.platform === 'linux') {
      expect(file).toBe('/home/ada/.conf/memhold/trusted-rules.json');
      // A relative one would lead into whatever folder is scanned.
      expect(trustFile({ HOME: '/home/ada', XDG_CONFIG_HOME: '.' })).toBe(
        '/home/ada/.config/memhold/trusted-rules.json',
      );
    }
  });

  it('is not looked for below a home that would lead into the tree', async () => {
    for (const HOME of ['.', 'conf/../', './home'])
      expect(() => trustFile({ HOME })).toThrow(/HOME is no absolute path/);
    const folder = tree(source());
    const { code, out, err } = await runScanner(folder, ['a'], [], { env: { HOME: '.' } });
    expect([code, out, err]).toEqual([2, '', expect.stringContaining('HOME is no absolute path')]);
  });

  it.runIf(posix).each<[string, (file: string) => void, RegExp]>([
    ['can be written by others', (file) => chmodSync(file, 0o666), /written by others/],
    ['is no JSON', (file) => writeFileSync(file, '{'), /form/],
    ['has an entry that is no hash', (file) => writeFileSync(file, '{"version":1,"modules":[{}]}'), /form/],
    ['is of another version', (file) => writeFileSync(file, '{"version":2,"modules":[]}'), /form/],
  ])('that %s is not believed', async (_name, spoil, message) => {
    const folder = tree(source());
    spoil(await trust(folder));
    expect(await runScanner(folder, ['a'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(message),
    });
  });

  it.runIf(posix)('is not read through a link', () => {
    const folder = mkdtempSync(join(tmpdir(), 'modules-'));
    writeTrusted(join(folder, 'real'), []);
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    expect(() => readTrusted(join(folder, 'link'))).toThrow(/no regular file/);
  });
});
