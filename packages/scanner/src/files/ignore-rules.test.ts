import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileGlob, matchesGlob } from './glob.ts';
import { isIgnored, parseIgnoreFile } from './ignore-rules.ts';

const patterns = [
  '*.log',
  '/top.txt',
  'build/',
  'a/**/z',
  '**/deep',
  'logs/**',
  'docs/*.md',
  '!keep.log',
  'x?y',
  '[a-c].c',
  '[!a-c].h',
  '\\#hash',
  '\\!bang',
  'sp ace ',
  'tail\\ ',
  'a*b*c',
  '*',
  '!*.ts',
  '# comment',
  '',
  'dir/sub/',
  '**',
  '/**/m',
  'foo/**/',
  '[]x]',
  '[a',
  'e**f',
  'node_modules',
  '!/node_modules/',
  'x/*/y',
];
const paths = [
  'a.log',
  'keep.log',
  'sub/a.log',
  'top.txt',
  'sub/top.txt',
  'build/x',
  'sub/build/x',
  'a/z',
  'a/b/z',
  'a/b/c/z',
  'deep',
  'q/deep',
  'logs/x',
  'logs/a/b',
  'docs/r.md',
  'docs/s/r.md',
  'xay',
  'xy',
  'b.c',
  'd.c',
  'd.h',
  'a.h',
  '#hash',
  '!bang',
  'sp ace',
  'tail ',
  'aXbXc',
  'abc',
  'ab/c',
  'f.ts',
  'dir/sub/f',
  'other/dir/sub/f',
  'm',
  'q/r/m',
  'foo/bar/baz',
  ']',
  'x',
  '[a',
  'eXf',
  'e/f',
  'node_modules/p',
  'x/1/y',
  'x/1/2/y',
  'x/y',
];

describe('ignore rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ignore-'));
  execFileSync('git', ['init', '-q', folder]);

  function asGit(ignoreFile: string): string[] {
    writeFileSync(join(folder, '.gitignore'), ignoreFile);
    const input = paths.join('\0');
    try {
      const out = execFileSync('git', ['-C', folder, 'check-ignore', '--no-index', '--stdin', '-z'], {
        input,
      });
      return out.toString().split('\0').filter(Boolean);
    } catch (error) {
      if ((error as { status?: number }).status === 1) return [];
      throw error;
    }
  }

  /** As the walk does it: what lies in an ignored folder is never asked about. */
  function asWalk(ignoreFile: string): string[] {
    const layers = [parseIgnoreFile('/r', ignoreFile)];
    return paths.filter((path) => {
      const parts = path.split('/');
      return parts.some((_, i) =>
        isIgnored(layers, `/r/${parts.slice(0, i + 1).join('/')}`, i + 1 < parts.length),
      );
    });
  }

  it.each(patterns.map((pattern) => ({ pattern })))('agrees with git about $pattern', ({ pattern }) => {
    expect(asWalk(`${pattern}\n`)).toEqual(asGit(`${pattern}\n`));
  });

  it('agrees with git about pairs, where the last one decides', () => {
    const disagreements = patterns.flatMap((first, i) => {
      const file = `${first}\n${patterns[(i * 7 + 3) % patterns.length]}\n!sub/\n`;
      const [mine, theirs] = [asWalk(file), asGit(file)];
      return JSON.stringify(mine) === JSON.stringify(theirs) ? [] : [{ file, mine, theirs }];
    });
    expect(disagreements).toEqual([]);
  });

  it('gives a deeper file the last word', () => {
    const layers = [parseIgnoreFile('/r', '*.log\n'), parseIgnoreFile('/r/sub', '!a.log\n')];
    expect(isIgnored(layers, '/r/sub/a.log', false)).toBe(false);
    expect(isIgnored(layers, '/r/sub/b.log', false)).toBe(true);
  });
});

describe('a hostile glob', () => {
  it('costs no more than pattern times path', () => {
    const stars = compileGlob(`${'*a'.repeat(200)}b`);
    const folders = compileGlob(`${'**/a/'.repeat(200)}b`);
    const started = performance.now();
    expect(matchesGlob(stars, ['a'.repeat(2000)])).toBe(false);
    expect(matchesGlob(folders, Array<string>(2000).fill('a'))).toBe(false);
    // Tried in every combination, either would outlast the machine.
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
