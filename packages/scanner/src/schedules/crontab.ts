import { createHash } from 'node:crypto';
import { type Environment, installedProgram, plainEnvironment, runProgram } from '../programs/run-program.ts';
import { anywhere, ScheduleProblem } from './place.ts';
import { crontabCommand } from './quoting.ts';
import { type ScheduleName, schedules } from './schedule.ts';

const seconds = 20;
/** Some crons refuse a longer command (MAX_COMMAND of Vixie cron). */
const longestLine = 990;

const beginsOf = (id: string, name: ScheduleName) => `# memhold schedule ${name} ${id}`;
const unfinished = ', after a line without an end';

/** The lines of one schedule in a crontab. `script` is an absolute path. */
export function crontabLines(id: string, name: ScheduleName, script: string, spread: number): string {
  const line = `${shifted(schedules[name].cron, id, spread)} ${crontabCommand(script)}`;
  if (line.length > longestLine)
    throw new ScheduleProblem('the path of the state folder is too long for a crontab: set XDG_STATE_HOME');
  return `${line}\n`;
}

/**
 * The same time each day for one repository, another for others: some minutes after the hour, up to `spread`. A number
 * of its own for each, because cron knows no random delay.
 */
function shifted(cron: string, id: string, spread: number): string {
  const [minute, hour, ...rest] = cron.split(' ');
  const offset = spread === 0 ? 0 : createHash('sha256').update(id).digest().readUInt32BE(0) % spread;
  const total = Number(hour) * 60 + Number(minute) + offset;
  return [total % 60, Math.floor(total / 60) % 24, ...rest].join(' ');
}

/** A crontab with the lines of a schedule at its end, in the place of those that it had. */
export function withSchedule(text: string, id: string, name: ScheduleName, lines: string): string {
  const rest = withoutSchedule(text, id, name);
  const isCut = rest !== '' && !rest.endsWith('\n');
  return `${rest}${isCut ? '\n' : ''}${beginsOf(id, name)}${isCut ? unfinished : ''}\n${lines}`;
}

/** The same crontab as before the schedule came, to the byte. */
export function withoutSchedule(text: string, id: string, name: ScheduleName): string {
  const lines = text.split('\n');
  const at = lines.findIndex(
    (line) => line === beginsOf(id, name) || line === beginsOf(id, name) + unfinished,
  );
  if (at === -1) return text;
  const isCut = lines[at]!.endsWith(unfinished);
  const before = lines.slice(0, at).join('\n');
  const after = lines.slice(at + 2).join('\n');
  // What came after ours has its own beginning of a line.
  if (isCut && after === '') return before;
  return at === 0 ? after : `${before}\n${after}`;
}

export const hasSchedule = (text: string, id: string, name: ScheduleName) =>
  withoutSchedule(text, id, name) !== text;

/** The crontab of this user, through crontab(1). */
export class Crontab {
  readonly #program: string;
  readonly #env: Environment;

  /** @param folder a repository: no program of it is run. Throws ScheduleProblem where there is no crontab(1). */
  constructor(env: Environment, folder: string) {
    const program = installedProgram('crontab', env, folder);
    if (program === undefined)
      throw new ScheduleProblem('crontab is not installed: install cron, or use --with systemd');
    this.#program = program;
    this.#env = plainEnvironment(env, folder);
  }

  /** Throws ScheduleProblem where it cannot be read: what is not known must not be written over. */
  async read(): Promise<string> {
    const { ended, code, stdout, stderr } = await this.#run(['-l']);
    if (ended === 'exit' && code === 0) return stdout;
    // A user without one is told so in different words.
    const hasNone = ended === 'exit' && stdout === '' && /no crontab for|can't open/i.test(stderr);
    if (hasNone) return '';
    throw new ScheduleProblem(
      `the crontab could not be read (${said(ended, code, stderr)}): nothing was changed`,
    );
  }

  /** Changes it, and looks whether it took. Throws ScheduleProblem. */
  async change(edit: (text: string) => string): Promise<void> {
    const before = await this.read();
    const next = edit(before);
    if (next === before) return;
    const { ended, code, stderr } = await this.#run(next === '' ? ['-r'] : ['-'], next);
    const after = await this.read();
    if (ended === 'exit' && code === 0 && after === next) return;
    const back = after === before || (await this.#putBack(before));
    throw new ScheduleProblem(
      `crontab did not take the change (${said(ended, code, stderr)}): ${back ? 'it is as it was' : 'look at it: crontab -l'}`,
    );
  }

  async #putBack(text: string): Promise<boolean> {
    await this.#run(text === '' ? ['-r'] : ['-'], text);
    return (await this.read()) === text;
  }

  #run(args: readonly string[], input = '') {
    const order = { folder: anywhere, env: this.#env, timeout: seconds * 1000, input };
    return runProgram(this.#program, args, order);
  }
}

function said(ended: string, code: number, stderr: string): string {
  if (ended === 'timeout') return `no answer in ${seconds} s`;
  const [line = ''] = stderr.split('\n');
  return line === '' ? `it ended with ${code}` : line.slice(0, 200);
}
