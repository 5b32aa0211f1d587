import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quietSurroundings } from '../../testing/quiet-surroundings.ts';
import { makeTokens } from '../../testing/tokens.ts';
import { profiles } from '../profiles.ts';
import { repositoryChecks } from './checks.ts';
import { gatherRepository } from './gather.ts';
import { weaknesses } from './weaknesses.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'checklist-'));
  folder = join(root, 'shop');
  mkdirSync(folder);
  git('init', '-q', '-b', 'main');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: folder });
function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text, { mode: 0o644 });
}
/** Checks by id, as a profile judges them. */
async function judged(profile: keyof typeof profiles = 'production') {
  const { surroundings } = quietSurroundings(folder, root);
  const evidence = await gatherRepository({ folder, offline: true, watchers: [] }, surroundings);
  return Object.fromEntries(repositoryChecks(evidence, profiles[profile]).map((check) => [check.id, check]));
}
const statuses = async (profile?: keyof typeof profiles) =>
  Object.fromEntries(Object.entries(await judged(profile)).map(([id, { status }]) => [id, status]));

describe('a repository', () => {
  it('that is in order passes, but for what only a registry knows', async () => {
    write('.gitignore', '.env\n');
    write('src/app.js', 'const key = process.env.API_KEY;\n');
    write('SECURITY.md', 'We rotate all keys every quarter.\n');
    write('package.json', '{"dependencies":{"ms":"^2.0.0"}}');
    write('package-lock.json', '{"lockfileVersion":3,"packages":{}}');
    write('Dockerfile', 'FROM node:24 AS build\nUSER root\nFROM node:24\nCOPY . .\nUSER node\n');
    write('.dockerignore', '**/.env*\n');
    write('.github/workflows/ci.yml', 'permissions:\n  contents: read\non: push\n');
    write('.github/dependabot.yml', 'version: 2\n');
    expect(await statuses()).toEqual({
      scan: 'pass',
      'env-files': 'pass',
      'env-ignored': 'pass',
      'environment-reads': 'pass',
      'rotation-document': 'pass',
      cookies: 'pass',
      'certificate-checks': 'pass',
      algorithms: 'pass',
      'debug-mode': 'pass',
      'error-texts': 'pass',
      audit: 'unknown',
      pinned: 'pass',
      behind: 'not-applicable',
      fixes: 'unknown',
      watched: 'pass',
      'image-contents': 'pass',
      'image-user': 'pass',
      'workflow-permissions': 'pass',
      'file-modes': 'pass',
    });
  });

  it('that is in disorder fails, with what was seen', async () => {
    write('src/key.py', `token = "${makeTokens(3).github()}"\n`);
    write('.env', 'A=1\n');
    git('add', '-A', '-f');
    git('commit', '-qm', 'one');
    write('src/app.py', 'requests.get(url, verify=False)\nDEBUG = True\nhashlib.md5(data)\n');
    write('src/app.js', 'app.use(session({ cookie: { httpOnly: false } }));\nres.send(error.stack);\n');
    write('package.json', '{"dependencies":{"ms":"^2.0.0"}}');
    write('requirements.txt', 'flask>=1\n# a comment\nrequests==2.0.0\n');
    write('Dockerfile', 'FROM node:24\nUSER node\nFROM node:24\n');
    write('.github/workflows/ci.yml', 'on: push\npermissions: write-all\n');
    chmodSync(join(folder, 'src/app.py'), 0o666);
    const checks = await judged();
    const failed = Object.values(checks).filter(({ status }) => status === 'fail');
    expect(failed.map(({ id }) => id).sort()).toEqual(
      [
        ...['algorithms', 'certificate-checks', 'cookies', 'debug-mode', 'env-files', 'env-ignored'],
        ...['error-texts', 'file-modes', 'image-contents', 'image-user', 'pinned', 'rotation-document'],
        ...['scan', 'watched', 'workflow-permissions'],
      ].sort(),
    );
    expect(checks['certificate-checks']!.seen[0]).toBe(
      'src/app.py:1: certificates are not checked (python-verify-off)',
    );
    expect(checks.pinned!.seen).toEqual([
      'package.json has no lock file',
      'requirements.txt:1 names no exact version',
    ]);
    expect(checks['env-files']!.seen).toEqual(['.env is tracked']);
    for (const { advice } of failed) expect(advice).toBeTruthy();
    expect(JSON.stringify(checks)).not.toContain(makeTokens(3).github());
  });

  it('is judged more mildly where it is developed', async () => {
    write('app.py', 'DEBUG = True\nhashlib.md5(data)\n');
    const [strict, mild] = [await statuses('production'), await statuses('development')];
    expect([strict['debug-mode'], mild['debug-mode']]).toEqual(['fail', 'pass']);
    expect([strict.algorithms, mild.algorithms]).toEqual(['fail', 'pass']);
    write('app.py', 'stored = hashlib.md5(password)\n');
    expect((await statuses('development')).algorithms).toBe('fail');
  });

  it('may allow a line with a reason, until its day', async () => {
    const allow = ['memhold', 'allow'].join(':');
    write(
      'app.js',
      `tls({ rejectUnauthorized: false }); // ${allow} node-verify-off -- pinned by hand until 2026-12-01\n`,
    );
    expect((await statuses())['certificate-checks']).toBe('pass');
    write(
      'app.js',
      `tls({ rejectUnauthorized: false }); // ${allow} node-verify-off -- pinned by hand until 2026-01-01\n`,
    );
    expect((await statuses())['certificate-checks']).toBe('fail');
    write('app.js', `tls({ rejectUnauthorized: false }); // ${allow} node-verify-off\n`);
    expect((await statuses())['certificate-checks']).toBe('fail');
  });

  it('of which something could not be read passes no search', async () => {
    write('app.js', 'a();\n');
    write('large.js', `${'a();\n'.repeat(500_000)}`);
    expect(await statuses()).toMatchObject({ algorithms: 'unknown', 'file-modes': 'unknown' });
  });

  it('is not left through links, and its tests are not what is deployed', async () => {
    writeFileSync(join(root, 'outside.js'), 'tls({ rejectUnauthorized: false });\n');
    symlinkSync(join(root, 'outside.js'), join(folder, 'inside.js'));
    write('tests/a.js', 'tls({ rejectUnauthorized: false });\n');
    write('src/a.test.ts', 'tls({ rejectUnauthorized: false });\n');
    write('src/a.ts', '// rejectUnauthorized: false would be wrong\n');
    expect((await statuses())['certificate-checks']).toBe('pass');
  });

  it('is no repository: what git knows does not apply', async () => {
    rmSync(join(folder, '.git'), { recursive: true });
    expect(await statuses()).toMatchObject({
      'env-files': 'not-applicable',
      'env-ignored': 'not-applicable',
    });
  });
});

describe('the search', () => {
  it.each([
    ['.env\n', 'pass'],
    ['*\n!src\n', 'pass'],
    ['**/.env*\r\n', 'pass'],
    ['# nothing\n.env.example\n', 'fail'],
    ['.environment\n', 'fail'],
    ['*\n!.env\n', 'fail'],
  ])('whose .dockerignore is %j: its images leaving secrets out is a %s', async (text, status) => {
    write('Dockerfile', 'FROM node:24\nUSER node\n');
    write('.dockerignore', text);
    expect((await statuses())['image-contents']).toBe(status);
  });

  it('takes no time on hostile lines', () => {
    const hostile = [
      'createCipheriv("'.repeat(120),
      'curl '.repeat(400),
      'res.send('.repeat(220),
      ' '.repeat(2000),
    ];
    const start = performance.now();
    for (const { pattern } of weaknesses) for (const line of hostile) pattern.test(line);
    expect(performance.now() - start).toBeLessThan(500);
  });

  it('has an id of its own for each weakness', () => {
    const ids = weaknesses.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
