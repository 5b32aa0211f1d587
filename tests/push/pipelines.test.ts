// `memhold scan --ci`, and the job files of deploy/ci: their steps run in bash, in a real clone, with the variables that the
// build systems document. Only npm is played: it puts this checkout's scanner where it would install it.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../server-process.ts';
import { BIN, type Clone } from './clone.ts';
import { eachWithAClone } from './each-with-a-clone.ts';
import { critical, high } from './samples.ts';

let clone: Clone;
eachWithAClone((fresh) => {
  clone = fresh;
  clone.hook('uninstall');
});

const none = '0'.repeat(40);
const id = (name: string) => clone.git('rev-parse', name);

function scan(env: Record<string, string>, args: readonly string[] = [], folder = clone.folder) {
  const done = spawnSync(process.execPath, [BIN, '--ci', ...args], { cwd: folder, env: clone.env(env) });
  return { code: done.status, out: done.stdout.toString(), err: done.stderr.toString() };
}
/** A pipeline of GitLab for a branch. */
const ofBranch = (branch: string, before = none) => ({
  ...{ GITLAB_CI: 'true', CI_COMMIT_SHA: id('HEAD'), CI_COMMIT_BEFORE_SHA: before },
  ...{ CI_COMMIT_BRANCH: branch, CI_DEFAULT_BRANCH: 'main' },
});
function branch(name: string, content = critical()): void {
  clone.git('switch', '-qc', name);
  clone.write('k.env', content);
  clone.commit('key');
  clone.git('rm', '-q', 'k.env');
  clone.commit('gone');
}
/** What is printed as the one command that mends it. */
const mend = ({ err }: { err: string }) => /: (git [^\n]+)\n$/.exec(err)![1]!;

describe('memhold scan --ci', () => {
  it('looks at each commit of a new branch that the default branch lacks', () => {
    branch('topic');
    const told = scan(ofBranch('topic'), ['--json']);
    expect(told.code).toBe(1);
    expect(JSON.parse(told.out)).toMatchObject({ veto_decision: 'BLOCK', override_available: false });
    expect(JSON.parse(told.out).findings).toMatchObject([{ file: 'k.env', severity: 'critical' }]);
  });

  it('looks at what came since, where the branch was there before', () => {
    branch('topic');
    const before = id('HEAD');
    clone.write('a.ts', 'export const a = 1;\n');
    clone.commit('clean');
    expect(scan(ofBranch('topic', before))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/in 1 commit/),
    });
  });

  it('says that there is nothing new, where there is nothing', () => {
    expect(scan(ofBranch('same'))).toMatchObject({ code: 0, err: expect.stringContaining('no new commits') });
  });

  it('takes no excuse from the commits, nor from the work tree, nor from a push to the default branch itself', () => {
    const excuse = "exclude: ['**']\nallow:\n  - path: '**'\n    reason: trust me\n";
    const before = id('HEAD');
    clone.write('.memhold/scan.yaml', excuse);
    clone.write('k.env', high());
    clone.commit('key with its excuse');
    expect(scan(ofBranch('topic'))).toMatchObject({ code: 1 });
    clone.git('push', '-q', 'origin', 'HEAD:main');
    clone.git('fetch', '-q', 'origin');
    expect(scan(ofBranch('main', before))).toMatchObject({ code: 1 });
    // Once it was agreed to, the default branch allows it.
    clone.write('l.env', high());
    clone.commit('another');
    expect(scan(ofBranch('topic'))).toMatchObject({ code: 0 });
  });

  it('asks for no less where nobody says what the default branch was before', () => {
    clone.write('.memhold/security.yaml', `posture: high\nallow:\n  - { path: '**', reason: all }\n`);
    clone.write('k.env', high());
    clone.commit('key and policy');
    clone.git('push', '-q', 'origin', 'HEAD:main');
    clone.git('fetch', '-q', 'origin');
    const { code, out } = scan(ofBranch('main'), ['--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ security_posture: 'high', veto_decision: 'BLOCK' });
  });

  it('refuses a shallow clone, and what it says mends it', () => {
    branch('topic');
    clone.git('push', '-q', 'origin', 'topic');
    const folder = join(clone.root, 'shallow');
    const address = `file://${clone.remote}`;
    const args = ['clone', '-q', '--depth', '1', '--no-single-branch', '-b', 'topic', address, folder];
    clone.run(clone.root, 'git', args);
    const told = scan(ofBranch('topic'), [], folder);
    expect(told).toMatchObject({ code: 2, out: '' });
    clone.run(folder, 'bash', ['-c', mend(told)]);
    expect(scan(ofBranch('topic'), [], folder)).toMatchObject({ code: 1 });
  });

  it('refuses a range whose beginning is not here, and what it says mends it', () => {
    branch('topic');
    clone.git('push', '-q', 'origin', 'topic:refs/heads/topic');
    const before = id('HEAD');
    const folder = join(clone.root, 'one');
    clone.run(clone.root, 'git', ['clone', '-q', '--single-branch', `file://${clone.remote}`, folder]);
    const env = { ...ofBranch('main', before), CI_COMMIT_SHA: id('main') };
    const told = scan(env, [], folder);
    expect(told).toMatchObject({ code: 2, err: expect.stringContaining(before) });
    clone.run(clone.remote, 'git', ['config', 'uploadpack.allowAnySHA1InWant', 'true']);
    clone.run(folder, 'bash', ['-c', mend(told)]);
    expect(scan(env, [], folder)).toMatchObject({ code: 0 });
  });

  it('refuses a clone without the default branch, and what it says mends it', () => {
    branch('topic');
    clone.git('update-ref', '-d', 'refs/remotes/origin/main');
    const told = scan(ofBranch('topic'));
    expect(told.code).toBe(2);
    clone.run(clone.folder, 'bash', ['-c', mend(told)]);
    expect(scan(ofBranch('topic'))).toMatchObject({ code: 1 });
  });

  it('refuses where nobody says what was pushed, and takes a range in place of that', () => {
    branch('topic');
    for (const env of [
      {},
      { CIRCLECI: 'true', CIRCLE_SHA1: id('HEAD'), CIRCLE_BRANCH: 'main' },
      { GITLAB_CI: '1' },
    ])
      expect(scan(env as Record<string, string>)).toMatchObject({
        code: 2,
        err: expect.stringContaining('--range'),
      });
    expect(scan({}, ['--range', 'main..HEAD'])).toMatchObject({ code: 1 });
    expect(scan({}, ['--range', 'main..HEAD~2'])).toMatchObject({ code: 0 });
    for (const range of ['--help..HEAD', 'gone..HEAD'])
      expect(scan({}, [`--range=${range}`])).toMatchObject({ code: 2, out: '' });
  });

  it('repeats no name that somebody chose as a part of a command', () => {
    branch('topic');
    const env = { ...ofBranch('topic'), CI_MERGE_REQUEST_IID: '1' };
    for (const name of ['$(touch x)', '--upload-pack=x']) {
      const told = scan({ ...env, CI_MERGE_REQUEST_TARGET_BRANCH_NAME: name });
      expect(told.code).toBe(2);
      expect(told.err).not.toContain(name);
    }
  });

  it('takes no option that would have a say besides the default branch', () => {
    for (const option of [['--no-suppressions'], ['--config', 'x']])
      expect(scan(ofBranch('x'), option)).toMatchObject({
        code: 2,
        err: expect.stringContaining('--ci judges'),
      });
  });

  it('ends with 2 where the policy of the default branch is broken', () => {
    clone.write('.memhold/scan.yaml', 'allow: [');
    clone.commit('broken');
    clone.git('push', '-q', 'origin', 'HEAD:main');
    clone.git('fetch', '-q', 'origin');
    branch('topic');
    expect(scan(ofBranch('topic'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('default branch'),
    });
  });
});

/** Puts the scanner of this checkout where npm would install it, and notes what it was asked for. */
function playNpm(): { PATH: string; asked(): string } {
  const bin = join(clone.root, 'bin');
  const asked = join(clone.root, 'npm-asked');
  mkdirSync(bin, { recursive: true });
  const scanner = `#!/bin/sh\\nexec '${process.execPath}' '${BIN}' "$@"\\n`;
  writeFileSync(
    join(bin, 'npm'),
    `#!/bin/sh\necho "$PWD: $*" >> '${asked}'\nmkdir -p "$3/node_modules/.bin"\n` +
      `printf "${scanner.replaceAll('"', '\\"').replaceAll('$@', '\\$@')}" > "$3/node_modules/.bin/memhold-scanner"\n` +
      `chmod +x "$3/node_modules/.bin/memhold-scanner"\n`,
  );
  chmodSync(join(bin, 'npm'), 0o755);
  return { PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`, asked: () => readFileSync(asked, 'utf8') };
}

function bash(code: string, env: Record<string, string>, folder = clone.folder) {
  // As GitHub calls it: `bash --noprofile --norc -eo pipefail {0}`.
  const done = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', code], {
    cwd: folder,
    env: clone.env(env),
  });
  return { code: done.status, said: done.stdout.toString() + done.stderr.toString() };
}

describe('the action for GitHub', () => {
  const action = parse(readFileSync(join(ROOT, 'deploy/ci/github/action.yml'), 'utf8'));

  function run(event: object, kind: string) {
    const { PATH, asked } = playNpm();
    const temp = join(clone.root, 'temp');
    mkdirSync(temp, { recursive: true });
    const files = { GITHUB_STEP_SUMMARY: join(temp, 'summary'), GITHUB_OUTPUT: join(temp, 'output') };
    for (const file of [...Object.values(files), join(temp, 'event.json')]) writeFileSync(file, '');
    writeFileSync(join(temp, 'event.json'), JSON.stringify(event));
    const env = { PATH, RUNNER_TEMP: temp, GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: kind, ...files };
    let last = { code: 0 as number | null, said: '' };
    for (const step of action.runs.steps) {
      expect(step.run, 'inputs are handed over as variables, never as a part of a script').not.toContain(
        '${{',
      );
      const given = Object.fromEntries(
        Object.entries(step.env as Record<string, string>).map(([name, value]) => {
          const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value)![1]!;
          return [name, String(action.inputs[input].default)];
        }),
      );
      const folder = step['working-directory'] === undefined ? clone.folder : temp;
      last = bash(step.run, { ...env, GITHUB_EVENT_PATH: join(temp, 'event.json'), ...given }, folder);
      if (last.code !== 0) break;
    }
    return {
      ...last,
      summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
      output: readFileSync(files.GITHUB_OUTPUT, 'utf8'),
      asked: asked(),
    };
  }
  const repository = { default_branch: 'main' };
  const proposed = () => ({
    repository,
    pull_request: { base: { sha: id('main'), ref: 'main' }, head: { sha: id('HEAD'), ref: 'topic' } },
  });

  it('stops a pull request whose middle commit has a key, with a summary, annotations and a report', () => {
    branch('topic');
    const told = run(proposed(), 'pull_request');
    expect(told.code).toBe(1);
    expect(told.said).toMatch(/^::error file=k\.env,line=1/m);
    expect(told.summary).toContain('k.env');
    const sarif = /^sarif=(.+)$/m.exec(told.output)![1]!;
    expect(JSON.parse(readFileSync(sarif, 'utf8')).runs[0].results).toHaveLength(1);
    // Nothing of the tree decides what is installed.
    expect(told.asked).toMatch(
      /^\S+\/temp: install --prefix \S+\/temp\/memhold --ignore-scripts .*@memhold\/scanner@\d/,
    );
  });

  it('lets a clean one pass', () => {
    branch('topic', 'nothing\n');
    expect(run(proposed(), 'pull_request')).toMatchObject({ code: 0 });
  });

  it('stops a push, and what cannot be told', () => {
    const before = id('HEAD');
    branch('topic');
    const event = { repository, before, after: id('HEAD'), ref: 'refs/heads/topic' };
    expect(run(event, 'push')).toMatchObject({ code: 1 });
    expect(run({ repository }, 'schedule')).toMatchObject({ code: 2 });
    expect(run({ ...event, before: 'f'.repeat(40) }, 'push')).toMatchObject({
      ...{ code: 2, said: expect.stringContaining('git fetch') },
    });
  });

  it('has an example that fetches all commits and may do little', () => {
    const example = parse(readFileSync(join(ROOT, 'deploy/ci/github/workflow.yml'), 'utf8'));
    const { memhold } = example.jobs;
    expect(memhold.steps[0].with).toMatchObject({ 'fetch-depth': 0, 'persist-credentials': false });
    expect(example.permissions).toEqual({});
    expect(memhold.permissions).toEqual({ contents: 'read', 'security-events': 'write' });
  });
});

describe('the job for GitLab', () => {
  const { memhold } = parse(readFileSync(join(ROOT, 'deploy/ci/gitlab/memhold.yml'), 'utf8'));

  function run(env: Record<string, string>) {
    const { PATH } = playNpm();
    const given = { ...memhold.variables, SCANNER_HOME: join(clone.root, 'scanner') };
    // A runner runs the lines one after the other, and ends with the first that fails.
    return bash(memhold.script.join('\n'), { PATH, ...given, ...env });
  }

  it('stops a merge request whose middle commit has a key, and leaves its reports', () => {
    branch('topic');
    // A runner fetches the branch alone.
    clone.git('update-ref', '-d', 'refs/remotes/origin/main');
    const told = run({
      ...ofBranch('topic'),
      ...{ CI_MERGE_REQUEST_IID: '1', CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main' },
      CI_MERGE_REQUEST_DIFF_BASE_SHA: id('main'),
    });
    expect(told).toMatchObject({ code: 1, said: expect.stringContaining('k.env') });
    const { paths, reports } = memhold.artifacts;
    for (const file of [...paths, reports.codequality, reports.junit])
      expect(existsSync(join(clone.folder, file)), file).toBe(true);
    const [issue] = JSON.parse(readFileSync(join(clone.folder, reports.codequality), 'utf8'));
    expect(issue).toMatchObject({ location: { path: 'k.env' } });
  });

  it('lets a clean push pass', () => {
    branch('topic', 'nothing\n');
    expect(run(ofBranch('topic', id('main')))).toMatchObject({ code: 0 });
    expect(memhold.variables.GIT_DEPTH).toBe('0');
  });
});
