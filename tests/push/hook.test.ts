// The hook beside others, without its program, with odd input.
import { spawn } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Clone } from './clone.ts';
import { critical, expectBlocked, expectPassed } from './samples.ts';

let clone: Clone;
let situations = 0;

beforeEach(() => {
  clone = new Clone();
});
afterEach(() => {
  clone.remove();
  situations++;
});
afterAll(() => {
  console.log(`${situations} push situations`);
});

describe('the hook', () => {
  it('runs before a hook that was there, with the same input, and gives its place back', () => {
    clone.hook('uninstall');
    const file = join(clone.folder, '.git/hooks/pre-push');
    writeFileSync(file, '#!/bin/sh\ncat > "$(git rev-parse --git-dir)/seen"\n');
    chmodSync(file, 0o755);
    expect(clone.hook('install').out).toContain('runs after it');
    clone.commit('clean');
    expectPassed(clone.push());
    expect(readFileSync(join(clone.folder, '.git/seen'), 'utf8')).toMatch(/refs\/heads\/main/);
    clone.hook('uninstall');
    expect(readFileSync(file, 'utf8')).toContain('seen');
  });

  it('respects core.hooksPath, and stands beside husky', () => {
    clone.hook('uninstall');
    clone.git('config', 'core.hooksPath', '.githooks');
    expect(clone.hook('install').out).toContain('.githooks/pre-push');
    clone.hook('uninstall');
    clone.git('config', 'core.hooksPath', '.husky/_');
    clone.write('.husky/pre-push', 'npm test\n');
    clone.hook('install');
    const husky = readFileSync(join(clone.folder, '.husky/pre-push'), 'utf8');
    expect(husky).toContain('hook pre-push');
    expect(husky).toContain('npm test');
    clone.hook('uninstall');
    expect(readFileSync(join(clone.folder, '.husky/pre-push'), 'utf8')).toBe('npm test\n');
  });

  it('stops the push where its program is gone', () => {
    const file = join(clone.folder, '.git/hooks/pre-push');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('memhold-scanner.js', 'gone.js'));
    clone.commit('clean');
    const push = clone.push();
    expect(push.ok).toBe(false);
    expect(push.said).toContain('the program of this hook is gone');
  });

  it('that is told of no refs looks at all that the remote lacks', () => {
    clone.write('k.env', critical());
    clone.commit('key');
    const file = join(clone.folder, '.git/hooks/pre-push');
    writeFileSync(file, readFileSync(file, 'utf8').replace('input=$(cat; printf x)', 'input=x'));
    const push = clone.push();
    expectBlocked(push);
    clone.git('reset', '-q', '--hard', 'origin/main');
    clone.git('reflog', 'expire', '--expire=now', '--all');
    expect(clone.push(['origin', 'HEAD:main']).said).toContain('git named no refs');
  });

  it('stops the push for input that git would not give', () => {
    const file = join(clone.folder, '.git/hooks/pre-push');
    writeFileSync(file, readFileSync(file, 'utf8').replace('input=$(cat; printf x)', "input='no refx'"));
    clone.commit('clean');
    expectBlocked(clone.push());
  });

  it('that is ended by Ctrl-C stops the push', async () => {
    const file = join(clone.folder, '.git/hooks/pre-push');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('input=$(cat', 'kill -INT 0; sleep 1; input=$(cat'),
    );
    clone.commit('clean');
    const child = spawn('git', ['push', '-q', 'origin', 'HEAD:main'], {
      cwd: clone.folder,
      env: clone.env(),
      detached: true,
      stdio: 'ignore',
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(clone.remoteHas(clone.git('rev-parse', 'HEAD'))).toBe(false);
  });
});
