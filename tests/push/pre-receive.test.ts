// The hook where pushes arrive: nothing of a clone skips it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BIN, type Clone } from './clone.ts';
import { eachWithAClone } from './each-with-a-clone.ts';
import { critical, expectBlocked, expectPassed, high, tokens } from './samples.ts';

let clone: Clone;
const inRemote = (...args: string[]) =>
  spawnSync(process.execPath, [BIN, ...args], { cwd: clone.remote, env: clone.env() });

eachWithAClone((fresh) => {
  clone = fresh;
  clone.hook('uninstall');
  clone.run(clone.remote, 'git', ['config', 'receive.advertisePushOptions', 'true']);
  const installed = inRemote('hook', 'install');
  expect([installed.status, installed.stdout.toString()]).toEqual([
    0,
    expect.stringContaining('pre-receive'),
  ]);
});

const record = () => readFileSync(join(clone.remote, 'memhold/overrides.jsonl'), 'utf8');
const report = () => JSON.parse(readFileSync(join(clone.remote, 'memhold/last-push.json'), 'utf8'));

it('takes a clean push, and says so', () => {
  clone.write('a.ts', 'export const a = 1;\n');
  clone.commit('a');
  const push = clone.push();
  expectPassed(push);
  expect(push.said).toContain('1 of 1 file scanned in 1 commit');
});

it('refuses a key in a middle commit, also with --no-verify, and keeps nothing of it', () => {
  clone.write('k.env', critical());
  const middle = clone.commit('key');
  clone.write('k.env', 'TOKEN=\n');
  clone.commit('gone');
  const push = clone.push(['--no-verify', 'origin', 'HEAD:main']);
  expectBlocked(push);
  expect(push.said).toContain(middle.slice(0, 12));
  expect(clone.remoteHas(middle)).toBe(false);
});

it('refuses all of a push for one ref of it', () => {
  clone.git('branch', 'clean');
  clone.write('k.env', critical());
  clone.commit('key');
  expectBlocked(clone.push(['origin', 'clean', 'HEAD:main']));
  expect(clone.remoteRefs()).toEqual(['refs/heads/main']);
});

it('looks only at what the repository does not have, and takes deletions', () => {
  clone.run(clone.remote, 'git', ['config', 'core.hooksPath', '/dev/null']);
  clone.write('k.env', critical());
  clone.commit('key that is there already');
  clone.push();
  clone.run(clone.remote, 'git', ['config', '--unset', 'core.hooksPath']);
  expectPassed(clone.push(['origin', 'HEAD:refs/heads/same']));
  const gone = clone.push(['origin', ':same']);
  expectPassed(gone);
  expect(gone.said).toContain('nothing is sent');
});

it('takes its policy from its own default branch', () => {
  clone.write('.memhold/security.yaml', 'posture: high\n');
  clone.commit('policy');
  expectPassed(clone.push());
  clone.write('.memhold/security.yaml', 'posture: medium\n');
  clone.write('a.env', high());
  clone.commit('laxer');
  expectBlocked(clone.push());
  expect(report()).toMatchObject({ security_posture: 'high', override_available: false });
});

it('is overridden by a push option, for that push only, on a record of its own', () => {
  clone.write('a.env', high());
  clone.commit('a');
  const first = clone.push();
  expectBlocked(first);
  const option = `memhold-override=${report().scan_id}: needed for the release today`;
  expect(first.said).toContain(`git push -o memhold-override='${report().scan_id}: <why>'`);
  const allowed = clone.push(['-o', option, 'origin', 'HEAD:main']);
  expect(allowed.ok).toBe(true);
  expect(record()).toContain('needed for the release today');
  clone.write('b.env', high());
  clone.commit('b');
  expectBlocked(clone.push(['-o', option, 'origin', 'HEAD:main']));
});

it('refuses a name of a ref that is a key', () => {
  expectBlocked(clone.push(['origin', `HEAD:refs/heads/${tokens.github()}`]));
});
