// A push that is tried again: what was found before is not looked for again, and nobody else can say what was found.
import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTar } from '../../packages/scanner/src/testing/archives.ts';
import type { Clone } from './clone.ts';
import { eachWithAClone } from './each-with-a-clone.ts';
import { critical, expectBlocked, expectPassed, high } from './samples.ts';

let clone: Clone;
eachWithAClone((fresh) => {
  clone = fresh;
});

const cacheFile = () => join(clone.folder, '.git/memhold/blob-cache');
/** Pushes, and counts how often git was asked for contents. */
function readsOf(push: (env: Record<string, string>) => void): number {
  const trace = join(clone.root, 'trace');
  rmSync(trace, { force: true });
  push({ GIT_TRACE2_EVENT: trace });
  const starts = readFileSync(trace, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"event":"start"'));
  return starts.filter((line) => line.includes('"cat-file","--batch","--buffer"')).length;
}
/** A clean push is taken back, so that the same can be pushed again. */
function takeBack(): void {
  clone.run(clone.remote, 'git', ['update-ref', 'refs/heads/main', 'refs/heads/main^']);
  clone.git('fetch', '-q', 'origin');
}

describe('a push that is tried again', () => {
  it('reads nothing a second time, and says the same', () => {
    clone.write('src/a.env', high());
    clone.write('src/b.ts', 'export const b = 1;\n');
    clone.write('latin1.txt', Buffer.from('gr\xfc\xdfe\n', 'latin1'));
    clone.write('image.bin', Buffer.from([0, 1, 2, 3]));
    clone.commit('a');
    const said: string[] = [];
    const reports: unknown[] = [];
    const push = (env: Record<string, string>) => {
      const told = clone.push(undefined, env);
      expectBlocked(told);
      said.push(told.said);
      reports.push({ ...clone.report(), timestamp: '' });
    };
    expect(readsOf(push)).toBe(2);
    expect(readsOf(push)).toBe(0);
    expect(said[1]).toBe(said[0]);
    expect(reports[1]).toEqual(reports[0]);
  });

  it('to another remote, under other names, looks at what is new alone', () => {
    clone.write('src/a.env', high());
    clone.commit('a');
    expectBlocked(clone.push());
    clone.git('mv', 'src/a.env', 'src/moved.env');
    clone.git('commit', '-q', '--amend', '-m', 'moved');
    const other = join(clone.root, 'other.git');
    clone.run(clone.root, 'git', ['init', '-q', '--bare', other]);
    const push = clone.push([other, 'HEAD:main']);
    expectBlocked(push);
    expect(push.said).toContain('File: src/moved.env:1');
  });

  it('is looked at anew where the rules of the default branch changed', () => {
    clone.write('a.txt', 'part number QQ-7361-ZZ\n');
    clone.commit('a');
    expectPassed(clone.push());
    takeBack();
    const commit = clone.git('rev-parse', 'HEAD');
    clone.git('reset', '-q', '--hard', 'origin/main');
    clone.write(
      '.memhold/scan.yaml',
      `rules:
  - id: part-number
    title: Part number
    severity: critical
    confidence: high
    keywords: ['QQ-']
    pattern: 'QQ-[0-9]{4}-ZZ'
    length: { max: 10 }
    remediation: ['Take it out.']
    examples: { match: ['QQ-1111-ZZ'], no_match: ['QQ-1-ZZ'] }
`,
    );
    clone.commit('rules');
    expectPassed(clone.push());
    clone.git('cherry-pick', commit);
    const push = clone.push();
    expectBlocked(push);
    expect(push.said).toContain('part-number');
  });
});

describe('a key is stopped all the same', () => {
  const allClean = () =>
    readFileSync(cacheFile(), 'utf8').replace(/"findings":\[\{.*?\}\](?=\}\])/g, '"findings":[]');

  it('where somebody wrote into the cache that nothing is there', () => {
    clone.write('k.env', critical());
    clone.commit('key');
    expectBlocked(clone.push());
    const forged = allClean();
    expect(forged).not.toBe(readFileSync(cacheFile(), 'utf8'));
    writeFileSync(cacheFile(), forged);
    expectBlocked(clone.push());
    const [, basis, text] = forged.split('\n');
    const digest = createHash('sha256').update(text!).digest('hex');
    const { privateKey } = generateKeyPairSync('ed25519');
    const signature = sign(null, Buffer.from(`memhold blob cache 1\n${basis}\n${digest}`), privateKey);
    writeFileSync(cacheFile(), [signature.toString('base64'), basis, text, ''].join('\n'));
    expectBlocked(clone.push());
  });

  it('where the cache came with the tree', () => {
    clone.write('k.env', critical());
    clone.commit('key');
    expectBlocked(clone.push());
    clone.write('.memhold/blob-cache', allClean());
    clone.write('memhold/blob-cache', allClean());
    clone.commit('and a cache');
    expectBlocked(clone.push());
  });

  it('where the large file behind a pointer came only after the first look', () => {
    const content = critical();
    const id = createHash('sha256').update(content).digest('hex');
    const version = 'version https://git-lfs.github.com/spec/v1';
    clone.write('model.bin', `${version}\noid sha256:${id}\nsize ${content.length}\n`);
    clone.commit('large');
    expectPassed(clone.push());
    takeBack();
    clone.write(`.git/lfs/objects/${id.slice(0, 2)}/${id.slice(2, 4)}/${id}`, content);
    expectBlocked(clone.push());
  });

  it('where a tree named a commit as if it were a file', () => {
    const tree = clone.git('rev-parse', 'HEAD^{tree}');
    const person = 'Ann <ann@dev.test> 1700000000 +0000';
    const raw = `tree ${tree}\nauthor ${person}\ncommitter ${person}\n\n\0 ${high()}`;
    const write = (kind: string, input: string | Buffer) =>
      clone
        .run(
          clone.folder,
          'git',
          ['hash-object', '-t', kind, '-w', '--stdin', '--literally'],
          input as string,
        )
        .trim();
    const hidden = write('commit', raw);
    const entry = Buffer.concat([Buffer.from('100644 a\0'), Buffer.from(hidden, 'hex')]);
    const odd = write('tree', entry);
    const first = write('commit', `tree ${odd}\nauthor ${person}\ncommitter ${person}\n\nodd\n`);
    clone.push(['origin', `${first}:refs/heads/odd`]);
    expectBlocked(clone.push(['origin', `${hidden}:refs/heads/hidden`]));
  });

  it('in an archive, which is opened each time', () => {
    clone.write('clean.tar', makeTar([{ name: 'a.txt', content: 'nothing\n' }]));
    clone.write('bundle.tar', makeTar([{ name: 'inner.env', content: critical() }]));
    clone.commit('archives');
    const push = (env: Record<string, string>) => expectBlocked(clone.push(undefined, env));
    expect(readsOf(push)).toBe(2);
    expect(readsOf(push)).toBe(1);
    expect(readFileSync(cacheFile(), 'utf8')).not.toContain('inner.env');
  });
});

it('pushes at the same time have a cache of one of them', async () => {
  clone.write('k.env', critical());
  clone.commit('key');
  rmSync(join(clone.home, '.config'), { recursive: true, force: true });
  const codes = await Promise.all(
    ['one', 'two', 'three'].map(
      (name) =>
        new Promise<number | null>((resolve) => {
          const args = ['push', '-q', 'origin', `HEAD:refs/heads/${name}`];
          spawn('git', args, { cwd: clone.folder, env: clone.env(), stdio: 'ignore' }).on('close', resolve);
        }),
    ),
  );
  expect(codes).toEqual([1, 1, 1]);
  expect(clone.remoteRefs()).toEqual(['refs/heads/main']);
  expect(existsSync(cacheFile())).toBe(true);
  expect(readsOf((env) => expectBlocked(clone.push(undefined, env)))).toBeLessThan(2);
});
