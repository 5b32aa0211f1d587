import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeZip } from '../testing/archives.ts';
import { runJson, runScanner } from '../testing/run-scan.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(31);
const secret = () => `token = ${tokens.github()}\n`;

function repository() {
  const folder = mkdtempSync(join(tmpdir(), 'git-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.test', ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
      .toString()
      .trim();
  const write = (name: string, content: string | Buffer) => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  const commit = (message: string) => {
    git('add', '-A');
    git('commit', '-q', '--allow-empty', '-m', message);
    return git('rev-parse', 'HEAD');
  };
  git('init', '-q', '-b', 'main');
  return { folder, git, write, commit };
}

const found = ({ report }: Awaited<ReturnType<typeof runJson>>) =>
  report.findings
    .map(({ file, commit }) => (commit === undefined ? file : `${commit.slice(0, 7)}:${file}`))
    .sort();

describe('staged changes', () => {
  it('are what will be committed, not what lies in the folder', async () => {
    const { folder, git, write, commit } = repository();
    write('old', secret());
    commit('first');
    write('staged', secret());
    git('add', 'staged');
    write('staged', 'clean\n');
    write('untracked', secret());
    const run = await runJson(folder, ['--staged']);
    expect([run.code, found(run)]).toEqual([1, ['staged']]);
  });

  it('before the first commit are the whole index, from any folder', async () => {
    const { folder, git, write } = repository();
    write('a', secret());
    write('sub/b', 'clean\n');
    git('add', '-A');
    expect(found(await runJson(join(folder, 'sub'), ['--staged']))).toEqual(['a']);
  });

  it('that are none, or only deletions, are not clean unless that is allowed', async () => {
    const { folder, git, write, commit } = repository();
    write('a', 'clean\n');
    commit('first');
    expect((await runScanner(folder, ['--staged'])).code).toBe(2);
    git('rm', '-q', 'a');
    const { code, out } = await runScanner(folder, ['--staged']);
    expect([code, out]).toEqual([2, expect.stringContaining('NOTHING SCANNED')]);
    const allowed = await runScanner(folder, ['--staged', '--allow-empty']);
    expect([allowed.code, allowed.out]).toEqual([0, expect.stringContaining('NOTHING SCANNED')]);
  });
});

describe('commits', () => {
  it('are read themselves as well: messages, headers and those of tags, without the people whom they name', async () => {
    const { folder, git, write, commit } = repository();
    write('a', 'clean\n');
    commit('first');
    const id = commit(`rotate\n\n${secret()}\nSigned-off-by: Ann Doe <ann@company.com>`);
    git('tag', '-a', 'v1', '-m', secret());
    const tag = git('rev-parse', 'v1');
    const ofRange = await runJson(folder, ['--range', 'HEAD^..HEAD', '--allow-empty']);
    const ofCommit = `${id.slice(0, 7)}:commit ${id.slice(0, 12)}`;
    expect([ofRange.code, found(ofRange)]).toEqual([1, [ofCommit]]);
    // Which paths are left out says nothing of messages.
    write('all.json', '{ "exclude": ["**"] }');
    expect(found(await runJson(folder, ['--history', '--config', 'all.json', '--allow-empty']))).toEqual(
      [ofCommit, `tag ${tag.slice(0, 12)}`].sort(),
    );
  });

  it('of a range are looked at one by one, with the commit that brought each finding', async () => {
    const { folder, write, commit } = repository();
    write('before', secret());
    const base = commit('base');
    write('here and gone', secret());
    const second = commit('second');
    rmSync(join(folder, 'here and gone'));
    commit('third');
    const run = await runJson(folder, ['--range', `${base}..HEAD`]);
    expect(found(run)).toEqual([`${second.slice(0, 7)}:here and gone`]);
    expect(run.report.summary).toMatchObject({ commits: 2, scanned_files: 1 });
  });

  it('of a merge bring only what the merge itself changed', async () => {
    const { folder, git, write, commit } = repository();
    write('a', 'clean\n');
    const base = commit('base');
    git('checkout', '-q', '-b', 'side');
    write('side', secret());
    const side = commit('side');
    git('checkout', '-q', 'main');
    write('main', 'clean too\n');
    commit('main');
    git('merge', '-q', '--no-commit', '--no-ff', 'side');
    write('a', secret());
    const merge = commit('merge');
    const run = await runJson(folder, ['--range', `${base}..HEAD`]);
    expect(found(run)).toEqual([`${merge.slice(0, 7)}:a`, `${side.slice(0, 7)}:side`].sort());
    // What it joins is known on the other side: of it, nothing is repeated.
    expect(found(await runJson(folder, ['--range', 'side..HEAD']))).toEqual([`${merge.slice(0, 7)}:a`]);
  });

  it('of the whole history are those of every branch, each content once', async () => {
    const { folder, git, write, commit } = repository();
    const content = secret();
    write('a', content);
    const first = commit('first');
    renameSync(join(folder, 'a'), join(folder, 'moved'));
    commit('moved');
    git('checkout', '-q', '--orphan', 'other');
    git('rm', '-rqf', '.');
    write('b', makeZip([{ name: 'in\nside', content: secret() }]));
    const second = commit('second');
    git('checkout', '-q', 'main');
    const run = await runJson(folder, ['--history']);
    expect(found(run)).toEqual([`${first.slice(0, 7)}:a`, `${second.slice(0, 7)}:b!/in\nside`].sort());
    expect(run.report.complete).toBe(true);
  });

  it('of a shallow clone are not the whole history', async () => {
    const { folder, write, commit } = repository();
    write('a', 'clean\n');
    commit('first');
    write('a', 'clean too\n');
    commit('second');
    const clone = mkdtempSync(join(tmpdir(), 'clone-'));
    execFileSync('git', ['clone', '-q', '--depth', '1', `file://${folder}`, clone], { stdio: 'ignore' });
    const { code, report } = await runJson(clone, ['--history']);
    expect([code, report.skipped.map(({ reason }) => reason)]).toEqual([2, ['shallow-history']]);
  });

  it('with large and binary contents keep the order of the rest', async () => {
    const { folder, write, commit } = repository();
    write('1', 'x\n'.repeat(100_000));
    write('2', secret());
    write('3', Buffer.alloc(200_000));
    write('4', '');
    write('5', secret());
    commit('first');
    const { code, report } = await runJson(folder, ['--history', '--max-size', '0.1']);
    expect(code).toBe(2);
    expect(report.findings.map(({ file }) => file)).toEqual(['2', '5']);
    expect(report.skipped.map(({ file, reason }) => `${file} ${reason}`).sort()).toEqual([
      '1 too-large',
      '3 binary',
    ]);
  });
});

describe('a range or a repository that is none', () => {
  it.each([['HEAD'], ['nothing..HEAD'], ['--output=made..HEAD'], ['--all..'], ['..\n--all'], ['a\0b..c']])(
    '%j ends with 2 and one line',
    async (range) => {
      const { folder, write, commit } = repository();
      write('a', 'clean\n');
      commit('first');
      const { code, out, err } = await runScanner(folder, [`--range=${range}`]);
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(/^memhold-scanner: .+$/);
      expect(existsSync(join(folder, 'made..HEAD'))).toBe(false);
    },
  );

  it('an empty range is said aloud', async () => {
    const { folder, write, commit } = repository();
    write('a', 'clean\n');
    commit('first');
    const { code, out } = await runScanner(folder, ['--range', 'HEAD..HEAD']);
    expect([code, out]).toEqual([2, expect.stringContaining('NOTHING SCANNED')]);
  });

  it('a folder without a repository, an empty and a broken one are not clean', async () => {
    const none = mkdtempSync(join(tmpdir(), 'none-'));
    expect((await runScanner(none, ['--staged'])).code).toBe(2);
    expect((await runScanner(none, ['--history'])).code).toBe(2);
    const { folder, git, write, commit } = repository();
    expect((await runScanner(folder, ['--history'])).code).toBe(2);
    write('a', 'clean\n');
    commit('first');
    const id = git('rev-parse', 'HEAD:a');
    rmSync(join(folder, '.git', 'objects', id.slice(0, 2), id.slice(2)));
    const { code, report } = await runJson(folder, ['--history']);
    expect([code, report.skipped.map(({ reason }) => reason)]).toEqual([2, ['missing-object']]);
  });
});

describe('a repository whose configuration names programs', () => {
  it('runs none of them', async () => {
    const { folder, git, write, commit } = repository();
    write('.gitattributes', '* diff=evil filter=evil\n');
    write('a', 'clean\n');
    commit('first');
    write('b', secret());
    git('add', '-A');
    const mark = join(folder, 'ran');
    const program = join(folder, 'evil.sh');
    writeFileSync(program, `#!/bin/sh\ntouch '${mark}'\ncat\n`, { mode: 0o755 });
    const keys = ['core.fsmonitor', 'core.pager', 'diff.external', 'diff.evil.textconv', 'diff.evil.command'];
    keys.push(
      'filter.evil.clean',
      'filter.evil.smudge',
      'core.sshCommand',
      'core.editor',
      'core.alternateRefsCommand',
    );
    for (const key of keys) git('config', key, program);
    for (const argv of [['--staged'], ['--history'], ['--range', 'HEAD..HEAD']])
      await runScanner(folder, argv);
    expect(existsSync(mark)).toBe(false);
  });

  it('fetches nothing, even where objects are missing and a helper would fetch them', async () => {
    const { folder, git, write, commit } = repository();
    write('a', 'clean\n');
    commit('first');
    const mark = join(folder, 'ran');
    git('config', 'remote.origin.url', `ext::touch ${mark}`);
    git('config', 'remote.origin.promisor', 'true');
    git('config', 'remote.origin.partialclonefilter', 'blob:none');
    git('config', 'extensions.partialClone', 'origin');
    git('config', 'core.repositoryformatversion', '1');
    git('config', 'protocol.ext.allow', 'always');
    const id = git('rev-parse', 'HEAD:a');
    rmSync(join(folder, '.git', 'objects', id.slice(0, 2), id.slice(2)));
    expect((await runScanner(folder, ['--history'])).code).toBe(2);
    expect(existsSync(mark)).toBe(false);
  });
});

describe('a repository that names other parents for a commit', () => {
  it('hides none of its history', async () => {
    const { folder, write, commit } = repository();
    write('a', secret());
    const first = commit('first');
    write('a', 'clean\n');
    const second = commit('second');
    write('.git/info/grafts', `${second}\n`);
    const run = await runJson(folder, ['--history']);
    expect([run.code, found(run)]).toEqual([1, [`${first.slice(0, 7)}:a`]]);
  });
});

describe('what a tag names without a commit', () => {
  it('is part of the history: a file, a folder, and what a tag of a tag leads to', async () => {
    const { folder, git, write, commit } = repository();
    write('sub/in-tree', secret());
    write('a', secret());
    write('b', secret());
    git('add', '-A');
    const tree = git('write-tree');
    const [a, b] = ['a', 'b'].map((name) => git('hash-object', name)) as [string, string];
    git('rm', '-rq', '--cached', '.');
    for (const name of ['sub', 'a', 'b']) rmSync(join(folder, name), { recursive: true });
    write('clean', 'words\n');
    commit('first');
    git('tag', 'plain', a);
    expect(found(await runJson(folder, ['--history']))).toHaveLength(1);
    git('tag', '-a', '-m', 'x', 'inner', b);
    git('tag', '-a', '-m', 'x', 'outer', 'inner');
    git('tag', '-d', 'inner');
    expect(found(await runJson(folder, ['--history']))).toHaveLength(2);
    git('tag', 'folder', `${tree}:sub`);
    const run = await runJson(folder, ['--history']);
    expect([run.code, run.report.complete]).toEqual([1, true]);
    expect(found(run)).toEqual(['in-tree', `object ${a}`, `object ${b}`].sort());
    write('.git/refs/tags/lost', `${'1'.repeat(40)}\n`);
    expect((await runScanner(folder, ['--history'])).code).toBe(2);
  });
});

describe.skipIf(process.platform === 'win32')('the git that runs', () => {
  it('is none that the repository brought, which npx puts before the others', async () => {
    const { folder, git, write } = repository();
    const evil = `#!/bin/sh\ntouch '${join(folder, 'pwned')}'\n`;
    write('node_modules/.bin/git', evil);
    write('sub/staged', secret());
    git('add', 'sub');
    chmodSync(join(folder, 'node_modules/.bin/git'), 0o755);
    const bin = join(folder, 'node_modules/.bin');
    const run = (at: string, PATH: string) =>
      runScanner(join(folder, at), ['--staged'], [], { env: { PATH, HOME: folder } });
    for (const at of ['', 'sub']) {
      const { code, out } = await run(at, `${bin}:${process.env.PATH}`);
      expect([code, out]).toEqual([1, expect.stringContaining('sub/staged')]);
    }
    expect((await run('', bin)).err).toMatch(/only the repository brings one/);
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });
});

describe('a message of git', () => {
  it('shows no beginning of a secret where a long one is cut', async () => {
    const { folder, commit } = repository();
    commit('first');
    const canary = tokens.github();
    for (const length of [230, 250, 265]) {
      const range = `${'x'.repeat(length)}/${canary}..HEAD`;
      const { code, err } = await runScanner(folder, ['--range', range]);
      expect(code).toBe(2);
      expect(err).toMatch(/bad revision|ambiguous argument/);
      expect(err).not.toContain(canary.slice(0, 8));
    }
  });
});
