import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { putInPlace, WriteRefused, writeFileWhole } from '../files/write-file.ts';
import type { Program } from '../hooks/hook-script.ts';
import { type Environment, trustedPath } from '../programs/run-program.ts';
import { type CiFile, githubWorkflow, gitlabJob, mark } from './ci.ts';
import { Crontab, crontabLines, hasSchedule, withoutSchedule, withSchedule } from './crontab.ts';
import { idOf, makePrivate, ScheduleProblem } from './place.ts';
import { shellWord } from './quoting.ts';
import {
  allRecords,
  folderOf,
  readRecord,
  removeRecord,
  type ScheduleRecord,
  writeRecord,
} from './record.ts';
import type { ScheduleName, Timer } from './schedule.ts';
import { hasUnits, installUnits, removeUnits, unitFiles } from './systemd.ts';

export interface InstallOrder {
  readonly name: ScheduleName;
  /** Absolute. */
  readonly folder: string;
  readonly timer: Timer;
  /** Minutes, up to 720. */
  readonly spread: number;
  /** Options that each run gets: `--profile`, `staging`. */
  readonly options: readonly string[];
  readonly program: Program;
  readonly now: Date;
}

export interface Installed {
  /** What was made: a crontab, unit files, a file of the repository. */
  readonly where: string;
  /** What is left to do by hand. */
  readonly todo: readonly string[];
}

/** Has a schedule run from now on, in the place of one of the same name and folder. Throws ScheduleProblem. */
export async function installSchedule(order: InstallOrder, env: Environment): Promise<Installed> {
  const { name, folder, timer, spread, now } = order;
  if (timer === 'github' || timer === 'gitlab') return writeCiFile(ciFile(order), folder);
  const id = idOf(folder);
  const before = readRecord(env, id, name);
  const script = join(makePrivate(folderOf(env, id, name)), 'run.sh');
  putInPlace(script, scriptOf(order, env), 0o700);
  let done: Installed;
  try {
    done = timer === 'cron' ? await toCron(order, id, script, env) : await toSystemd(order, id, script, env);
  } catch (error) {
    if (before === undefined) rmSync(script, { force: true });
    throw error;
  }
  if (before !== undefined && before.timer !== timer) await removeTimer(before, id, env);
  const { last_run } = before ?? {};
  const record: ScheduleRecord = { name, folder, timer, spread, installed_at: now.toISOString() };
  writeRecord(env, id, { ...record, ...(last_run && { last_run }) });
  return done;
}

async function toCron({ name, folder, spread }: InstallOrder, id: string, script: string, env: Environment) {
  const lines = crontabLines(id, name, script, spread);
  await new Crontab(env, folder).change((text) => withSchedule(text, id, name, lines));
  return { where: `crontab: ${lines.trimEnd()}`, todo: [] };
}

async function toSystemd(
  { name, folder, spread }: InstallOrder,
  id: string,
  script: string,
  env: Environment,
) {
  const units = unitFiles(name, folder, script, spread);
  const left = await installUnits(env, id, name, { units, folder });
  const linger = 'timers of a user run while the user is logged in; for all the time: loginctl enable-linger';
  return { where: `memhold-${name}-${id}.timer`, todo: left === undefined ? [linger] : [left, linger] };
}

/** The file for a CI system, without writing it. */
export function ciFile({ name, timer, options }: Pick<InstallOrder, 'name' | 'timer' | 'options'>): CiFile {
  const update = options.includes('--update-dependencies');
  return timer === 'gitlab' ? gitlabJob(name, update) : githubWorkflow(name, update);
}

function writeCiFile({ path, text, todo }: CiFile, folder: string): Installed {
  const file = join(folder, path);
  if (leadsAway(folder, path))
    throw new ScheduleProblem(`${path} lies behind a symbolic link: name the folder that is meant`);
  try {
    if (existsSync(file) && !readFileSync(file, 'utf8').startsWith(mark))
      throw new ScheduleProblem(`${path} is there and not of memhold: rename it`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileWhole(path, text, folder);
  } catch (error) {
    if (error instanceof WriteRefused) throw new ScheduleProblem(`${path} ${error.message}`);
    throw error;
  }
  return { where: path, todo };
}

/** Whether a part of a path below the folder is a link, by which the tree would choose where something is changed. */
function leadsAway(folder: string, path: string): boolean {
  const parts = path.split('/');
  return parts.some((_, i) =>
    lstatSync(join(folder, ...parts.slice(0, i + 1)), { throwIfNoEntry: false })?.isSymbolicLink(),
  );
}

/** Ends a schedule, wherever its timer is. @returns whether there was one. Throws ScheduleProblem; it stays then. */
export async function uninstallSchedule(
  name: ScheduleName,
  folder: string,
  env: Environment,
): Promise<boolean> {
  const id = idOf(folder);
  const record = readRecord(env, id, name);
  if (record !== undefined) {
    await removeTimer(record, id, env);
    removeRecord(env, id, name);
  }
  let isRemoved = record !== undefined;
  for (const timer of ['github', 'gitlab'] as const) {
    const { path } = ciFile({ name, timer, options: [] });
    const file = join(folder, path);
    if (leadsAway(folder, path) || !existsSync(file) || !readFileSync(file, 'utf8').startsWith(mark))
      continue;
    rmSync(file);
    isRemoved = true;
  }
  return isRemoved;
}

async function removeTimer(
  { name, timer, folder }: ScheduleRecord,
  id: string,
  env: Environment,
): Promise<void> {
  if (timer === 'cron') await new Crontab(env, folder).change((text) => withoutSchedule(text, id, name));
  else await removeUnits(env, id, name, folder);
}

/** Whether the timer of a record is still there: somebody may have edited the crontab. */
export async function hasTimer(
  { name, timer, folder }: ScheduleRecord,
  id: string,
  env: Environment,
): Promise<boolean> {
  if (timer === 'systemd') return hasUnits(env, id, name);
  return hasSchedule(await new Crontab(env, folder).read(), id, name);
}

/** What of this user's schedules watches for new versions of a folder's dependencies. */
export function installedWatchers(folder: string, env: Environment): string[] {
  const id = idOf(folder);
  return allRecords(env)
    .filter((one) => one.id === id && one.record.name === 'weekly-dependencies')
    .map(({ record }) => `memhold schedule weekly-dependencies, by ${record.timer}`);
}

/**
 * What the timer starts: with absolute paths and the PATH of whoever installed it, because timers have a PATH of their
 * own; and with no word of the repository but its quoted folder.
 */
function scriptOf({ name, folder, options, program }: InstallOrder, env: Environment): string {
  if (/[\0\n\r]/.test(folder))
    throw new ScheduleProblem('the path of the repository has a line break in it: rename the folder');
  const kept = ['XDG_STATE_HOME', 'XDG_CONFIG_HOME', 'MEMHOLD_DATA_DIR', 'MEMHOLD_KEY_FILE', 'MEMHOLD_CONFIG']
    .filter((one) => env[one])
    .map((one) => `export ${one}=${shellWord(env[one]!)}\n`);
  const words = ['schedule', 'run', name, '--quiet', ...options.map(shellWord), '--', shellWord(folder)].join(
    ' ',
  );
  return `#!/bin/sh
# memhold schedule: what the timer of ${name} starts. Undo: memhold schedule uninstall ${name}
umask 077
NODE_OPTIONS=
export NODE_OPTIONS
PATH=${shellWord(trustedPath(env, folder))}
export PATH
${kept.join('')}if [ -x ${shellWord(program.node)} ] && [ -f ${shellWord(program.script)} ]; then
  exec ${shellWord(program.node)} ${shellWord(program.script)} ${words}
fi
if command -v memhold >/dev/null 2>&1; then
  exec memhold ${words}
fi
echo 'memhold: the program of this schedule is gone. Install it again: memhold schedule install ${name}' >&2
exit 2
`;
}
