import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { GitFailure, gitText } from '../files/git.ts';
import { wholeWords } from '../files/whole-words.ts';
import { putInPlace } from '../files/write-file.ts';
import {
  type Environment,
  installedProgram,
  plainEnvironment,
  runProgram,
  trustedPath,
} from '../programs/run-program.ts';
import { harmlessNpmSettings, namedRequirements, plainCheckout } from './hostile-settings.ts';
import { lockChanges, wordsOf } from './lock-changes.ts';

/** What became of the wish for newer versions. */
export interface UpdateOutcome {
  /** The branch that holds them; undefined where nothing changed. */
  readonly branch: string | undefined;
  /** Changed versions, a line each. */
  readonly changes: readonly string[];
  /** Files that were left as they are, with the reason. */
  readonly left: readonly string[];
  /** What went wrong; nothing is committed then. */
  readonly problems: readonly string[];
}

export interface UpdateOrder {
  /** The repository. */
  readonly folder: string;
  readonly env: Environment;
  readonly now: Date;
}

const timeout = 600_000;
const mostFiles = 20;

/**
 * Takes newer versions within the ranges that manifests ask for, in a work tree of its own, and commits the lock files to
 * a branch beside the others. The current branch, index and work tree stay untouched; nothing of any package is run, and
 * nothing is pushed. Throws GitFailure where the folder is no repository with a commit.
 */
export async function updateDependencies(asked: UpdateOrder): Promise<UpdateOutcome> {
  const { folder } = asked;
  // Also the git that npm would find.
  const env = { ...asked.env, PATH: trustedPath(asked.env, folder) };
  const order = { ...asked, env };
  const git = { folder, env };
  const head = (await gitText(['rev-parse', '--verify', 'HEAD^{commit}'], git)).trim();
  const place = mkdtempSync(join(tmpdir(), 'memhold-updates-'));
  const tree = join(place, 'tree');
  try {
    const plain = await plainCheckout(git);
    await gitText([...plain, 'worktree', 'add', '--quiet', '--detach', tree, head], git);
    const inTree = { folder: tree, env };
    return await inWorktree({ tree, head, order, git: (args) => gitText([...plain, ...args], inTree) });
  } finally {
    await gitText(['worktree', 'remove', '--force', tree], git).catch(() => undefined);
    rmSync(place, { recursive: true, force: true });
    await gitText(['worktree', 'prune'], git).catch(() => undefined);
  }
}

/** The work tree of its own, in which git starts nothing. */
interface Worktree {
  readonly tree: string;
  readonly head: string;
  readonly order: UpdateOrder;
  git(args: readonly string[]): Promise<string>;
}

async function inWorktree(worktree: Worktree): Promise<UpdateOutcome> {
  const { tree, order } = worktree;
  // A link is none of them: what is written to it would go elsewhere.
  const names = (await worktree.git(['ls-files', '-s', '-z']))
    .split('\0')
    .flatMap((entry) => /^100\d+ \S+ 0\t(.*)$/s.exec(entry)?.[1] ?? []);
  const files = names.filter((name) => /(?:^|\/)(?:package-lock\.json|requirements[^/]*\.txt)$/.test(name));
  const left = names
    .filter((name) => /(?:^|\/)(?:yarn\.lock|pnpm-lock\.yaml|poetry\.lock|uv\.lock)$/.test(name))
    .map((name) => `${name}: not a kind that is updated here`);
  left.push(...files.slice(mostFiles).map((name) => `${name}: only ${mostFiles} files are updated`));
  const changes: string[] = [];
  const problems: string[] = [];
  const settings = npmSettingsIn(tree, names);
  for (const { path, harmless } of settings) writeFileSync(path, harmless ?? '');
  const odd = settings.find(({ harmless }) => harmless === undefined);
  for (const file of files.slice(0, mostFiles)) {
    const done = !file.endsWith('.json')
      ? await updateRequirements(tree, file, order)
      : odd !== undefined
        ? { left: `${odd.name} names a registry by something else than an https address` }
        : await updateLock(tree, file, order);
    changes.push(...(done.changes ?? []).map((line) => `${file}: ${line}`));
    if (done.left !== undefined) left.push(`${file}: ${done.left}`);
    if (done.problem !== undefined) problems.push(`${file}: ${done.problem}`);
  }
  for (const { path, text } of settings) writeFileSync(path, text);
  const touched = (await worktree.git(['status', '--porcelain', '-z', '--untracked-files=all']))
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => entry.slice(3));
  const strange = touched.filter((name) => !files.includes(name));
  if (strange.length > 0) problems.push(`more than lock files changed: ${strange.slice(0, 5).join(', ')}`);
  if (problems.length > 0 || touched.length === 0) return { branch: undefined, changes: [], left, problems };
  return { branch: await commit(worktree, touched, changes), changes, left, problems };
}

function npmSettingsIn(tree: string, names: readonly string[]) {
  return names
    .filter((name) => /(?:^|\/)\.npmrc$/.test(name))
    .map((name) => {
      const path = join(tree, name);
      const text = readFileSync(path);
      return { name, path, text, harmless: harmlessNpmSettings(text.toString('utf8')) };
    });
}

interface Done {
  readonly changes?: readonly string[];
  readonly left?: string;
  readonly problem?: string;
}

async function updateLock(tree: string, file: string, { folder, env }: UpdateOrder): Promise<Done> {
  const npm = installedProgram('npm', env, folder);
  if (npm === undefined) return { left: 'npm is not installed' };
  const home = join(tree, dirname(file));
  if (!existsSync(join(home, 'package.json'))) return { left: 'there is no package.json beside it' };
  const path = join(tree, file);
  const before = readFileSync(path, 'utf8');
  const order = { folder: home, env: plainEnvironment(env, folder), timeout };
  // Settings of the tree could name programs (`git`, `script-shell`); what stands here wins over them.
  const safe = ['--package-lock-only', '--ignore-scripts', '--no-force', '--no-fund', '--no-update-notifier'];
  safe.push('--git=git', '--node-options=');
  const updated = await runProgram(npm, ['update', '--no-audit', ...safe], order);
  if (updated.ended !== 'exit' || updated.code !== 0)
    return { problem: `npm update failed (${saidBy(updated)})` };
  // What it cannot mend within the ranges it leaves, and ends with 1; a registry without advisories is no reason to stop.
  const fixed = await runProgram(npm, ['audit', 'fix', ...safe], order);
  const isMended = fixed.ended === 'exit' && fixed.code <= 1 && !/^npm error/m.test(fixed.stderr);
  const note = isMended ? {} : { left: 'npm audit fix did not run, so only npm update did' };
  try {
    const changes = lockChanges(before, readFileSync(path, 'utf8')).map(wordsOf);
    // npm also writes what it did not change, in its own way.
    if (changes.length === 0) putInPlace(path, before, 0o644);
    return { ...note, changes };
  } catch {
    return { problem: 'npm left no lock file that can be read' };
  }
}

async function updateRequirements(tree: string, file: string, { folder, env }: UpdateOrder): Promise<Done> {
  const source = file.replace(/\.txt$/, '.in');
  if (!existsSync(join(tree, source)))
    return { left: `there is no ${basename(source)} that says what is wanted` };
  const compile = installedProgram('pip-compile', env, folder);
  if (compile === undefined) return { left: 'pip-compile is not installed' };
  const wanted = namedRequirements(readFileSync(join(tree, source), 'utf8'));
  if (wanted === undefined)
    return {
      left: `${basename(source)} has more than names and versions: what has an address or a path is built`,
    };
  const before = readFileSync(join(tree, file), 'utf8');
  // In a folder of its own, where no settings of the tree lie.
  const place = mkdtempSync(join(tmpdir(), 'memhold-updates-'));
  try {
    writeFileSync(join(place, basename(source)), wanted);
    const order = { folder: place, env: plainEnvironment(env, folder), timeout };
    // Building a package runs its code: only what is built already is looked at.
    const only = ['--pip-args', '--only-binary=:all:', '--quiet', '--no-header'];
    const names = ['--output-file', basename(file), '--', basename(source)];
    const compiled = await runProgram(compile, ['--upgrade', ...only, ...names], order);
    if (compiled.ended !== 'exit' || compiled.code !== 0)
      return { problem: `pip-compile failed (${saidBy(compiled)})` };
    const after = readFileSync(join(place, basename(file)), 'utf8');
    const changes = pinChanges(before, after);
    if (changes.length > 0) putInPlace(join(tree, file), after, 0o644);
    return { changes };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function pinChanges(before: string, after: string): string[] {
  const pins = (text: string) =>
    new Map(
      [...text.matchAll(/^\s*([\w.-]+)(?:\[[^\]]*\])?==([\w.!+-]+)/gm)].map((one) => [one[1]!, one[2]!]),
    );
  const [old, next] = [pins(before), pins(after)];
  return [...new Set([...old.keys(), ...next.keys()])]
    .filter((name) => old.get(name) !== next.get(name))
    .map((name) => wordsOf({ package: name, from: old.get(name), to: next.get(name) }));
}

function saidBy({ ended, code, stderr }: { ended: string; code: number; stderr: string }): string {
  if (ended === 'timeout') return `no answer in ${timeout / 60_000} minutes`;
  const said = stderr
    .split('\n')
    .find((line) => /error/i.test(line) && !/error (?:code|A complete log)/.test(line));
  return wholeWords(said ?? `it ended with ${code}`, 300);
}

/** @returns the branch, whose name no other has */
async function commit(
  worktree: Worktree,
  touched: readonly string[],
  changes: readonly string[],
): Promise<string> {
  const { head, order } = worktree;
  const count = changes.length === 1 ? '1 version' : `${changes.length} versions`;
  const message = [`chore(deps): ${count} within the ranges asked for`, '', ...changes.slice(0, 200)].join(
    '\n',
  );
  await worktree.git(['add', '--', ...touched]);
  // No hook runs, and nobody is there to type the passphrase of a key.
  const args = ['-c', 'commit.gpgSign=false', 'commit', '--quiet', '--no-verify', '-m', message];
  await worktree.git(args);
  const made = (await worktree.git(['rev-parse', 'HEAD'])).trim();
  const wanted = `memhold/dependency-updates-${order.now.toISOString().slice(0, 10)}`;
  for (let number = 1; number < 100; number++) {
    const branch = number === 1 ? wanted : `${wanted}-${number}`;
    try {
      // The zeros: only where there is none of that name.
      await worktree.git(['update-ref', `refs/heads/${branch}`, made, '0'.repeat(head.length)]);
      return branch;
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
    }
  }
  throw new GitFailure(`there are too many branches ${wanted}: remove those that nobody needs`);
}
