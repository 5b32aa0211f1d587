// The hook where lefthook or pre-commit runs a project's hooks. Both are played by what they are documented to do; where they
// are installed on this machine, by themselves.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { BIN, type Clone } from './clone.ts';
import { eachWithAClone } from './each-with-a-clone.ts';
import { critical, expectBlocked, tokens } from './samples.ts';

let clone: Clone;
eachWithAClone((fresh) => {
  clone = fresh;
  clone.hook('uninstall');
  // In place of npx, which would look in the project's own packages.
  executable(join(clone.root, 'bin/npx'), `#!/bin/sh\nshift 2\nexec '${process.execPath}' '${BIN}' "$@"\n`);
});

const PATH = () => `${join(clone.root, 'bin')}:${process.env.PATH}`;
const has = (program: string) => spawnSync(program, ['--version']).error === undefined;
const push = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('git', ['push', ...args], {
    cwd: clone.folder,
    env: clone.env({ PATH: PATH() }),
  });
  return { ok: status === 0, said: stdout.toString() + stderr.toString() };
};
function real(program: string, ...args: string[]): void {
  const { status } = spawnSync(program, args, { cwd: clone.folder, env: clone.env({ PATH: PATH() }) });
  expect(status).toBe(0);
}
function executable(file: string, text: string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}
const gitHook = (text: string) => executable(join(clone.folder, '.git/hooks/pre-push'), text);
const read = (name: string) => readFileSync(join(clone.folder, name), 'utf8');

describe('with lefthook', () => {
  const settings = 'pre-commit:\n  jobs:\n    - run: "true" # fast\n';
  /** Runs the scripts that its settings name, with git's arguments, and hands standard input on where they ask for it. */
  function playLefthook(stdin = ''): void {
    const { runner, use_stdin } = parse(read('lefthook.yml'))['pre-push'].scripts.memhold;
    expect(use_stdin).toBe(true);
    gitHook(`#!/bin/sh\n# lefthook\n${runner} .lefthook/pre-push/memhold "$@" ${stdin}\n`);
  }

  it('is an entry of its settings and a script, once, and can be undone', () => {
    clone.write('lefthook.yml', settings);
    expect(clone.hook('status').out).toContain('Not installed: lefthook.yml');
    const first = clone.hook('install');
    expect(first).toMatchObject({ code: 1, out: expect.stringContaining('lefthook install') });
    playLefthook();
    const [yaml, script] = [read('lefthook.yml'), read('.lefthook/pre-push/memhold')];
    expect(clone.hook('install')).toMatchObject({ code: 0, out: expect.stringContaining('commit it') });
    expect([read('lefthook.yml'), read('.lefthook/pre-push/memhold')]).toEqual([yaml, script]);
    expect(script).not.toContain(process.execPath);
    expect(clone.hook('status')).toMatchObject({ code: 0 });
    clone.write('.lefthook/pre-push/memhold', 'exit 0\n');
    expect(clone.hook('status')).toMatchObject({ code: 1, out: expect.stringContaining('Changed') });
    clone.hook('install');
    expect(read('.lefthook/pre-push/memhold')).toBe(script);
    expect(clone.hook('uninstall')).toMatchObject({ code: 0 });
    expect(read('lefthook.yml')).toBe(settings);
    expect(existsSync(join(clone.folder, '.lefthook'))).toBe(false);
  });

  it('stops a push of a key, of which it is told by lefthook or not', () => {
    clone.write('lefthook.yml', settings);
    clone.hook('install');
    clone.commit('hooks');
    playLefthook();
    expect(push('-q', 'origin', 'HEAD:main')).toMatchObject({ ok: true });
    clone.commit(`key ${tokens.github()}`);
    expectBlocked(push('-q', 'origin', 'HEAD:main'));
    // As versions before 1.5 did, which know no use_stdin.
    playLefthook('</dev/null');
    expectBlocked(push('-q', 'origin', 'HEAD:main'));
  });

  it.each([
    ['lefthook.json', '{ "pre-commit": {} }\n', '"pre-push"'],
    ['lefthook.toml', '[pre-commit]\nparallel = true\n', '[pre-push.scripts.memhold]'],
    ['.lefthook.yaml', 'pre-push: { parallel: true }\n', 'pre-push:\n'],
  ])('says what to write into %s, which is not edited', (name, text, shown) => {
    clone.write(name, text);
    const told = clone.hook('install');
    expect(told).toMatchObject({ code: 2, err: expect.stringContaining(shown) });
    expect(read(name)).toBe(text);
    clone.write(name, told.err.slice(told.err.indexOf('\n\n') + 2));
    gitHook('#!/bin/sh\n# lefthook\n');
    expect(clone.hook('status')).toMatchObject({ code: 0 });
  });

  it('writes through no link of the tree', () => {
    const outside = join(clone.root, 'outside');
    mkdirSync(outside);
    clone.write('lefthook.yml', settings);
    symlinkSync(outside, join(clone.folder, '.lefthook'));
    expect(clone.hook('install')).toMatchObject({ code: 2, err: expect.stringContaining('symbolic link') });
    expect(existsSync(join(outside, 'pre-push'))).toBe(false);
    expect(clone.program(['hook', 'install', '--plain'])).toMatchObject({ code: 0 });
  });

  it.skipIf(!has('lefthook'))('is run by the real one, also where no file changes', () => {
    clone.write('lefthook.yml', settings);
    clone.hook('install');
    real('lefthook', 'install');
    clone.commit('hooks');
    expect(push('origin', 'HEAD:main')).toMatchObject({ ok: true });
    clone.commit(`key ${tokens.github()}`);
    expectBlocked(push('origin', 'HEAD:main'));
    clone.git('reset', '-q', '--hard', 'HEAD^');
    clone.git('tag', '-a', 'v1', '-m', `key ${tokens.github()}`);
    expectBlocked(push('origin', 'v1'));
  });
});

describe('with pre-commit', () => {
  const settings = '# ours\nrepos:\n  - repo: local # fast\n    hooks: []\n';
  /** Hands the remote over in the environment, and nothing on standard input. */
  function playPreCommit(): void {
    const { entry, stages } = parse(read('.pre-commit-config.yaml')).repos[0].hooks[0];
    expect(stages).toEqual(['pre-push']);
    const call = `PRE_COMMIT_REMOTE_NAME="$1" PRE_COMMIT_REMOTE_URL="$2" ${entry} </dev/null`;
    gitHook(`#!/bin/sh\n# pre-commit\n${call}\n`);
  }

  it('is an entry of its settings, once, and can be undone', () => {
    clone.write('.pre-commit-config.yaml', settings);
    const first = clone.hook('install');
    expect(first).toMatchObject({ code: 1, out: expect.stringContaining('--hook-type pre-push') });
    expect(first.out).toContain('--plain');
    playPreCommit();
    const yaml = read('.pre-commit-config.yaml');
    expect(clone.hook('install')).toMatchObject({ code: 0 });
    expect(read('.pre-commit-config.yaml')).toBe(yaml);
    clone.write('.pre-commit-config.yaml', yaml.replace('always_run: true', 'always_run: false'));
    expect(clone.hook('status')).toMatchObject({ code: 1, out: expect.stringContaining('Changed') });
    expect(clone.hook('install')).toMatchObject({ code: 2, err: expect.stringContaining('by hand') });
    clone.write('.pre-commit-config.yaml', yaml);
    expect(clone.hook('uninstall')).toMatchObject({ code: 0 });
    expect(read('.pre-commit-config.yaml')).toBe(settings);
  });

  it('stops a push whose later refs bring a key, though only the first is handed over', () => {
    clone.write('.pre-commit-config.yaml', settings);
    clone.hook('install');
    clone.commit('hooks');
    playPreCommit();
    expect(push('-q', 'origin', 'HEAD:main')).toMatchObject({ ok: true });
    clone.git('switch', '-qc', 'second');
    clone.write('k.env', critical());
    clone.commit('key');
    clone.git('rm', '-q', 'k.env');
    clone.commit('gone');
    expectBlocked(push('-q', 'origin', 'main:refs/heads/first', 'second'));
  });

  it('stops the push where its program only seems to run', () => {
    clone.write('.pre-commit-config.yaml', settings);
    clone.hook('install');
    playPreCommit();
    executable(join(clone.root, 'bin/npx'), '#!/bin/sh\nexit 0\n');
    clone.commit('clean');
    expect(push('-q', 'origin', 'HEAD:main').ok).toBe(false);
  });

  it('leaves the git folder to a hook of this clone alone, which sees tags as well', () => {
    clone.write('.pre-commit-config.yaml', settings);
    gitHook('#!/bin/sh\n# pre-commit\n');
    expect(clone.program(['hook', 'install', '--plain']).out).toContain('runs after it');
    expect(clone.hook('status')).toMatchObject({ code: 0, out: expect.stringContaining('.git/hooks') });
    clone.git('tag', '-a', 'v1', '-m', `key ${tokens.github()}`);
    expectBlocked(push('-q', 'origin', 'v1'));
  });

  it.skipIf(!has('pre-commit'))('is run by the real one', () => {
    clone.write('.pre-commit-config.yaml', settings);
    clone.hook('install');
    real('pre-commit', 'install', '--hook-type', 'pre-push');
    clone.commit('hooks');
    expect(push('-q', 'origin', 'HEAD:main')).toMatchObject({ ok: true });
    clone.write('k.env', critical());
    clone.commit('key');
    clone.git('rm', '-q', 'k.env');
    clone.commit('gone');
    expectBlocked(push('-q', 'origin', 'HEAD:main'));
  });
});
