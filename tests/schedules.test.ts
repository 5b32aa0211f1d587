// `memhold schedule` as a person uses it: with a crontab that is a file, and the script that cron would start.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { fakeProgram, honestCrontab } from '../packages/scanner/src/testing/fake-program.ts';
import { makeTokens } from '../packages/scanner/src/testing/tokens.ts';
import { memhold, temporaryFolder } from './server-process.ts';

const tokens = makeTokens(29);
/** Signs that a shell, cron and systemd each have a meaning for. */
const NAME = `my $(touch owned) 'shop' 100% "x" & co`;

let home: string;
let repository: string;
let settings: Record<string, string>;
beforeEach(() => {
  home = temporaryFolder();
  repository = join(home, NAME);
  mkdirSync(repository);
  execFileSync('git', ['init', '-q', '-b', 'main', repository]);
  const bin = fakeProgram(join(home, 'bin'), 'crontab', honestCrontab(tab()));
  const PATH = `${bin}:${process.env.PATH}`;
  settings = { HOME: home, PATH, XDG_STATE_HOME: join(home, 'state $HOME 50%') };
});

const tab = () => join(home, 'tab');
const schedule = (...args: string[]) => memhold(['schedule', ...args], settings);
const list = async () => {
  const { code, output } = await schedule('list', '--json');
  return { code, schedules: JSON.parse(output).schedules };
};
/** What cron does with the first line of its table that is a command. */
function asCron() {
  const line = readFileSync(tab(), 'utf8')
    .split('\n')
    .find((one) => /^\d/.test(one))!;
  const [, ...rest] = /^(?:\S+ ){5}(.*)$/.exec(line)!;
  const command = rest[0]!.replaceAll('\\%', '%');
  return spawnSync('/bin/sh', ['-c', command], {
    cwd: home,
    env: { HOME: home, PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
  });
}

describe.skipIf(process.platform === 'win32')('a schedule', () => {
  test('is installed, runs as cron runs it, is listed, and goes without a trace', async () => {
    writeFileSync(tab(), '# mine\n5 5 * * * mine\n');
    const installed = await schedule('install', 'daily-scan', repository, '--with', 'cron');
    expect([installed.code, installed.errors]).toEqual([0, '']);
    expect(await list()).toMatchObject({
      code: 0,
      schedules: [
        { name: 'daily-scan', timer: 'cron', state: 'waiting', timer_installed: true, folder: repository },
      ],
    });
    writeFileSync(join(repository, 'a.js'), `const a = "${tokens.github()}";\n`);
    writeFileSync(tab(), readFileSync(tab(), 'utf8').replace('5 5 * * * mine\n', '#5\n'));
    const first = asCron();
    expect([first.status, first.stdout, first.stderr]).toEqual([1, expect.stringContaining('1 new'), '']);
    // Nothing new: cron sends no mail.
    const second = asCron();
    expect([second.status, second.stdout, second.stderr]).toEqual([1, '', '']);
    expect(existsSync(join(home, 'owned')) || existsSync(join(repository, 'owned'))).toBe(false);
    const { schedules } = await list();
    expect(schedules[0]).toMatchObject({ state: 'findings', last_run: { words: '1 finding, 0 new' } });
    const removed = await schedule('uninstall', 'daily-scan', repository);
    expect([removed.code, readFileSync(tab(), 'utf8')]).toEqual([0, '# mine\n#5\n']);
    expect((await list()).schedules).toEqual([]);
    expect((await schedule('uninstall', 'daily-scan', repository)).code).toBe(1);
  });

  test('says next time that it did not run, or could not', async () => {
    await schedule('install', 'daily-scan', repository, '--with', 'cron');
    expect((await list()).code).toBe(0);
    // Somebody empties the crontab.
    rmSync(tab());
    const gone = await schedule('list');
    expect([gone.code, gone.output]).toEqual([1, expect.stringContaining('cron, GONE')]);
    await schedule('install', 'daily-scan', repository, '--with', 'cron');
    rmSync(repository, { recursive: true });
    expect(asCron().status).toBe(2);
    const { code, schedules } = await list();
    expect([code, schedules[0].state]).toEqual([1, 'failed']);
    const [id] = readdirSync(join(settings.XDG_STATE_HOME!, 'memhold/schedules'));
    const file = join(settings.XDG_STATE_HOME!, 'memhold/schedules', id!, 'daily-scan/schedule.json');
    const record = JSON.parse(readFileSync(file, 'utf8'));
    record.last_run = undefined;
    writeFileSync(file, JSON.stringify({ ...record, installed_at: '2026-01-01T00:00:00Z' }));
    expect((await list()).schedules[0].state).toBe('missed');
    // A repository that is gone does not keep its schedule.
    expect((await schedule('uninstall', 'daily-scan', repository)).code).toBe(0);
    expect(existsSync(tab())).toBe(false);
  });

  test('keeps what it writes to its owner', async () => {
    await schedule('install', 'daily-scan', repository, '--with', 'cron');
    writeFileSync(join(repository, 'a.js'), 'a();\n');
    expect(asCron().status).toBe(0);
    const base = join(settings.XDG_STATE_HOME!, 'memhold/schedules');
    const paths = readdirSync(base, { recursive: true, encoding: 'utf8' });
    expect(paths.length).toBeGreaterThan(6);
    for (const path of paths) expect([path, statSync(join(base, path)).mode & 0o077]).toEqual([path, 0]);
  });

  test('of a CI system is a file that can be looked at first, and never written over another', async () => {
    const shown = await schedule('install', 'weekly-dependencies', repository, '--with', 'github', '--print');
    expect(shown.output).toMatch(/cron: '0 3 \* \* 0'/);
    expect(existsSync(join(repository, '.github'))).toBe(false);
    expect((await schedule('install', 'weekly-dependencies', repository, '--with', 'github')).code).toBe(0);
    const file = join(repository, '.github/workflows/memhold-weekly-dependencies.yml');
    expect(readFileSync(file, 'utf8').trim()).toBe(shown.output.trim());
    expect((await schedule('uninstall', 'weekly-dependencies', repository)).code).toBe(0);
    writeFileSync(file, 'name: mine\n');
    const refused = await schedule('install', 'weekly-dependencies', repository, '--with', 'github');
    expect([refused.code, readFileSync(file, 'utf8')]).toEqual([2, 'name: mine\n']);
  });

  test('that cannot be installed changes nothing, and says why', async () => {
    fakeProgram(join(home, 'bin'), 'crontab', 'echo "you may not" >&2; exit 1');
    const { code, errors } = await schedule('install', 'daily-scan', repository, '--with', 'cron');
    expect([code, errors]).toEqual([2, expect.stringContaining('you may not')]);
    expect((await list()).schedules).toEqual([]);
    for (const args of [
      ['install', 'hourly-scan'],
      ['install', 'daily-scan', join(home, 'nowhere')],
      ['install', 'daily-scan', repository, '--update-dependencies'],
      ['install', 'daily-scan', repository, '--with', 'cron', '--print'],
      ['install', 'daily-scan', repository, '--spread', '24h'],
    ])
      expect([args, (await schedule(...args)).code]).toEqual([args, 2]);
  });
});
