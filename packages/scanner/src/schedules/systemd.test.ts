import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeProgram } from '../testing/fake-program.ts';
import { unitWord } from './quoting.ts';
import { installUnits, removeUnits, unitFiles } from './systemd.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'systemd-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('unit files', () => {
  it('make up for missed runs, are hardened, and start no shell', () => {
    const { service, timer } = unitFiles('daily-scan', '/home/a/shop', '/state/run.sh', 30);
    expect(timer).toMatch(/^OnCalendar=\*-\*-\* 02:00:00$/m);
    expect(timer).toMatch(/^Persistent=true$/m);
    expect(timer).toMatch(/^RandomizedDelaySec=30min$/m);
    expect(service).toMatch(/^ExecStart="\/state\/run\.sh"$/m);
    expect(service).toMatch(/^NoNewPrivileges=yes$/m);
  });

  it('take every sign of a path as it is', () => {
    expect(unitWord('/a b/%h/$HOME/"c"/\\d')).toBe('"/a b/%%h/$$HOME/\\"c\\"/\\\\d"');
    expect(() => unitWord('/a\nExecStart=/bin/evil')).toThrow(/control character/);
    const { service } = unitFiles('daily-scan', '/x/100%\nExecStart=evil', '/s', 0);
    expect(service.match(/^ExecStart=/gm)).toHaveLength(1);
    expect(service).toContain('100%% ');
  });

  it.skipIf(!hasAnalyze)('are valid for systemd itself', () => {
    const script = join(root, 'run 100%.sh');
    writeFileSync(script, '#!/bin/sh\n');
    chmodSync(script, 0o755);
    const units = unitFiles('monthly-review', root, script, 30);
    for (const kind of ['service', 'timer'] as const)
      writeFileSync(join(root, `memhold-x.${kind}`), units[kind]);
    const { stdout, stderr, status } = spawnSync('systemd-analyze', [
      'verify',
      join(root, 'memhold-x.timer'),
    ]);
    // Without a running manager it may say more, of other units.
    expect(`${status} ${stdout}${stderr}`).not.toMatch(/memhold-x/);
    for (const name of ['daily-scan', 'weekly-dependencies', 'monthly-review'] as const) {
      const calendar = /OnCalendar=(.*)/.exec(unitFiles(name, root, script, 0).timer)![1]!;
      expect(spawnSync('systemd-analyze', ['calendar', calendar]).status).toBe(0);
    }
  });
});

describe('units of a user', () => {
  const units = unitFiles('daily-scan', '/home/a/shop', '/state/run.sh', 0);
  const folder = () => join(root, 'config', 'systemd', 'user');
  const env = (script?: string) => ({
    PATH: script === undefined ? '' : `${fakeProgram(join(root, 'bin'), 'systemctl', script)}:/usr/bin:/bin`,
    HOME: root,
    XDG_CONFIG_HOME: join(root, 'config'),
  });
  const install = (script?: string) =>
    installUnits(env(script), 'shop-1', 'daily-scan', { units, folder: join(root, 'repository') });
  const log = () => readFileSync(join(root, 'log'), 'utf8');

  it('are written for their owner, and started', async () => {
    expect(await install(`echo "$*" >> '${root}/log'`)).toBeUndefined();
    expect(log()).toBe(
      '--user --no-ask-password daemon-reload\n--user --no-ask-password enable --now memhold-daily-scan-shop-1.timer\n',
    );
    expect(readdirSync(folder())).toEqual([
      'memhold-daily-scan-shop-1.service',
      'memhold-daily-scan-shop-1.timer',
    ]);
    await removeUnits(env(`echo "$*" >> '${root}/log'`), 'shop-1', 'daily-scan', join(root, 'repository'));
    expect(readdirSync(folder())).toEqual([]);
    expect(log()).toMatch(/disable --now memhold-daily-scan-shop-1\.timer\n.*daemon-reload\n$/);
  });

  it('are gone again where the manager refuses', async () => {
    const refuses = `case "$*" in *enable*) echo "Failed to connect to bus" >&2; exit 1;; esac`;
    await expect(install(refuses)).rejects.toThrow(/Failed to connect to bus\): nothing was changed/);
    expect(readdirSync(folder())).toEqual([]);
  });

  it('stay as they were where the manager refuses a change of them', async () => {
    mkdirSync(folder(), { recursive: true });
    const [first] = ['memhold-daily-scan-shop-1.service'];
    writeFileSync(join(folder(), first!), 'before');
    await expect(install('exit 3')).rejects.toThrow(/it ended with 3/);
    expect(readFileSync(join(folder(), first!), 'utf8')).toBe('before');
  });

  it('stay while the manager does not let them go', async () => {
    await install('exit 0');
    await expect(removeUnits(env('exit 1'), 'shop-1', 'daily-scan', root)).rejects.toThrow(/disable failed/);
    expect(existsSync(join(folder(), 'memhold-daily-scan-shop-1.timer'))).toBe(true);
  });

  it('wait for somebody where there is no manager to ask', async () => {
    expect(await install()).toBe('systemctl --user enable --now memhold-daily-scan-shop-1.timer');
    expect(readdirSync(folder())).toHaveLength(2);
  });
});
