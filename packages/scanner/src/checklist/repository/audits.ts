import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Environment,
  installedProgram,
  type ProgramResult,
  plainEnvironment,
  runProgram,
} from '../../programs/run-program.ts';
import { type Advisory, type Behind, npmAdvisories, npmBehind, pipAdvisories } from './advisories.ts';
import { textOf } from './files-evidence.ts';

/** What the registries say about one lock or requirement file; `problem` where they could not be asked. */
export interface Audit {
  readonly file: string;
  readonly tool: string;
  readonly advisories?: readonly Advisory[];
  readonly versions?: { readonly direct: number; readonly behind: readonly Behind[] };
  readonly problem?: string;
}

export interface AuditOptions {
  readonly folder: string;
  readonly env: Environment;
}

const timeout = 120_000;
/** Of one repository: each asks a registry. */
const mostFiles = 20;

/** Asks `npm audit`, `npm outdated` and `pip-audit`, as far as they are installed, about every file that pins versions. */
export async function auditsOf(paths: ReadonlySet<string>, options: AuditOptions): Promise<Audit[]> {
  const files = [...paths].filter((path) =>
    /(?:^|\/)(?:package-lock\.json|requirements[^/]*\.txt)$/.test(path),
  );
  const audits: Audit[] = [];
  for (const file of files.slice(0, mostFiles))
    audits.push(file.endsWith('.json') ? await npmAudit(file, options) : await pipAudit(file, options));
  for (const file of files.slice(mostFiles))
    audits.push({ file, tool: 'none', problem: `only ${mostFiles} files are looked at` });
  const others = [...paths].filter((path) =>
    /(?:^|\/)(?:yarn\.lock|pnpm-lock\.yaml|poetry\.lock|uv\.lock|Cargo\.lock|go\.sum|Gemfile\.lock|composer\.lock)$/.test(
      path,
    ),
  );
  for (const file of others.slice(0, mostFiles))
    audits.push({ file, tool: 'none', problem: 'no program for this kind of file is asked' });
  return audits;
}

async function npmAudit(file: string, { folder, env }: AuditOptions): Promise<Audit> {
  const tool = 'npm audit';
  const home = dirname(file);
  const [manifest, lock, settings] = ['package.json', 'package-lock.json', '.npmrc'].map((name) =>
    textOf(folder, home === '.' ? name : `${home}/${name}`),
  );
  if (manifest === undefined || lock === undefined)
    return { file, tool, problem: 'package.json or the lock file cannot be read' };
  // What a tree names as its registry could call everything sound.
  if (/^\s*(?:@[^:]+:)?registry\s*=/m.test(settings ?? ''))
    return {
      file,
      tool,
      problem:
        '.npmrc of the project names a registry, which is not asked: set it as your own with npm config set',
    };
  const npm = installedProgram('npm', env, folder);
  if (npm === undefined) return { file, tool, problem: 'npm is not installed' };
  // In a folder of its own: settings of the tree do not count, and nothing of it can be run.
  const place = mkdtempSync(join(tmpdir(), 'memhold-audit-'));
  try {
    writeFileSync(join(place, 'package.json'), withoutScripts(manifest));
    writeFileSync(join(place, 'package-lock.json'), lock);
    const order = { folder: place, env: plainEnvironment(env, folder), timeout };
    const quiet = ['--json', '--ignore-scripts', '--no-update-notifier', '--no-fund'];
    const audited = await runProgram(npm, ['audit', '--package-lock-only', ...quiet], order);
    // It ends with 1 where it found some; what it prints then is a report all the same.
    const advisories = audited.ended === 'exit' ? npmAdvisories(audited.stdout, file) : undefined;
    const outdated = await runProgram(npm, ['outdated', ...quiet], order);
    const versions = outdated.ended === 'exit' ? npmBehind(outdated.stdout, lock) : undefined;
    const problem = `npm audit gave no report (${endOf(audited)})`;
    return { file, tool, ...(versions && { versions }), ...(advisories ? { advisories } : { problem }) };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** No field of the manifest but what says which versions are asked for. */
function withoutScripts(manifest: string): string {
  try {
    const { scripts: _, workspaces: __, ...rest } = JSON.parse(manifest) as Record<string, unknown>;
    return JSON.stringify(rest);
  } catch {
    return '{}';
  }
}

async function pipAudit(file: string, { folder, env }: AuditOptions): Promise<Audit> {
  const tool = 'pip-audit';
  const program = installedProgram(tool, env, folder);
  if (program === undefined) return { file, tool, problem: 'pip-audit is not installed' };
  const place = mkdtempSync(join(tmpdir(), 'memhold-audit-'));
  try {
    writeFileSync(join(place, 'requirements.txt'), textOf(folder, file) ?? '');
    // Without pip nothing is downloaded or built; it takes pinned versions only, and says so otherwise.
    const args = ['--requirement', 'requirements.txt', '--format', 'json', '--no-deps', '--disable-pip'];
    const order = { folder: place, env: plainEnvironment(env, folder), timeout };
    const audited = await runProgram(program, [...args, '--progress-spinner', 'off'], order);
    const advisories = audited.ended === 'exit' ? pipAdvisories(audited.stdout, file) : undefined;
    if (advisories !== undefined) return { file, tool, advisories };
    return { file, tool, problem: `pip-audit gave no report (${endOf(audited)}): are all versions pinned?` };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function endOf({ ended, code, stderr }: ProgramResult): string {
  const said = /^npm error (?!code|A complete log)(.{1,200})/m.exec(stderr)?.[1];
  if (said !== undefined) return said;
  if (ended === 'timeout') return `no answer in ${timeout / 1000} s`;
  return ended === 'exit' ? `it ended with ${code}` : 'it could not be run';
}
