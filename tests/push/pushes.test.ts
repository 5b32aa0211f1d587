// What `git push` does with the hook of memhold, with the real git and a bare repository on disk.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Clone } from './clone.ts';
import { eachWithAClone } from './each-with-a-clone.ts';
import { critical, expectBlocked, expectPassed, tokens } from './samples.ts';

let clone: Clone;
eachWithAClone((fresh) => {
  clone = fresh;
});

describe('a push', () => {
  it('without findings goes through, and says what was looked at', () => {
    clone.write('a.ts', 'export const a = 1;\n');
    clone.commit('a');
    const push = clone.push();
    expectPassed(push);
    expect(push.said).toMatch(/No findings; 1 of 1 file scanned in 1 commit/);
  });

  it('with a key is stopped, and the remote stays as it was', () => {
    clone.write('src/config.env', critical());
    const commit = clone.commit('settings');
    const push = clone.push();
    expectBlocked(push);
    expect(clone.remoteHas(commit)).toBe(false);
    expect(push.said).toMatch(/File: src\/config\.env:1/);
    expect(push.said).toContain(`Commit: ${commit.slice(0, 12)}`);
    expect(push.said).toMatch(/RESOLUTION REQUIRED:\n1\. .+\n2\. /);
    expect(push.said).toContain('Push BLOCKED until resolved.');
    expect(clone.report()).toMatchObject({ veto_decision: 'BLOCK', override_available: false });
  });

  it('never shows the value that stops it, nor does the report', () => {
    const [key, word] = [tokens.github(), `${tokens.password()}${tokens.password()}`];
    clone.write('.env', `TOKEN=${key}\nDB_PASSWORD=${word}\n`);
    clone.write(`${key}.txt`, 'a file that is named after a token\n');
    clone.commit(`use ${key}`);
    const { said } = clone.push();
    const report = JSON.stringify(clone.report());
    for (const value of [key, word, key.slice(4, 30)]) {
      expect(said).not.toContain(value);
      expect(report).not.toContain(value);
    }
  });

  it('with a key in a middle commit that a later one removes is stopped; without it the same goes through', () => {
    clone.write('app.env', critical());
    const middle = clone.commit('middle');
    clone.write('app.env', 'TOKEN=\n');
    clone.commit('removed');
    const push = clone.push();
    expectBlocked(push);
    expect(push.said).toContain(`Commit: ${middle.slice(0, 12)}`);
    clone.git('reset', '-q', '--soft', 'origin/main');
    clone.commit('both, without it');
    expectPassed(clone.push());
  });

  it('with a key in the message of a commit is stopped', () => {
    clone.commit(`rotate ${tokens.github()}`);
    expectBlocked(clone.push());
  });

  it('with people in its trailers goes through', () => {
    clone.commit('work\n\nSigned-off-by: Ann Doe <ann@dev.test>\nCo-authored-by: Bo <bo@dev.test>');
    expectPassed(clone.push());
  });

  it('of a new branch looks only at what the remote lacks', () => {
    clone.git('switch', '-qc', 'topic');
    clone.write('b.ts', 'export const b = 2;\n');
    clone.commit('b');
    const push = clone.push(['origin', 'topic']);
    expectPassed(push);
    expect(push.said).toContain('in 1 commit');
  });

  it('of a new branch with no commits of its own says so, and goes through', () => {
    const push = clone.push(['origin', 'HEAD:refs/heads/same']);
    expectPassed(push);
    expect(push.said).toContain('no new commits');
  });

  it('of several refs looks at all of them', () => {
    clone.git('switch', '-qc', 'one');
    clone.commit('clean');
    clone.git('switch', '-qc', 'two', 'main');
    clone.write('k.env', critical());
    clone.commit('key');
    expectBlocked(clone.push(['origin', 'one', 'two']));
    expect(clone.remoteRefs()).toEqual(['refs/heads/main']);
  });

  it('that deletes a ref goes through, and says that nothing is sent', () => {
    clone.push(['origin', 'HEAD:refs/heads/old']);
    const push = clone.push(['origin', ':old']);
    expectPassed(push);
    expect(push.said).toContain('nothing is sent');
    expect(clone.remoteRefs()).toEqual(['refs/heads/main']);
  });

  it('that deletes one ref and updates another is looked at', () => {
    clone.push(['origin', 'HEAD:refs/heads/old']);
    clone.write('k.env', critical());
    clone.commit('key');
    expectBlocked(clone.push(['origin', ':old', 'HEAD:main']));
  });

  it('by force of a history that was written anew is looked at', () => {
    clone.git('commit', '-q', '--amend', '-m', 'first, again');
    expectPassed(clone.push(['-f', 'origin', 'HEAD:main']));
    clone.write('k.env', critical());
    clone.git('add', '-A');
    clone.git('commit', '-q', '--amend', '-m', 'first, with a key');
    expectBlocked(clone.push(['-f', 'origin', 'HEAD:main']));
  });

  it('onto what somebody else pushed meanwhile, which is not here, is looked at', () => {
    clone.run(clone.root, 'git', ['clone', '-q', clone.remote, join(clone.root, 'other')]);
    const folder = join(clone.root, 'other');
    writeFileSync(join(folder, 'o.ts'), 'export const o = 1;\n');
    clone.run(folder, 'git', ['add', '-A']);
    clone.run(folder, 'git', ['commit', '-qm', 'by somebody else']);
    clone.run(folder, 'git', ['push', '-q', 'origin', 'HEAD:main']);
    clone.write('k.env', critical());
    clone.commit('key');
    expectBlocked(clone.push(['-f', 'origin', 'HEAD:main']));
  });

  it('of a light tag looks at the commits it brings', () => {
    clone.write('k.env', critical());
    clone.commit('key');
    clone.git('tag', 'v1');
    clone.git('reset', '-q', '--hard', 'origin/main');
    expectBlocked(clone.push(['origin', 'v1']));
  });

  it('of an annotated tag looks at its message', () => {
    clone.git('tag', '-a', 'v2', '-m', `released with ${tokens.github()}`);
    expectBlocked(clone.push(['origin', 'v2']));
    clone.git('tag', '-f', '-a', 'v2', '-m', 'released');
    expectPassed(clone.push(['origin', 'v2']));
  });

  it('of a tag that names a file, not a commit, looks at the file', () => {
    const id = clone.run(clone.folder, 'git', ['hash-object', '-w', '--stdin'], critical());
    clone.git('tag', 'blob', id);
    expectBlocked(clone.push(['origin', 'blob']));
    expect(clone.remoteHas(id)).toBe(false);
  });

  it('from a detached head is looked at', () => {
    clone.git('switch', '-q', '--detach');
    clone.write('k.env', critical());
    clone.commit('key');
    expectBlocked(clone.push(['origin', 'HEAD:refs/heads/detached']));
  });

  it('of a merge looks at what only the merge has', () => {
    clone.git('switch', '-qc', 'side');
    clone.write('s.ts', 'export const s = 1;\n');
    clone.commit('side');
    clone.git('switch', '-q', 'main');
    clone.write('m.ts', 'export const m = 1;\n');
    clone.commit('main');
    clone.git('merge', '-q', '--no-commit', '--no-ff', 'side');
    clone.write('evil.env', critical());
    clone.commit('merge');
    expectBlocked(clone.push());
  });

  it('that brings back what an old commit had is looked at', () => {
    clone.git('config', 'core.hooksPath', '/dev/null');
    clone.write('k.env', critical());
    clone.commit('key');
    clone.push();
    clone.git('rm', '-q', 'k.env');
    clone.commit('gone');
    clone.push();
    clone.git('config', '--unset', 'core.hooksPath');
    clone.git('revert', '--no-edit', 'HEAD');
    expectBlocked(clone.push());
  });

  it('to an address without a name is held against the remote of that address', () => {
    clone.commit('clean');
    const push = clone.push(['../remote.git', 'HEAD:refs/heads/by-address']);
    expectPassed(push);
    expect(push.said).toContain('in 1 commit');
  });

  it('to another remote looks at everything that one lacks', () => {
    clone.git('config', 'core.hooksPath', '/dev/null');
    clone.write('k.env', critical());
    clone.commit('key, which the first remote has');
    clone.push();
    clone.git('config', '--unset', 'core.hooksPath');
    const second = join(clone.root, 'second.git');
    clone.run(clone.root, 'git', ['init', '-q', '--bare', second]);
    clone.git('remote', 'add', 'second', second);
    expectBlocked(clone.push(['second', 'HEAD:main']));
  });

  it('of everything (--mirror) looks at every ref', () => {
    clone.git('switch', '-qc', 'hidden');
    clone.write('k.env', critical());
    clone.commit('key');
    clone.git('switch', '-q', 'main');
    expectBlocked(clone.push(['--mirror', 'origin']));
  });

  it('from a folder below the top is looked at', () => {
    clone.write('sub/k.env', critical());
    clone.commit('key');
    const push = () => clone.run(join(clone.folder, 'sub'), 'git', ['push', '-q', 'origin', 'HEAD:main']);
    expect(push).toThrow(/File: sub\/k\.env/);
  });

  it('from another worktree runs the same hook', () => {
    const tree = join(clone.root, 'tree');
    clone.git('worktree', 'add', '-q', tree, '-b', 'tree');
    writeFileSync(join(tree, 'k.env'), critical());
    clone.run(tree, 'git', ['add', '-A']);
    clone.run(tree, 'git', ['commit', '-qm', 'key']);
    expect(() => clone.run(tree, 'git', ['push', '-q', 'origin', 'HEAD:tree'])).toThrow(/SECURITY VETO/);
  });

  it('with a key inside an archive is stopped', () => {
    clone.write('inner.env', critical());
    execFileSync('tar', ['-czf', 'bundle.tar.gz', 'inner.env'], { cwd: clone.folder });
    rmSync(join(clone.folder, 'inner.env'));
    clone.commit('archive');
    expectBlocked(clone.push());
  });

  it('with an archive that cannot be read whole is stopped, with the reason', () => {
    clone.write('inner.txt', 'x'.repeat(100_000));
    execFileSync('tar', ['-czf', 'bundle.tar.gz', 'inner.txt'], { cwd: clone.folder });
    clone.write('bundle.tar.gz', readFileSync(join(clone.folder, 'bundle.tar.gz')).subarray(0, 120));
    clone.commit('archive');
    const push = clone.push();
    expectBlocked(push);
    expect(push.said).toContain('NOT EVERYTHING COULD BE SCANNED');
    expect(push.said).toContain('To see more: memhold scan');
  });

  it('with a submodule goes through: its commits are pushed from its own clone', () => {
    const commit = clone.git('rev-parse', 'HEAD');
    clone.git('update-index', '--add', '--cacheinfo', `160000,${commit},module`);
    clone.git('commit', '-qm', 'a module');
    expectPassed(clone.push());
  });

  it('with a large file (Git LFS) looks at what its pointer stands for', () => {
    const content = critical();
    const id = createHash('sha256').update(content).digest('hex');
    clone.write(`.git/lfs/objects/${id.slice(0, 2)}/${id.slice(2, 4)}/${id}`, content);
    const version = 'version https://git-lfs.github.com/spec/v1';
    clone.write('model.bin', `${version}\noid sha256:${id}\nsize ${content.length}\n`);
    clone.commit('large');
    expectBlocked(clone.push());
    rmSync(join(clone.folder, '.git/lfs'), { recursive: true });
    expectPassed(clone.push());
    expect(clone.report().skipped).toMatchObject([{ file: 'model.bin', reason: 'large-file-elsewhere' }]);
  });

  it('from a shallow clone is looked at', () => {
    const folder = join(clone.root, 'shallow');
    clone.run(clone.root, 'git', ['clone', '-q', '--depth', '1', `file://${clone.remote}`, folder]);
    writeFileSync(join(folder, 'k.env'), critical());
    clone.run(folder, 'git', ['add', '-A']);
    clone.run(folder, 'git', ['commit', '-qm', 'key']);
    execFileSync('cp', [join(clone.folder, '.git/hooks/pre-push'), join(folder, '.git/hooks/pre-push')]);
    expect(() => clone.run(folder, 'git', ['push', '-q', 'origin', 'HEAD:main'])).toThrow(/SECURITY VETO/);
  });

  it('whose objects are damaged is stopped, with the reason', () => {
    clone.write('lost.txt', 'this content will be lost\n');
    clone.commit('lost');
    const id = clone.git('rev-parse', 'HEAD:lost.txt');
    rmSync(join(clone.folder, '.git/objects', id.slice(0, 2), id.slice(2)));
    expectBlocked(clone.push());
  });
});
