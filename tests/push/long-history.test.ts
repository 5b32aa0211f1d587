// A new branch in a repository with a long history: only what the remote lacks is listed, read and scanned.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeLongHistory } from '../../packages/scanner/src/testing/long-history.ts';
import { BIN } from './clone.ts';
import { critical } from './samples.ts';

const COMMITS = 50_000;
const root = mkdtempSync(join(tmpdir(), 'memhold-long-history-'));
const work = join(root, 'work');
const env: Record<string, string> = {
  PATH: process.env.PATH!,
  HOME: root,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ann',
  GIT_AUTHOR_EMAIL: 'ann@dev.test',
  GIT_COMMITTER_NAME: 'Ann',
  GIT_COMMITTER_EMAIL: 'ann@dev.test',
};
const git = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: work, env });
  expect(status, stderr.toString()).toBe(0);
  return stdout.toString().trim();
};

beforeAll(async () => {
  await makeLongHistory(join(root, 'remote.git'), COMMITS);
  spawnSync('git', ['clone', '-q', join(root, 'remote.git'), work], { env });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A git that notes which objects it was asked for, in front of the real one. */
function countingGit(): { path: string; asked(): number } {
  const folder = join(root, 'bin');
  const list = join(root, 'asked');
  rmSync(list, { force: true });
  mkdirSync(folder, { recursive: true });
  const real = spawnSync('sh', ['-c', 'command -v git'], { env }).stdout.toString().trim();
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh\ncase "$*" in\n*' cat-file --batch --buffer') tee -a '${list}' | '${real}' "$@" ;;\n*) exec '${real}' "$@" ;;\nesac\n`,
  );
  chmodSync(join(folder, 'git'), 0o755);
  const asked = () => (existsSync(list) ? readFileSync(list, 'utf8').split('\n').length - 1 : 0);
  return { path: `${folder}:${env.PATH}`, asked };
}

function look(branch: string) {
  const { path, asked } = countingGit();
  const started = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [BIN, 'hook', 'pre-push', '--from-git', '--', 'origin', join(root, 'remote.git')],
    {
      cwd: work,
      env: { ...env, PATH: path },
      input: `refs/heads/${branch} ${git('rev-parse', branch)} refs/heads/${branch} ${'0'.repeat(40)}\n`,
    },
  );
  const milliseconds = Math.round(performance.now() - started);
  console.log(`${branch}: ${COMMITS} commits on the remote, ${asked()} objects read, ${milliseconds} ms`);
  return { status, said: stderr.toString(), asked: asked() };
}

function branchFrom(start: string, name: string, content: string): void {
  git('switch', '-q', '-c', name, start);
  writeFileSync(join(work, `${name}.ts`), content);
  git('add', '-A');
  git('commit', '-q', '-m', name);
}

it('a new branch reads its own commit and file alone', () => {
  branchFrom('origin/main', 'tip', 'export const tip = 1;\n');
  const { status, said, asked } = look('tip');
  expect(said).toMatch(/1 of 1 file scanned in 1 commit/);
  expect([status, asked]).toEqual([0, 2]);
});

it('a branch that began at the first commits does so too', () => {
  branchFrom(`origin/main~${COMMITS - 10}`, 'old', critical());
  const { status, said, asked } = look('old');
  expect(said).toMatch(/File: old\.ts:1/);
  expect([status, asked]).toEqual([1, 2]);
});
