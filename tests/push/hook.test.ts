// The hook beside others, without its program, with odd input.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharedLines } from '../../packages/scanner/src/hooks/hook-script.ts';
import type { Clone } from './clone.ts';
import { eachWithAClone } from './each-with-a-clone.ts';
import { critical, expectBlocked, expectPassed } from './samples.ts';

let clone: Clone;
eachWithAClone((fresh) => {
  clone = fresh;
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
    clone.git('config', 'core.hooksPath', '../hooks');
    expect(clone.hook('install').out).toContain('hooks/pre-push');
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

  it('is written through no link of the tree, and taken out of nothing behind one', () => {
    clone.hook('uninstall');
    clone.git('config', 'core.hooksPath', '.husky/_');
    const outside = join(clone.root, 'outside');
    const hooks = join(clone.folder, '.husky');
    const profile = join(outside, 'pre-push');
    mkdirSync(outside);
    writeFileSync(profile, 'export A=1\n');
    mkdirSync(hooks);
    symlinkSync(profile, join(hooks, 'pre-push'));
    const refused = { code: 2, err: expect.stringContaining('symbolic link') };
    expect(clone.hook('install')).toMatchObject(refused);
    rmSync(hooks, { recursive: true });
    symlinkSync(outside, hooks);
    expect(clone.hook('install')).toMatchObject(refused);
    expect(readFileSync(profile, 'utf8')).toBe('export A=1\n');
    writeFileSync(profile, sharedLines);
    expect(clone.hook('uninstall')).toMatchObject(refused);
    expect(readFileSync(profile, 'utf8')).toBe(sharedLines);
  });

  it('stops the push where its program is gone', () => {
    const file = join(clone.folder, '.git/hooks/pre-push');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('memhold-scanner.js', 'gone.js'));
    clone.commit('clean');
    const push = clone.push();
    expect(push.ok).toBe(false);
    expect(push.said).toContain('the program of this hook is gone');
  });

  it('lets a push through that sends nothing, as git tells it', () => {
    clone.git('switch', '-qc', 'other');
    clone.write('k.env', critical());
    clone.commit('key, which is not pushed');
    clone.git('switch', '-q', 'main');
    const push = clone.push(['origin', 'main']);
    expectPassed(push);
    expect(push.said).toContain('git has nothing to send');
  });

  it('called by something that gives it no refs looks at all that the remote lacks', () => {
    clone.git('switch', '-qc', 'other');
    clone.write('k.env', critical());
    clone.commit('key');
    clone.git('update-ref', 'refs/notes/x', 'HEAD');
    clone.git('switch', '-q', 'main');
    clone.git('branch', '-qD', 'other');
    const told = clone.program(['hook', 'pre-push', '--', 'origin', '../remote.git'], '');
    expect(told).toMatchObject({ code: 1, err: expect.stringContaining('SECURITY VETO') });
    clone.git('update-ref', '-d', 'refs/notes/x');
    const clean = clone.program(['hook', 'pre-push', '--', 'origin', '../remote.git'], '');
    expect(clean).toMatchObject({ code: 0, err: expect.stringContaining('git named no refs') });
  });

  it('takes only the word of its program, not an exit code', () => {
    const file = join(clone.folder, '.git/hooks/pre-push');
    const silent = join(clone.root, 'silent.js');
    writeFileSync(silent, 'process.exit(0);\n');
    const script = /'[^']*memhold-scanner\.js'/g;
    writeFileSync(file, readFileSync(file, 'utf8').replace(script, `'${silent}'`));
    clone.commit('clean');
    const push = clone.push();
    expect(push.ok).toBe(false);
    expect(push.said).toContain('did not say that the push may go');
  });

  it('in a file that people share has no path of one machine, and hands the list on', () => {
    clone.hook('uninstall');
    clone.git('config', 'core.hooksPath', '.githooks');
    clone.write('.githooks/pre-push', '#!/bin/sh\ncat > "$(git rev-parse --git-dir)/seen"\n');
    chmodSync(join(clone.folder, '.githooks/pre-push'), 0o755);
    expect(clone.hook('install').out).toContain('a file of the project');
    const hook = readFileSync(join(clone.folder, '.githooks/pre-push'), 'utf8');
    expect(hook).toMatch(/^#!\/bin\/sh\n# memhold/);
    expect(hook).not.toContain(process.execPath);
    // In place of npx, which would look in the project's own packages.
    const word = "printf '%s' 'memhold: the push may go'";
    const npx = join(clone.root, 'npx');
    writeFileSync(npx, `#!/bin/sh\ncat > "$(git rev-parse --git-dir)/scanned"\n${word}\n`);
    chmodSync(npx, 0o755);
    clone.commit('clean');
    expect(clone.push(undefined, { PATH: `${clone.root}:/usr/bin:/bin` }).ok).toBe(true);
    for (const name of ['scanned', 'seen'])
      expect(readFileSync(join(clone.folder, '.git', name), 'utf8')).toMatch(/refs\/heads\/main/);
    clone.hook('uninstall');
    expect(readFileSync(join(clone.folder, '.githooks/pre-push'), 'utf8')).not.toContain('memhold');
  });

  it('that does nothing is not said to be installed', () => {
    const file = join(clone.folder, '.git/hooks/pre-push');
    const whole = readFileSync(file, 'utf8');
    expect(clone.hook('status')).toMatchObject({ code: 0 });
    chmodSync(file, 0o644);
    expect(clone.hook('status')).toMatchObject({ code: 1, out: expect.stringContaining('not executable') });
    chmodSync(file, 0o755);
    writeFileSync(file, whole.replace('input=$(cat', 'exit 0; input=$(cat'));
    expect(clone.hook('status')).toMatchObject({ code: 1, out: expect.stringContaining('Changed') });
    clone.hook('install');
    expect(readFileSync(file, 'utf8')).toBe(whole);
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
