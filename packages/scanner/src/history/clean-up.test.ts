import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkJson, type HistoryJson, ScratchRepository } from '../testing/scratch-repository.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(405);
const token = tokens.github();
const line = (value = token) => `GITHUB_TOKEN=${value}\n`;

let repository: ScratchRepository;
beforeEach(() => {
  repository = new ScratchRepository();
});
afterEach(() => repository.remove());

/** The commands of a report, but for the check at its end. */
const commandsOf = ({ clean_up }: HistoryJson) => clean_up.slice(0, -1).flatMap(({ commands }) => commands);

/** Runs what is printed, as a reader would, and sees that the secret is gone from every object. */
function expectGone(
  report: HistoryJson,
  values: readonly string[] = [token],
  env?: Record<string, string>,
): void {
  const { code, said } = repository.shell(commandsOf(report), env);
  expect([said, code]).toEqual([said, 0]);
  for (const value of values) expect(repository.holds(value)).toBe(false);
}

async function expectClean(): Promise<void> {
  const { code, report } = await checkJson(repository, '--all-objects');
  expect([code, report.secrets]).toEqual([0, []]);
}

describe('the printed commands take a secret out', () => {
  test('of the work tree alone: nothing to rewrite', async () => {
    repository.write({ 'a.env': line() });
    const { code, report } = await checkJson(repository);
    expect([code, report.situation]).toEqual([0, 'not-committed']);
    expect(report.clean_up).toEqual([{ text: expect.stringContaining('(a.env:1)'), commands: [] }]);
  });

  test('of the newest commit: amended', async () => {
    repository.addRemote();
    repository.commit('add', { 'my settings.env': line(), 'a.txt': 'a\n' });
    const { report } = await checkJson(repository);
    expect(report.situation).toBe('last-commit');
    repository.write({ 'my settings.env': 'X=1\n' });
    expectGone(report);
    expect(repository.git('show', 'HEAD:my settings.env')).toBe('X=1');
    await expectClean();
  });

  test('from a folder below the top', async () => {
    repository.commit('add', { 'sub/a.env': line(), 'a.txt': 'a\n' });
    const { out } = await repository.run(['history', 'check', '--json'], [], {
      folder: join(repository.folder, 'sub'),
    });
    repository.write({ 'sub/a.env': 'X=1\n' });
    const { code, said } = repository.shell(['cd sub', ...commandsOf(JSON.parse(out))]);
    expect([said, code]).toEqual([said, 0]);
    expect(repository.holds(token)).toBe(false);
  });

  test('of a commit that was amended: that it may be left behind is said', async () => {
    repository.commit('add', { 'a.env': line() });
    repository.git('rm', '-q', '--cached', 'a.env');
    repository.git('commit', '-q', '--amend', '--allow-empty', '-m', 'without');
    const { report } = await checkJson(repository);
    expect(report.clean_up[0]!.text).toMatch(/What nothing leads to.+was not looked at: .+--all-objects/);
    expect((await checkJson(repository, '--all-objects')).report.situation).toBe('unreachable');
  });

  test('of a message of the newest commit', async () => {
    repository.commit(`use ${token}`, { 'a.txt': 'a\n' });
    const { report } = await checkJson(repository);
    const editor = join(repository.root, 'editor');
    writeFileSync(editor, '#!/bin/sh\necho better > "$1"\n', { mode: 0o755 });
    expectGone(report, [token], { GIT_EDITOR: editor });
    expect(repository.git('log', '-1', '--format=%s')).toBe('better');
  });

  test.each([
    ['in the middle', 'git rebase -i '],
    ['in the first commit of all', 'git rebase -i --root'],
  ])('of commits that nobody has, %s: an interactive rebase with its stops', async (where, command) => {
    if (where === 'in the middle') repository.commit('before', { 'b.txt': 'b\n' });
    else {
      rmSync(join(repository.folder, '.git'), { recursive: true });
      repository.git('init', '-q', '-b', 'main');
    }
    const came = repository.commit('add', { 'a.env': `A=1\n${line()}`, 'two.txt': '2\n' });
    repository.commit('after', { 'c.txt': 'c\n' });
    const { report } = await checkJson(repository);
    expect(report.situation).toBe('unpushed-commits');
    const [start, stop] = report.clean_up;
    expect(start!.commands[0]).toContain(command);
    expect(start!.text).toContain(`${came.slice(0, 12)} "edit"`);
    const mark = { GIT_SEQUENCE_EDITOR: `sed -i '1s/^pick/edit/'` };
    expect(repository.shell(start!.commands, mark).said).toContain('Stopped at');
    repository.write({ 'a.env': 'A=1\n' });
    expect(repository.shell(stop!.commands)).toMatchObject({ code: 0 });
    expect(repository.shell(report.clean_up[2]!.commands).code).toBe(0);
    expect(repository.holds(token)).toBe(false);
    expect(repository.git('log', '--format=%s').split('\n').slice(0, 2)).toEqual(['after', 'add']);
    await expectClean();
  });

  test('of a deleted branch: forgotten', async () => {
    repository.git('checkout', '-q', '-b', 'gone');
    repository.commit('add', { 'a.env': line() });
    repository.git('checkout', '-q', 'main');
    repository.git('branch', '-q', '-D', 'gone');
    const { report } = await checkJson(repository, '--all-objects');
    expectGone(report);
    await expectClean();
  });
});

const hasFilterRepo =
  spawnSync('git', ['filter-repo', '--version'], { env: { PATH: process.env.PATH ?? '' } }).status === 0;
/** What keeps git from finding git-filter-repo, which may be installed here. */
const withoutIt = () => {
  const bin = join(repository.root, 'bin');
  spawnSync('mkdir', [bin]);
  writeFileSync(join(bin, 'git-filter-repo'), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
  repository.env.PATH = `${bin}:${repository.env.PATH}`;
};

describe.each([
  ['git filter-branch', true],
  ['git filter-repo', hasFilterRepo],
])('rewriting with %s', (tool, isInstalled) => {
  const run = test.skipIf(!isInstalled);
  beforeEach(() => {
    if (tool === 'git filter-branch') withoutIt();
  });

  run('what was pushed: branches, tags, moved files, merges, and the remote too', async () => {
    const remote = repository.addRemote();
    repository.commit('add', { 'src/a.env': line(), 'src/b.txt': 'b\n' });
    repository.git('tag', '-a', 'v1', '-m', 'one');
    repository.git('checkout', '-q', '-b', 'topic');
    repository.git('mv', 'src/a.env', "it's a.env");
    repository.commit('move');
    repository.git('checkout', '-q', 'main');
    repository.commit('clean', { 'src/a.env': 'X=1\n' });
    repository.git('merge', '-q', '-s', 'ours', '-m', 'merge', 'topic');
    repository.push('main', 'topic', 'main:only-there', 'v1');
    repository.git('branch', '-q', '-D', 'topic');
    const { report } = await checkJson(repository);
    expect(report.situation).toBe('rewrite');
    expect(commandsOf(report).some((one) => one.includes(tool))).toBe(true);
    expectGone(report);
    expect(repository.git('show', 'HEAD:src/a.env')).toBe('X=1');
    expect(repository.git('show', 'v1:src/b.txt')).toBe('b');
    await expectClean();
    // What is pushed now leads to it nowhere; what the remote still keeps for a while belongs to its host.
    repository.git('--git-dir', remote, 'gc', '--prune=now', '-q');
    expect(repository.holds(token, remote)).toBe(false);
    const refs = repository.git('--git-dir', remote, 'for-each-ref', '--format=%(refname)').split('\n');
    expect(refs).toEqual(['refs/heads/main', 'refs/heads/only-there', 'refs/heads/topic', 'refs/tags/v1']);
  });

  run('what somebody pushed meanwhile is not overwritten', async () => {
    const remote = repository.addRemote();
    repository.commit('add', { 'a.env': line() });
    repository.push('main');
    const { report } = await checkJson(repository);
    const other = join(repository.root, 'other');
    repository.git('clone', '-q', remote, other);
    repository.git('-C', other, 'commit', '-q', '--allow-empty', '-m', 'meanwhile');
    repository.git('-C', other, 'push', '-q', 'origin', 'HEAD:main');
    repository.write({ 'a.env': 'X=1\n' });
    const { code, said } = repository.shell(commandsOf(report));
    expect([code === 0, said]).toEqual([false, expect.stringContaining('stale info')]);
  });

  run('also of the work tree, which is committed clean first', async () => {
    repository.addRemote();
    repository.commit('add', { 'a.env': line(), '-b.env': line() });
    repository.push('main');
    const { report } = await checkJson(repository);
    repository.write({ 'a.env': 'X=1\n', '-b.env': 'Y=1\n' });
    expectGone(report);
    expect(repository.git('show', 'HEAD:-b.env')).toBe('Y=1');
    await expectClean();
  });

  run('also where HEAD is on no branch, and an untracked file has it too', async () => {
    repository.addRemote();
    repository.commit('add', { 'a.env': line() });
    repository.commit('remove', { 'a.env': 'X=1\n' });
    repository.git('tag', 'v1');
    repository.git('checkout', '-q', '--detach');
    repository.git('branch', '-q', '-D', 'main');
    repository.write({ 'untracked.env': line() });
    const { report } = await checkJson(repository);
    expect(report.secrets[0]!.in_tree).toEqual([{ file: 'untracked.env', line: 1 }]);
    repository.write({ 'untracked.env': 'X=1\n' });
    const commands = commandsOf(report).filter((one) => !one.includes('refs/tags/'));
    expect(repository.shell(commands)).toMatchObject({ code: 0 });
    expect(repository.holds(token)).toBe(false);
    expect(repository.git('status', '--porcelain')).toBe('?? untracked.env');
    await expectClean();
  });

  run('nothing uncommitted is lost', async () => {
    repository.addRemote();
    repository.commit('add', { 'a.env': line() });
    repository.commit('remove', { 'a.env': 'X=1\n' });
    repository.push('main');
    const { report } = await checkJson(repository);
    repository.write({ 'README.md': 'precious\n' });
    expect(repository.shell(commandsOf(report)).code).toBe(1);
    expect(repository.shell(['cat README.md']).said).toBe('precious\n');
  });

  run('what is stashed beside it and commits without changes stay', async () => {
    for (const text of ['one', 'two']) {
      repository.write({ 'README.md': `${text}\n` });
      repository.git('stash', 'push', '-q');
    }
    repository.commit('add', { 'a.env': line() });
    repository.commit('remove', { 'a.env': 'X=1\n' });
    repository.commit('a marker');
    repository.git('branch', 'other');
    const { report } = await checkJson(repository);
    expectGone(report);
    expect(repository.git('log', '--format=%s')).toContain('a marker');
    for (const text of ['two', 'one']) {
      repository.git('stash', 'pop', '-q');
      expect(repository.shell(['cat README.md']).said).toBe(`${text}\n`);
      repository.git('checkout', '-q', '--', '.');
    }
  });

  run('nothing uncommitted is lost where a shell goes on after a failure', async () => {
    repository.commit('add', { 'a.env': line() });
    repository.commit('remove', { 'a.env': 'X=1\n' });
    repository.git('branch', 'other');
    const { report } = await checkJson(repository);
    repository.write({ 'README.md': 'precious\n' });
    repository.shell(commandsOf(report).map((one) => `${one} || true`));
    expect(repository.shell(['cat README.md']).said).toBe('precious\n');
  });

  run('stashes, tags that name files, and messages', async () => {
    const [inStash, inFile, inTag, inMessage] = [0, 1, 2, 3].map(() => tokens.github());
    repository.commit(`use ${inMessage}`, { 'a.txt': 'a\n' });
    repository.commit('later', { 'a.txt': 'b\n' });
    repository.write({ 'a.txt': `${inStash}\n` });
    repository.git('stash', 'push', '-q');
    repository.write({ '../loose': line(inFile) });
    repository.git('tag', 'file', repository.git('hash-object', '-w', '../loose'));
    repository.git('tag', '-a', 'said', '-m', `with ${inTag}`);
    const { report } = await checkJson(repository);
    expect(report.secrets).toHaveLength(4);
    expectGone(report, [inStash!, inFile!, inTag!, inMessage!]);
    expect(repository.git('log', '--format=%s').split('\n')).toEqual([
      'later',
      'Message removed: it held a secret',
      'first',
    ]);
    await expectClean();
  });

  run('names that were chosen to break a shell do nothing', async () => {
    repository.addRemote();
    const names = [
      '$(touch pwned)',
      '`touch pwned`',
      "'; touch pwned; '",
      '--force',
      'a\n b\t"c"',
      '\u001b[2Jx',
      'ünï*?',
    ];
    repository.commit('add', Object.fromEntries(names.map((name) => [`d/${name}`, line()])));
    repository.git('branch', 'b;touch$IFSpwned');
    repository.git('tag', "t'$(touch$IFSpwned)");
    repository.push('main', 'b;touch$IFSpwned');
    const { report } = await checkJson(repository);
    repository.write(Object.fromEntries(names.map((name) => [`d/${name}`, 'X=1\n'])));
    // The tag was never pushed: the last command is refused, as its text says.
    const commands = commandsOf(report).filter((one) => !one.includes('refs/tags/'));
    const { code, said } = repository.shell(commands);
    expect([said, code]).toEqual([said, 0]);
    expect(repository.holds(token)).toBe(false);
    expect(repository.shell(['test ! -e pwned']).code).toBe(0);
    expect(
      repository.git('ls-tree', '-r', '-z', '--name-only', 'HEAD:d').split('\0').filter(Boolean),
    ).toHaveLength(7);
    await expectClean();
  });

  test.skipIf(!isInstalled || process.env.MEMHOLD_TEST_LONG !== '1')(
    'more contents than a command line takes',
    async () => {
      repository.addRemote();
      const files = Object.fromEntries(
        Array.from({ length: 120 }, (_, i) => [`f${i}.env`, `N=${i}\n${line()}`]),
      );
      repository.commit('add', files);
      repository.commit('remove', Object.fromEntries(Object.keys(files).map((name) => [name, 'X\n'])));
      repository.push('main');
      const { report } = await checkJson(repository);
      const again = commandsOf(report).find((one) => one.includes('--blob-ids'))!;
      const [, flags] = /history (check .*) --blob-ids/.exec(again)!;
      const { out } = await repository.run(['history', ...flags!.split(' '), '--blob-ids']);
      writeFileSync(join(repository.root, 'ids'), out);
      const commands = commandsOf(report).map((one) => (one === again ? 'cat ../ids > "$ids"' : one));
      const { code, said } = repository.shell(commands);
      expect([said, code]).toEqual([said, 0]);
      expect(repository.holds(token)).toBe(false);
    },
  );
});
