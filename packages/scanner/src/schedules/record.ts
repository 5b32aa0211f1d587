import { closeSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { putInPlace } from '../files/write-file.ts';
import type { Environment } from '../programs/run-program.ts';
import { makePrivate, stateFolder } from './place.ts';
import { isMissed, type ScheduleName, scheduleNames, type Timer, timers } from './schedule.ts';

/** What is known of an installed schedule, and of its last run. */
export interface ScheduleRecord {
  readonly name: ScheduleName;
  /** Absolute path of the repository. */
  readonly folder: string;
  readonly timer: Timer;
  /** Minutes that its start is spread over. */
  readonly spread: number;
  /** ISO 8601. */
  readonly installed_at: string;
  readonly last_run?: LastRun;
}

export interface LastRun {
  readonly started_at: string;
  /** Absent while it runs, and where it was ended from outside. */
  readonly ended_at?: string;
  readonly outcome?: 'clean' | 'findings' | 'failed';
  /** Why it failed, or what was found, in one line. */
  readonly words?: string;
}

/** Where the record, the script and the reports of one schedule lie. */
export function folderOf(env: Environment, id: string, name: ScheduleName): string {
  return join(stateFolder(env), id, name);
}

/** Undefined where there is none, or it is not one that was written here. */
export function readRecord(env: Environment, id: string, name: ScheduleName): ScheduleRecord | undefined {
  try {
    const value = JSON.parse(readFileSync(join(folderOf(env, id, name), 'schedule.json'), 'utf8'));
    const { folder, timer, spread, installed_at } = value as Record<string, unknown>;
    const isWhole =
      value.name === name &&
      typeof folder === 'string' &&
      timers.includes(timer as Timer) &&
      typeof spread === 'number' &&
      typeof installed_at === 'string';
    return isWhole ? (value as ScheduleRecord) : undefined;
  } catch {
    return undefined;
  }
}

export function writeRecord(env: Environment, id: string, record: ScheduleRecord): void {
  const folder = makePrivate(folderOf(env, id, record.name));
  putInPlace(join(folder, 'schedule.json'), `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

export function removeRecord(env: Environment, id: string, name: ScheduleName): void {
  const folder = folderOf(env, id, name);
  // Reports stay: they are somebody's evidence.
  for (const file of ['schedule.json', 'run.sh']) rmSync(join(folder, file), { force: true });
}

/** Every schedule of this user, by repository. */
export function allRecords(env: Environment): { id: string; record: ScheduleRecord }[] {
  let ids: string[];
  try {
    ids = readdirSync(stateFolder(env)).sort();
  } catch {
    return [];
  }
  return ids.flatMap((id) =>
    scheduleNames.flatMap((name) => {
      const record = readRecord(env, id, name);
      return record === undefined ? [] : [{ id, record }];
    }),
  );
}

export type RunState = 'waiting' | 'clean' | 'findings' | 'failed' | 'running' | 'interrupted' | 'missed';

/** How a schedule stands; `missed` where the time of its next run is over and nobody heard of one. */
export function stateOf({ name, installed_at, last_run }: ScheduleRecord, now: Date): RunState {
  if (isMissed(name, new Date(last_run?.started_at ?? installed_at), now)) return 'missed';
  if (last_run === undefined) return 'waiting';
  if (last_run.outcome !== undefined) return last_run.outcome;
  return now.getTime() - Date.parse(last_run.started_at) > longestRun ? 'interrupted' : 'running';
}

const longestRun = 6 * 3_600_000;

/** One run at a time. @returns what gives the lock back, or undefined where another run holds it */
export function takeLock(folder: string): (() => void) | undefined {
  const file = join(makePrivate(folder), 'run.lock');
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const lock = openSync(file, 'wx', 0o600);
      writeSync(lock, String(process.pid));
      closeSync(lock);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (isHeld(file)) return undefined;
      // Of a run that is gone.
      rmSync(file, { force: true });
    }
  }
  return undefined;
}

/** By its age too: after a restart of the machine another program may have the number. */
function isHeld(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    const age = Date.now() - statSync(file).mtimeMs;
    // Empty: of a run that writes its number just now, or never will. 0 and what is below mean other than one process.
    if (!Number.isSafeInteger(pid) || pid <= 0) return age < 10_000;
    if (age > longestRun) return false;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
