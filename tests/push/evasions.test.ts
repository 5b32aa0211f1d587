// Ways past the veto that somebody might try: each pushes a key that must not arrive.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Clone } from './clone.ts';
import { eachWithAClone } from './each-with-a-clone.ts';
import { critical, expectBlocked, expectPassed, high, tokens } from './samples.ts';

let clone: Clone;
eachWithAClone((fresh) => {
  clone = fresh;
});

/** Something that the default branch has already. */
function approve(file: string, content: string): void {
  clone.write(file, content);
  clone.commit('policy');
  expectPassed(clone.push());
}

function addKey(name = 'k.env'): string {
  clone.write(name, critical());
  return clone.commit('key');
}

describe('a key is stopped', () => {
  it('at a path that counts, though the same content lies at one that is left out', () => {
    approve(
      '.memhold/scan.yaml',
      "exclude: ['fixtures/**']\nallow:\n  - path: 'samples/**'\n    reason: samples\n",
    );
    const [key, word] = [critical(), high()];
    clone.write('fixtures/a.env', key);
    clone.write('src/a.env', key);
    clone.commit('both');
    expectBlocked(clone.push());
    clone.git('reset', '-q', '--hard', 'origin/main');
    clone.write('samples/b.env', word);
    clone.commit('here first');
    clone.git('mv', 'samples/b.env', 'b.env');
    clone.commit('then there');
    expectBlocked(clone.push());
  });

  it.each([
    ['a!/x', 'beside a file a', (word: string) => word],
    ['a!/x.gz', 'as an archive', (word: string) => gzipSync(word)],
  ])('at a path that counts, though it came first as %s, %s', (name, _, content) => {
    approve('.memhold/scan.yaml', "allow:\n  - path: 'samples/**'\n    reason: samples\n");
    const word = content(high());
    clone.write('samples/a', 'nothing\n');
    clone.write(`samples/${name}`, word);
    clone.commit('here first');
    clone.write('src/app.gz', word);
    clone.commit('then there');
    expectBlocked(clone.push());
  });

  it('at a path that is left out as well: critical findings need their fingerprint approved', () => {
    approve('.memhold/scan.yaml', "exclude: ['**']\n");
    addKey();
    expectBlocked(clone.push());
  });

  it('in a trailer, a header, a copy of a merged tag, and the name of a file, a ref, an author', () => {
    clone.commit(`work\n\nSigned-off-by: token ${tokens.github()} <a@dev.test>`);
    expectBlocked(clone.push());
    clone.git('reset', '-q', '--hard', 'origin/main');
    const tree = clone.git('rev-parse', 'HEAD^{tree}');
    const person = 'Ann <ann@dev.test> 1700000000 +0000';
    const raw = `tree ${tree}\nauthor ${person}\ncommitter ${person}\nnote ${tokens.github()}\n\nmessage\n`;
    const id = clone.run(
      clone.folder,
      'git',
      ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'],
      raw,
    );
    expectBlocked(clone.push(['origin', `${id}:refs/heads/header`]));
    clone.write(`${tokens.github()}.txt`, 'nothing\n');
    clone.commit('name');
    expectBlocked(clone.push());
    clone.git('reset', '-q', '--hard', 'origin/main');
    clone.git('commit', '-q', '--allow-empty', '-m', 'author', `--author=${tokens.github()} <a@dev.test>`);
    expectBlocked(clone.push());
    clone.git('reset', '-q', '--hard', 'origin/main');
    expectBlocked(clone.push(['origin', `HEAD:refs/heads/${tokens.github()}`]));
  });

  it('behind a NUL, and in UTF-16 without its mark', () => {
    clone.write('a.env', Buffer.from(`\0${critical()}`));
    clone.commit('nul');
    expectBlocked(clone.push());
    clone.git('reset', '-q', '--hard', 'origin/main');
    clone.write('a.env', Buffer.from(critical().repeat(2), 'utf16le'));
    clone.commit('wide');
    expectBlocked(clone.push());
  });

  it('in a large file whose store is elsewhere, or a link', () => {
    const content = critical();
    const id = clone.run(clone.folder, 'sha256sum', [], content).split(' ')[0]!;
    const store = join(clone.root, 'store');
    clone.git('config', 'lfs.storage', store);
    const folder = join(store, 'objects', id.slice(0, 2), id.slice(2, 4));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(clone.root, 'real'), content);
    symlinkSync(join(clone.root, 'real'), join(folder, id));
    clone.write('m.bin', `version https://hawser.github.com/spec/v1\r\noid sha256:${id}\r\nsize 9\r\n`);
    clone.commit('large');
    expectBlocked(clone.push());
  });
});

describe('what the remote has is not taken from another repository', () => {
  const second = () => {
    const folder = join(clone.root, 'second.git');
    clone.run(clone.root, 'git', ['init', '-q', '--bare', '-b', 'main', folder]);
    return folder;
  };
  /** The first remote has the key, and this clone knows that. */
  function shareKey(): void {
    clone.git('config', 'core.hooksPath', '/dev/null');
    addKey();
    clone.push();
    clone.git('config', '--unset', 'core.hooksPath');
  }

  it('where pushes go to another address than fetches come from', () => {
    shareKey();
    clone.git('remote', 'set-url', '--push', 'origin', second());
    expectBlocked(clone.push());
  });

  it('where the name of one remote is the beginning of another', () => {
    shareKey();
    clone.git('remote', 'rename', 'origin', 'team/private');
    clone.git('remote', 'add', 'team', second());
    expectBlocked(clone.push(['team', 'HEAD:main']));
  });

  it('where one name stands for two addresses', () => {
    const other = second();
    clone.git('remote', 'set-url', '--add', '--push', 'origin', '../remote.git');
    clone.git('remote', 'set-url', '--add', '--push', 'origin', other);
    clone.write('a.env', high());
    clone.commit('a');
    expectBlocked(clone.push());
    const override = { MEMHOLD_OVERRIDE: `${clone.report().scan_id}: for one of the two` };
    clone.push(undefined, override);
    // An override is for one address, whichever of the two was asked last.
    const commit = clone.git('rev-parse', 'HEAD');
    const arrived = [clone.remote, other].filter((folder) =>
      clone.run(folder, 'git', ['rev-list', '--all', '--', '.']).includes(commit),
    );
    expect(arrived).toHaveLength(1);
  });
});

describe('the policy counts', () => {
  const strict = () => approve('.memhold/security.yaml', 'posture: high\n');
  const expectStrict = (push: { ok: boolean; said: string }) => {
    expectBlocked(push);
    expect(clone.report()).toMatchObject({ security_posture: 'high', override_available: false });
  };

  it('however the address is spelled', () => {
    strict();
    clone.write('a.env', high());
    clone.commit('a');
    for (const url of ['../remote.git/', '../remote', `file://${clone.remote}`, clone.remote])
      expectStrict(clone.push([url, 'HEAD:main']));
  });

  it('from any branch of the remote, where its default branch is not known, and from any remote for an unknown address', () => {
    strict();
    clone.git('push', '-q', '--no-verify', 'origin', 'HEAD:develop');
    clone.run(clone.remote, 'git', ['symbolic-ref', 'HEAD', 'refs/heads/develop']);
    clone.git('push', '-q', '--no-verify', 'origin', ':main');
    clone.git('remote', 'set-head', 'origin', '--delete');
    clone.git('fetch', '-q', '--prune', 'origin');
    clone.write('a.env', high());
    clone.commit('a');
    expectStrict(clone.push(['origin', 'HEAD:develop']));
    const other = join(clone.root, 'unknown.git');
    clone.run(clone.root, 'git', ['init', '-q', '--bare', other]);
    expectStrict(clone.push([other, 'HEAD:main']));
  });

  it.each([
    ['HEAD', 'main'],
    ['main', 'master'],
  ])(
    'and not that of a branch that somebody calls %s, where this clone knows no default branch',
    (name, real) => {
      strict();
      clone.git('push', '-q', '--no-verify', 'origin', `HEAD:${real}`);
      clone.git('remote', 'set-head', 'origin', '--delete');
      clone.write('.memhold/security.yaml', 'posture: medium\n');
      clone.write('.memhold/scan.yaml', "allow:\n  - path: '**'\n    reason: all\n");
      clone.commit('laxer');
      clone.git('push', '-q', '--no-verify', 'origin', `+HEAD:refs/heads/${name}`);
      clone.git('update-ref', `refs/remotes/origin/${real}`, 'HEAD^');
      clone.git('update-ref', `refs/remotes/origin/${name}`, 'HEAD');
      clone.git('reset', '-q', '--hard', 'HEAD^');
      clone.write('a.env', high());
      clone.commit('a');
      expectStrict(clone.push(['origin', 'HEAD:refs/heads/topic']));
    },
  );

  it('from a folder below the top', () => {
    strict();
    clone.write('sub/a.env', high());
    clone.commit('a');
    const line = `HEAD ${clone.git('rev-parse', 'HEAD')} refs/heads/main ${clone.git('rev-parse', 'origin/main')}\n`;
    const call = ['hook', 'pre-push', '--', 'origin', '../remote.git'];
    expect(clone.program(call, line)).toMatchObject({ code: 1 });
    expect(clone.report()).toMatchObject({ security_posture: 'high' });
  });
});

describe('the hook is not led astray', () => {
  const MEMHOLD = fileURLToPath(new URL('../../packages/cli/bin/memhold.js', import.meta.url));

  // Of `memhold`, whose parser would take such a name for its own option.
  it.each(['--help', '-h', '-V', '--version'])('by a remote that is named %s', (name) => {
    clone.hook('uninstall');
    expect(clone.program(['hook', 'install'], undefined, MEMHOLD)).toMatchObject({ code: 0 });
    clone.git('config', `remote.${name}.url`, '../remote.git');
    clone.git('config', 'remote.pushDefault', name);
    clone.git('config', 'push.default', 'current');
    const commit = addKey();
    expectBlocked(clone.push([]));
    expect(clone.remoteHas(commit)).toBe(false);
  });

  it('by NODE_OPTIONS of whoever pushes', () => {
    addKey();
    expectBlocked(clone.push(undefined, { NODE_OPTIONS: '--check' }));
  });

  it('by a pipe in place of its report', () => {
    mkdirSync(join(clone.folder, '.git/memhold'));
    clone.run(clone.folder, 'mkfifo', ['.git/memhold/last-push.json']);
    addKey();
    expectBlocked(clone.push());
    rmSync(join(clone.folder, '.git/memhold'), { recursive: true });
  });
});
