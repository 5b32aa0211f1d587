// What a push waits for its hook: 20 commits with 200 files, looked at for the first time and again, and a new branch of a
// long history. Whole processes, from start to end.   npm run bench:push [-- --quick] [--bundle]
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scan } from '../packages/scanner/src/index.ts';
import { makeLongHistory } from '../packages/scanner/src/testing/long-history.ts';
import { bundle, command } from '../scripts/bundle.ts';

const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 5 : 15;
const COMMITS = 20;
const FILES = 200;
const HISTORY = 50_000;
const packages = fileURLToPath(new URL('../packages/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'memhold-bench-push-'));
const env: Record<string, string> = {
  PATH: process.env.PATH!,
  HOME: folder,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ann',
  GIT_AUTHOR_EMAIL: 'ann@dev.test',
  GIT_COMMITTER_NAME: 'Ann',
  GIT_COMMITTER_EMAIL: 'ann@dev.test',
};
const work = join(folder, 'work');
const remote = join(folder, 'remote.git');
const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: work, env, stdio: ['ignore', 'pipe', 'ignore'] })
    .toString()
    .trim();

/** Sources of this project that let a push through. */
function* sources(): Generator<string> {
  for (const name of readdirSync(packages, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\/src\/.*\.ts$/.test(name) || name.includes('node_modules')) continue;
    const text = readFileSync(join(packages, name), 'utf8');
    if (scan(text).every(({ severity }) => severity === 'low')) yield name;
  }
}

function makePush(): number {
  mkdirSync(work);
  git('init', '-q', '-b', 'main', '.');
  git('init', '-q', '--bare', '-b', 'main', remote);
  git('remote', 'add', 'origin', remote);
  git('commit', '-q', '--allow-empty', '-m', 'first');
  git('push', '-q', 'origin', 'HEAD:main');
  git('fetch', '-q', 'origin');
  git('remote', 'set-head', 'origin', 'main');
  let bytes = 0;
  let count = 0;
  for (const name of sources()) {
    mkdirSync(join(work, name, '..'), { recursive: true });
    copyFileSync(join(packages, name), join(work, name));
    bytes += readFileSync(join(work, name)).length;
    if (++count % (FILES / COMMITS) !== 0) continue;
    git('add', '-A');
    git('commit', '-q', '-m', `work ${count}`);
    if (count === FILES) return bytes;
  }
  throw new Error(`there are only ${count} files`);
}

async function binOf(): Promise<string> {
  if (!process.argv.includes('--bundle')) return join(packages, 'cli/bin/memhold.js');
  // Beside the packages that it imports.
  const published = mkdtempSync(join(packages, 'server/node_modules/.cache/bench-push-'));
  process.on('exit', () => rmSync(published, { recursive: true, force: true }));
  await bundle(command, published);
  mkdirSync(join(published, 'bin'));
  for (const name of ['package.json', 'bin/memhold.js'])
    copyFileSync(join(packages, 'cli', name), join(published, name));
  return join(published, 'bin/memhold.js');
}

interface Times {
  readonly least: number;
  readonly median: number;
}

function time(work: () => void, before = () => {}): Times {
  const times = Array.from({ length: ROUNDS + 1 }, () => {
    before();
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  const sorted = times.slice(1).sort((a, b) => a - b);
  return { least: sorted[0]!, median: sorted[Math.floor(sorted.length / 2)]! };
}

const rows: string[][] = [];
function report(what: string, { median, least }: Times, limit?: number): void {
  const ratio = limit === undefined ? '' : `${(median / limit).toFixed(2)} of ${limit} ms`;
  rows.push([what, `${median.toFixed(0)} ms`, `${least.toFixed(0)} ms`, ratio]);
  console.error(rows.at(-1)!.join('; '));
}

/** Runs the hook as git does, for a new branch with what a local one has. */
function hookOf(bin: string, cwd: string, branch: string): () => void {
  const id = execFileSync('git', ['rev-parse', branch], { cwd, env }).toString().trim();
  const url = execFileSync('git', ['remote', 'get-url', 'origin'], { cwd, env }).toString().trim();
  const input = `refs/heads/${branch} ${id} refs/heads/new ${'0'.repeat(40)}\n`;
  const args = [bin, 'hook', 'pre-push', '--from-git', '--', 'origin', url];
  return () => {
    const { status, stderr } = spawnSync(process.execPath, args, { cwd, env, input });
    if (status !== 0) throw new Error(stderr.toString());
  };
}

try {
  const bytes = makePush();
  const bin = await binOf();
  const cache = join(work, '.git/memhold/blob-cache');
  const forget = () => rmSync(cache, { force: true });
  const push = (...args: string[]) =>
    git('push', '-q', '--dry-run', ...args, 'origin', 'HEAD:refs/heads/new');
  report(
    'node that does nothing',
    time(() => spawnSync(process.execPath, ['-e', '0'])),
  );
  report(
    'git push without the hook',
    time(() => push()),
  );
  const what = `${COMMITS} commits, ${FILES} files of ${(bytes / 1e6).toFixed(1)} MB`;
  report(`the hook, ${what}`, time(hookOf(bin, work, 'main'), forget), 1000);
  report('the hook, looked at before', time(hookOf(bin, work, 'main')), 400);
  execFileSync(process.execPath, [bin, 'hook', 'install'], { cwd: work, env });
  report(
    'git push with the hook',
    time(() => push(), forget),
    1000,
  );
  report(
    'git push with the hook, looked at before',
    time(() => push()),
    400,
  );
  const long = join(folder, 'long.git');
  const clone = join(folder, 'long');
  await makeLongHistory(long, HISTORY);
  execFileSync('git', ['clone', '-q', long, clone], { env, stdio: 'ignore' });
  for (const [name, start] of [
    ['its tip', 'origin/main'],
    ['its first commits', `origin/main~${HISTORY - 10}`],
  ] as const) {
    execFileSync('git', ['switch', '-q', '-C', 'topic', start], { cwd: clone, env, stdio: 'ignore' });
    writeFileSync(join(clone, 'topic.ts'), `export const topic = '${name}';\n`);
    execFileSync('git', ['add', '-A'], { cwd: clone, env });
    execFileSync('git', ['commit', '-q', '-m', 'topic'], { cwd: clone, env });
    const forgetLong = () => rmSync(join(clone, '.git/memhold'), { recursive: true, force: true });
    report(
      `the hook, a branch of one commit from ${name}, ${HISTORY} commits`,
      time(hookOf(bin, clone, 'topic'), forgetLong),
      1000,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`\nNode ${process.version}, ${cpus().length} cores, ${ROUNDS} rounds\n`);
console.log('| what | median | least | against |\n|---|---|---|---|');
for (const row of rows) console.log(`| ${row.join(' | ')} |`);
