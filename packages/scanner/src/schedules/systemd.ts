import { existsSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import { putInPlace } from '../files/write-file.ts';
import { type Environment, installedProgram, plainEnvironment, runProgram } from '../programs/run-program.ts';
import { anywhere, makePrivate, ScheduleProblem } from './place.ts';
import { unitText, unitWord } from './quoting.ts';
import { type ScheduleName, schedules } from './schedule.ts';

export interface Units {
  readonly service: string;
  readonly timer: string;
}

/**
 * Both unit files. What fails the service of a user is left out of the hardening: most sandboxes need rights that only
 * the system's manager has. https://www.freedesktop.org/software/systemd/man/systemd.exec.html
 */
export function unitFiles(name: ScheduleName, folder: string, script: string, spread: number): Units {
  const { description, calendar } = schedules[name];
  return {
    service: `# memhold schedule
[Unit]
Description=${unitText(`memhold ${name} of ${basename(folder)}: ${description}`)}

[Service]
Type=oneshot
ExecStart=${unitWord(script)}
# 1 means that something was found, which the report tells.
SuccessExitStatus=1
TimeoutStartSec=2h
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
SystemCallArchitectures=native
Nice=10
IOSchedulingClass=idle
`,
    timer: `# memhold schedule
[Unit]
Description=${unitText(`memhold ${name} of ${basename(folder)}`)}

[Timer]
OnCalendar=${calendar}
# A run that was missed while the machine was off is made up for.
Persistent=true
RandomizedDelaySec=${spread}min

[Install]
WantedBy=timers.target
`,
  };
}

/** The folder of a user's own units (systemd.unit(5)). */
export function unitFolder({ XDG_CONFIG_HOME, HOME }: Environment): string {
  const base =
    XDG_CONFIG_HOME && isAbsolute(XDG_CONFIG_HOME) ? XDG_CONFIG_HOME : join(HOME || homedir(), '.config');
  return join(base, 'systemd', 'user');
}

const nameOf = (id: string, name: ScheduleName) => `memhold-${name}-${id}`;
const filesOf = (env: Environment, id: string, name: ScheduleName) =>
  (['service', 'timer'] as const).map((kind) => ({
    kind,
    path: join(unitFolder(env), `${nameOf(id, name)}.${kind}`),
  }));

export const hasUnits = (env: Environment, id: string, name: ScheduleName) =>
  filesOf(env, id, name).every(({ path }) => existsSync(path));

const seconds = 30;

/**
 * Writes the units, and has the user's manager start the timer.
 * @returns what is left to do by hand; undefined where everything runs
 * @throws ScheduleProblem where the manager refuses; nothing is left behind then
 */
export async function installUnits(
  env: Environment,
  id: string,
  name: ScheduleName,
  { units, folder }: { units: Units; folder: string },
): Promise<string | undefined> {
  const files = filesOf(env, id, name);
  const before = files.map(({ path }) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined));
  makePrivate(unitFolder(env));
  for (const { kind, path } of files) putInPlace(path, units[kind], 0o600);
  const timer = `${nameOf(id, name)}.timer`;
  const program = installedProgram('systemctl', env, folder);
  if (program === undefined) return `systemctl --user enable --now ${timer}`;
  try {
    await run(program, ['daemon-reload'], env, folder);
    await run(program, ['enable', '--now', timer], env, folder);
    return undefined;
  } catch (error) {
    for (const [i, { path }] of files.entries()) {
      if (before[i] === undefined) rmSync(path, { force: true });
      else putInPlace(path, before[i], 0o600);
    }
    await run(program, ['daemon-reload'], env, folder).catch(() => undefined);
    throw error;
  }
}

/** Stops the timer and removes the units. Throws ScheduleProblem where the manager refuses; the units stay then. */
export async function removeUnits(
  env: Environment,
  id: string,
  name: ScheduleName,
  folder: string,
): Promise<void> {
  const files = filesOf(env, id, name).filter(({ path }) => existsSync(path));
  if (files.length === 0) return;
  const program = installedProgram('systemctl', env, folder);
  if (program !== undefined)
    await run(program, ['disable', '--now', `${nameOf(id, name)}.timer`], env, folder);
  for (const { path } of files) rmSync(path, { force: true });
  if (program !== undefined) await run(program, ['daemon-reload'], env, folder);
}

async function run(
  program: string,
  args: readonly string[],
  env: Environment,
  folder: string,
): Promise<void> {
  const reached = {
    XDG_RUNTIME_DIR: env.XDG_RUNTIME_DIR,
    DBUS_SESSION_BUS_ADDRESS: env.DBUS_SESSION_BUS_ADDRESS,
  };
  const own = { XDG_CONFIG_HOME: env.XDG_CONFIG_HOME, ...reached };
  const order = { folder: anywhere, env: plainEnvironment(env, folder, own), timeout: seconds * 1000 };
  const { ended, code, stderr } = await runProgram(program, ['--user', '--no-ask-password', ...args], order);
  if (ended === 'exit' && code === 0) return;
  const why = ended === 'timeout' ? `no answer in ${seconds} s` : stderr.split('\n')[0]!.slice(0, 200);
  throw new ScheduleProblem(
    `systemctl --user ${args[0]} failed (${why || `it ended with ${code}`}): nothing was changed. Log in as this user with a session of its own, or use --with cron`,
  );
}
