import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Fakes, run } from '../testing/run.ts';

function project(settings: object = { modules: ['.memhold/rules/a.mjs'] }) {
  const folder = mkdtempSync(join(tmpdir(), 'trust-'));
  mkdirSync(join(folder, '.memhold', 'rules'), { recursive: true });
  writeFileSync(join(folder, '.memhold', 'scan.yaml'), JSON.stringify(settings));
  writeFileSync(join(folder, '.memhold', 'rules', 'a.mjs'), 'export default [];\n');
  return folder;
}

function home() {
  const folder = mkdtempSync(join(tmpdir(), 'home-'));
  const env = { HOME: folder, XDG_CONFIG_HOME: join(folder, 'conf'), APPDATA: join(folder, 'conf') };
  const file = join(folder, process.platform === 'darwin' ? 'Library/Application Support' : 'conf');
  return {
    file: join(file, 'memhold', 'trusted-rules.json'),
    memhold: (argv: string[], fakes: Fakes = {}) => run(['trust', ...argv], { ...fakes, env }),
  };
}

const hash = /[\da-f]{64}/;

describe('memhold trust', () => {
  it('shows what would be trusted, asks, and keeps the hash for its owner alone', async () => {
    const [{ file, memhold }, folder] = [home(), project()];
    const asked: string[] = [];
    const yes = async (question: string) => {
      asked.push(question);
      return 'y';
    };
    const { code, out } = await memhold([folder], { ask: yes });
    expect([code, asked]).toEqual([0, ['Trust them? [y/N] ']]);
    expect(out).toMatch(/new +[\da-f]{64} +19 +.*a\.mjs\nThey run with your rights/);
    const { modules } = JSON.parse(readFileSync(file, 'utf8'));
    expect(modules).toMatchObject([
      { sha256: hash.exec(out)![0], path: join(folder, '.memhold/rules/a.mjs') },
    ]);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await memhold([folder])).out).toMatch(/trusted +[\da-f]{64}[\s\S]*already/);
  });

  it('shows no secret in the name of a module or a folder, in lists and messages', async () => {
    // The same in every run: what looks random enough is for other tests.
    const secret = `password=${createHash('sha256').update('a module').digest('base64url').slice(0, 20)}`;
    const { memhold } = home();
    const name = `.memhold/rules/${secret}.mjs`;
    const folder = project({ modules: [name] });
    const shown = [await memhold([folder, '--yes'])];
    writeFileSync(join(folder, name), 'export default [];\n');
    shown.push(
      await memhold([folder, '--yes']),
      await memhold(['--list']),
      await memhold([join(folder, secret)]),
    );
    shown.push(await memhold([`${folder}/${secret}/${'a'.repeat(300)}`]));
    expect(shown.map(({ code }) => code)).toEqual([2, 0, 0, 2, 2]);
    for (const { out, err } of shown) {
      expect(out + err).not.toContain(secret.slice(12));
      expect(out + err).toContain('REDACTED');
    }
  });

  it.each<[string, Fakes]>([
    ['nobody is there to ask', {}],
    ['the answer is no', { ask: async () => 'n' }],
    ['the answer is empty', { ask: async () => '' }],
  ])('changes nothing where %s', async (_name, fakes) => {
    const { memhold } = home();
    const { code, err } = await memhold([project()], fakes);
    expect([code, err]).toEqual([1, expect.stringMatching(/^Nothing was changed/)]);
    expect((await memhold(['--list'])).out).toMatch(/^Nothing is trusted/);
  });

  it('does not ask with --yes, tells a module that was changed, and keeps its new bytes alone', async () => {
    const [{ memhold }, folder] = [home(), project()];
    expect((await memhold([folder, '--yes'])).code).toBe(0);
    writeFileSync(join(folder, '.memhold', 'rules', 'a.mjs'), 'export default [1];\n');
    const { out } = await memhold([folder, '--yes']);
    expect(out).toMatch(/^changed/m);
    expect((await memhold(['--list'])).out.match(new RegExp(hash, 'g'))).toEqual([hash.exec(out)![0]]);
  });

  it('takes trust back by folder, even of changed bytes, and by hash', async () => {
    const [{ memhold }, folder] = [home(), project()];
    await memhold([folder, '--yes']);
    writeFileSync(join(folder, '.memhold', 'rules', 'a.mjs'), 'export default [2];\n');
    expect((await memhold([folder, '--remove'])).out).toBe('No longer trusted: 1.');
    await memhold([folder, '--yes']);
    const [sha256] = hash.exec((await memhold(['--list'])).out)!;
    expect((await memhold([sha256, '--remove'])).out).toBe('No longer trusted: 1.');
    expect((await memhold([sha256, '--remove'])).out).toMatch(/nothing was changed/);
  });

  it('says where there is nothing to trust', async () => {
    expect(await home().memhold([project({ exclude: [] })])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/names no modules/),
    });
  });

  it.each<[string, () => string[], RegExp]>([
    ['a folder without settings', () => [mkdtempSync(join(tmpdir(), 'trust-'))], /nothing to trust/],
    ['settings that are wrong', () => [project({ modules: ['../x.mjs'] })], /modules\[0\]/],
    [
      'a module that is not there',
      () => [project({ modules: ['.memhold/b.mjs'] })],
      /modules\[0\] is not there/,
    ],
    ['two flags that exclude each other', () => ['--list', '--remove'], /keep one/],
  ])('refuses %s with 2', async (_name, argv, message) => {
    expect(await home().memhold(argv())).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(message),
    });
  });

  it('does not believe a list that is not as it should be', async () => {
    const { file, memhold } = home();
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '{');
    expect(await memhold([project(), '--yes'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/remove it/),
    });
    expect(readFileSync(file, 'utf8')).toBe('{');
  });
});
