import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditsOf } from '../checklist/repository/audits.ts';
import { fakeProgram } from '../testing/fake-program.ts';
import { npmProject, npmRegistry } from '../testing/npm-registry.ts';
import { updateDependencies } from './dependency-updates.ts';
import { harmlessNpmSettings } from './hostile-settings.ts';

let root: string;
let folder: string;
let registry: Awaited<ReturnType<typeof npmRegistry>>;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'updates-'));
  folder = join(root, 'shop');
  mkdirSync(folder);
  git('init', '-q', '-b', 'main');
  const versions = ['1.0.0', '1.4.0', '2.0.0'];
  registry = await npmRegistry({ tiny: versions, other: versions }, { tiny: '1.4.0' });
});
afterEach(async () => {
  await registry.close();
  rmSync(root, { recursive: true, force: true });
});

const identity = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@b.c',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@b.c',
};
const env = (more: Record<string, string> = {}) => ({
  ...{ PATH: process.env.PATH, HOME: join(root, 'home'), GIT_CONFIG_NOSYSTEM: '1', ...identity },
  ...{ npm_config_registry: registry.url, npm_config_cache: join(root, 'cache'), ...more },
});
const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: folder, env: { ...process.env, ...identity }, stdio: 'pipe' }).toString();
function project(): void {
  const { manifest, lock } = npmProject({ tiny: ['^1.0.0', '1.0.0'], other: ['1.0.0', '1.0.0'] });
  write('package.json', manifest);
  write('package-lock.json', lock);
}
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
function commit(): void {
  git('add', '-A');
  git('-c', 'core.hooksPath=/dev/null', 'commit', '-qm', 'one');
}
const update = (more?: Record<string, string>) =>
  updateDependencies({ folder, env: env(more), now: new Date('2026-11-22T03:00:00Z') });

describe('safe updates of dependencies', () => {
  it('come on a branch of their own, within the range, and touch nothing else', async () => {
    project();
    commit();
    write('staged.txt', 'staged');
    git('add', 'staged.txt');
    write('package.json', '{}');
    // A branch of that name is there: nothing is ever written over.
    git('branch', 'memhold/dependency-updates-2026-11-22');
    const before = [git('status', '--porcelain'), git('rev-parse', 'HEAD'), git('diff', '--cached')];
    const made = await update();
    expect(made).toMatchObject({
      branch: 'memhold/dependency-updates-2026-11-22-2',
      changes: ['package-lock.json: tiny 1.0.0 → 1.4.0'],
      problems: [],
    });
    expect([git('status', '--porcelain'), git('rev-parse', 'HEAD'), git('diff', '--cached')]).toEqual(before);
    expect(git('diff', '--name-only', `main..${made.branch}`)).toBe('package-lock.json\n');
    expect(git('symbolic-ref', 'HEAD')).toBe('refs/heads/main\n');
    expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);
    const lock = JSON.parse(git('show', `${made.branch}:package-lock.json`));
    expect(lock.packages['node_modules/tiny'].version).toBe('1.4.0');
  });

  it('are none where everything is as new as it may be', async () => {
    const { manifest, lock } = npmProject({ tiny: ['^1.0.0', '1.4.0'] });
    write('package.json', manifest);
    write('package-lock.json', lock);
    commit();
    expect(await update()).toMatchObject({ branch: undefined, changes: [], problems: [] });
    expect(git('branch', '--list', 'memhold/*')).toBe('');
  });

  it('run no scripts, hooks or programs that the repository names', async () => {
    project();
    const owned = join(root, 'owned');
    write(
      '.npmrc',
      `script-shell=${root}/evil\ngit=${root}/evil\nignore-scripts=false\nsave=true\nforce=true\n`,
    );
    writeFileSync(join(root, 'evil'), `#!/bin/sh\ntouch '${owned}'\n`, { mode: 0o755 });
    write(
      'package.json',
      npmProject({ tiny: ['^1.0.0', '1.0.0'] }).manifest.replace(
        '{',
        `{"scripts":{"preinstall":"touch '${owned}'","postinstall":"touch '${owned}'"},`,
      ),
    );
    commit();
    for (const hook of ['post-checkout', 'pre-commit', 'commit-msg', 'post-commit'])
      fakeProgram(join(folder, '.git/hooks'), hook, `touch '${owned}'; exit 1`);
    for (const program of ['npm', 'git', 'node'])
      fakeProgram(join(folder, 'node_modules/.bin'), program, `touch '${owned}'`);
    const hostile = { PATH: `${join(folder, 'node_modules/.bin')}:${process.env.PATH}` };
    const made = await update(hostile);
    expect(existsSync(owned)).toBe(false);
    expect(made.changes.length + made.problems.length).toBeGreaterThan(0);
    // Of a dependency in git npm asks git, and not the program that the repository calls so.
    write('package.json', npmProject({ far: ['git+file:///nowhere/far.git', '1.0.0'] }).manifest);
    commit();
    expect((await update(hostile)).problems.join()).toMatch(/npm update failed/);
    expect(existsSync(owned)).toBe(false);
    if (made.branch) expect(git('show', '--name-only', '--format=', made.branch)).toBe('package-lock.json\n');
  });

  it.each([
    [
      'fails',
      'echo "npm error code E500" >&2; echo "npm error the registry is ill" >&2; exit 1',
      /the registry is ill/,
    ],
    ['changes other files', 'echo x > README.md; exit 0', /more than lock files changed: README.md/],
    ['leaves a broken lock file', 'echo "{" > package-lock.json; exit 0', /no lock file that can be read/],
  ])('are not committed where npm %s', async (_, script, problem) => {
    project();
    commit();
    const bin = fakeProgram(join(root, 'bin'), 'npm', script);
    const made = await update({ PATH: `${bin}:/usr/bin:/bin` });
    expect(made.branch).toBeUndefined();
    expect(made.problems.join()).toMatch(problem);
    expect(git('branch', '--list', 'memhold/*')).toBe('');
    expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);
  });

  it('of Python come from pip-compile where a .in file says what is wanted, and nothing is built', async () => {
    write('requirements.in', 'flask>=1\n');
    write('requirements.txt', 'flask==1.0.0\n');
    write('requirements-dev.txt', 'pytest==1.0.0\n');
    commit();
    const log = join(root, 'log');
    const bin = fakeProgram(
      join(root, 'bin'),
      'pip-compile',
      `echo "$*" > '${log}'; echo "flask==1.0.4" > requirements.txt`,
    );
    const made = await update({ PATH: `${bin}:/usr/bin:/bin` });
    expect(made).toMatchObject({
      changes: ['requirements.txt: flask 1.0.0 → 1.0.4'],
      left: ['requirements-dev.txt: there is no requirements-dev.in that says what is wanted'],
    });
    expect(readFileSync(log, 'utf8')).toContain('--pip-args --only-binary=:all:');
  });
});

describe('a hostile repository whose dependencies are updated', () => {
  it('has no program of a filter run by git', async () => {
    project();
    write('.gitattributes', '* filter=evil\n');
    commit();
    const owned = join(root, 'owned');
    for (const kind of ['clean', 'smudge', 'process'])
      git('config', `filter.evil.${kind}`, `touch '${owned}'; cat`);
    git('config', 'filter.evil.required', 'true');
    expect(await update()).toMatchObject({ changes: ['package-lock.json: tiny 1.0.0 → 1.4.0'] });
    expect(existsSync(owned)).toBe(false);
  });

  it('has nothing written through links', async () => {
    const victim = join(root, 'victim');
    writeFileSync(victim, 'mine');
    write('package.json', npmProject({ tiny: ['^1.0.0', '1.0.0'] }).manifest);
    write('requirements.in', 'flask\n');
    for (const name of ['package-lock.json', 'requirements.txt']) symlinkSync(victim, join(folder, name));
    commit();
    const bin = fakeProgram(join(root, 'bin'), 'pip-compile', 'echo "flask==1.0.4" > requirements.txt');
    await update({ PATH: `${bin}:${process.env.PATH}` });
    expect(readFileSync(victim, 'utf8')).toBe('mine');
  });

  it.each([
    './evil',
    'evil @ git+https://example.org/evil',
    '-e .',
    '--index-url https://example.org/',
    'flask --config-settings=a=b',
    '-r /etc/passwd',
    'flask==$HOME',
    'fl\\\nask',
    'file:evil',
  ])('has no code of the Python requirement %j built, and no other index asked', async (line) => {
    write('requirements.in', `# what is wanted\nrequests>=2 # all\n${line}\n`);
    write('requirements.txt', 'requests==2.0.0\n');
    commit();
    const bin = fakeProgram(join(root, 'bin'), 'pip-compile', `touch '${root}/asked'`);
    const made = await update({ PATH: `${bin}:/usr/bin:/bin` });
    expect(made.left.join()).toMatch(/requirements.in has more than names and versions/);
    expect(existsSync(join(root, 'asked'))).toBe(false);
  });

  it('has its settings of pip-compile and the encoding of its requirements passed over', async () => {
    write('pyproject.toml', '[tool.pip-tools]\nindex-url = "https://example.org/"\n');
    write('requirements.in', '# coding: utf-7\nrequests[socks]>=2,<3; python_version < "4"\n');
    write('requirements.txt', 'requests==2.0.0\n');
    commit();
    const script = `ls -a > '${root}/seen'; cat requirements.in >> '${root}/seen'; echo requests==2.1.0 > requirements.txt`;
    const bin = fakeProgram(join(root, 'bin'), 'pip-compile', script);
    const made = await update({ PATH: `${bin}:/usr/bin:/bin` });
    expect(made.changes).toEqual(['requirements.txt: requests 2.0.0 → 2.1.0']);
    expect(readFileSync(join(root, 'seen'), 'utf8')).not.toMatch(/pyproject|coding/);
  });

  it('names no proxy that the tokens of the user would pass through', async () => {
    project();
    write(
      '.npmrc',
      'strict-ssl=false\nhttps-proxy=http://127.0.0.1:1/\nproxy=http://127.0.0.1:1/\nlegacy-peer-deps=true\n',
    );
    commit();
    const made = await update();
    expect(made).toMatchObject({ changes: ['package-lock.json: tiny 1.0.0 → 1.4.0'], problems: [] });
    expect(git('diff', '--name-only', `main..${made.branch}`)).toBe('package-lock.json\n');
    expect(harmlessNpmSettings('@a:registry = https://npm.example.org/x/\ncafile=x\n//a/:_authToken=b')).toBe(
      '@a:registry = https://npm.example.org/x/',
    );
    for (const odd of [
      'registry=http://a.example.org/',
      '"registry"=https://a.example.org/',
      '@a:registry=$B',
    ])
      expect(harmlessNpmSettings(odd)).toBeUndefined();
  });
});

describe('what registries say', () => {
  const audits = (more?: Record<string, string>) =>
    auditsOf(new Set(['package-lock.json', 'requirements.txt', 'yarn.lock']), { folder, env: env(more) });

  it('is told by lock file: advisories, and what is behind', async () => {
    project();
    const [npm] = await audits();
    expect(npm).toEqual({
      file: 'package-lock.json',
      tool: 'npm audit',
      advisories: [
        {
          package: 'tiny',
          severity: 'high',
          id: 'GHSA-aaaa-bbbb-cc00',
          title: 'What is wrong with tiny',
          hasFix: true,
          file: 'package-lock.json',
        },
      ],
      versions: { direct: 2, behind: [{ package: 'tiny', current: '1.0.0', wanted: '1.4.0' }] },
    });
  });

  it('is a problem, and no pass, where nobody answers or the project names its own registry', async () => {
    project();
    write('requirements.txt', 'flask==1.0.0\n');
    const bin = fakeProgram(join(root, 'bin'), 'npm', 'echo "<html>"; exit 0');
    const silent = await audits({ PATH: `${bin}:/usr/bin:/bin` });
    expect(silent.map(({ problem }) => problem)).toEqual([
      'npm audit gave no report (it ended with 0)',
      'pip-audit is not installed',
      'no program for this kind of file is asked',
    ]);
    write('.npmrc', 'registry=https://evil.example.org/\n');
    const asked = registry.asked.length;
    expect((await audits())[0]!.problem).toMatch(/names a registry, which is not asked/);
    expect(registry.asked.length).toBe(asked);
  });

  it('of Python comes from pip-audit, which gets no way to download or build', async () => {
    write('requirements.txt', 'flask==1.0.0\n');
    const log = join(root, 'log');
    const report = {
      dependencies: [
        {
          name: 'flask',
          version: '1.0.0',
          vulns: [{ id: 'PYSEC-2026-1', fix_versions: ['1.0.1'], description: 'bad\nmore' }],
        },
      ],
    };
    const bin = fakeProgram(
      join(root, 'bin'),
      'pip-audit',
      `echo "$*" > '${log}'; printf %s '${JSON.stringify(report)}'; exit 1`,
    );
    const found = (await audits({ PATH: `${bin}:/usr/bin:/bin` })).find(({ tool }) => tool === 'pip-audit');
    expect(found?.advisories).toEqual([
      {
        package: 'flask',
        severity: 'high',
        id: 'PYSEC-2026-1',
        title: 'Known vulnerability PYSEC-2026-1',
        hasFix: true,
        file: 'requirements.txt',
      },
    ]);
    expect(readFileSync(log, 'utf8')).toMatch(/--no-deps --disable-pip/);
  });
});
