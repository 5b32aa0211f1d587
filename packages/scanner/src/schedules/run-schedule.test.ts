import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quietSurroundings } from '../testing/quiet-surroundings.ts';
import { makeTokens } from '../testing/tokens.ts';
import { idOf } from './place.ts';
import { allRecords, folderOf, readRecord, stateOf, takeLock, writeRecord } from './record.ts';
import { runSchedule } from './run-schedule.ts';
import type { ScheduleName } from './schedule.ts';

const tokens = makeTokens(17);
let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'schedule-'));
  folder = join(root, 'shop');
  mkdirSync(folder);
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: folder });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const home = () => join(root, 'home');
const env = () => ({ HOME: home() });
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const order = (name: ScheduleName) => ({
  ...{ name, folder, profile: 'development' as const, updateDependencies: false, watchers: [] },
  server: async () => ({ why: 'left-out' as const, words: 'none' }),
  people: async () => ({ keys: ['ci: memories:read'], accounts: ['admin: admin'] }),
});
const run = (day: number, name: ScheduleName = 'daily-scan') => {
  const { surroundings } = quietSurroundings(folder, home(), `2026-11-${day}T02:00:00Z`);
  return runSchedule(order(name), surroundings);
};
const record = {
  name: 'daily-scan',
  timer: 'cron',
  spread: 0,
  installed_at: '2026-11-20T00:00:00Z',
} as const;

describe('a daily scan', () => {
  it('tells from day to day what is new, fixed and open', async () => {
    write('a.js', `const a = "${tokens.github()}";\n`);
    const first = await run(21);
    expect([first.exitCode, first.report.trend.added.length, first.report.trend.since]).toEqual([1, 1, null]);
    write('b.js', `const b = "${tokens.github()}";\n`);
    const second = await run(22);
    expect(second.report.trend).toMatchObject({ added: [{ where: 'b.js:1' }], fixed: [], open: 1 });
    write('a.js', '');
    write('b.js', '');
    const third = await run(23);
    expect([third.exitCode, third.report.trend.fixed.length, third.report.trend.history.length]).toEqual([
      0, 2, 3,
    ]);
    expect(third.report.trend.history.map(({ counts }) => counts.critical + counts.high)).toEqual([1, 2, 0]);
  });

  it('calls nothing fixed that it could not see, and compares with the last run that saw all', async () => {
    write('a.js', `const a = "${tokens.github()}";\n`);
    await run(21);
    writeFileSync(join(folder, 'a.js'), Buffer.alloc(12_000_000, 'a '));
    const { exitCode, report } = await run(22);
    expect([exitCode, report.outcome, report.trend.fixed]).toEqual([2, 'failed', []]);
    expect(report.problems[0]).toMatch(/incomplete/);
    write('a.js', '');
    expect((await run(23)).report.trend).toMatchObject({ since: '2026-11-21T02:00:00.000Z', fixed: [{}] });
  });

  it('writes reports that only their owner reads, without secrets, markup or control characters of the tree', async () => {
    const secret = tokens.github();
    const name = `x"><img src=x onerror=alert(1)>\u001b[2J\u202e.js`;
    write(name, `const a = "${secret}";\n`);
    const { files, report } = await run(21);
    const reports = join(files.html, '..');
    const kinds = readdirSync(reports).map((one) => one.split('.').at(-1));
    expect(kinds.sort()).toEqual(['gitignore', 'html', 'json', 'md']);
    for (const one of readdirSync(reports)) {
      const path = join(reports, one);
      if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
      const text = readFileSync(path, 'utf8');
      expect(text).not.toContain(secret);
      expect(text).not.toMatch(/[\u001b\u202e]/);
      if (/(?:md|html)$/.test(one)) expect(text).not.toMatch(/(?<!\\)<img/);
    }
    expect(readFileSync(files.html, 'utf8')).toContain("default-src 'none'");
    expect(report.entries).toHaveLength(1);
  });

  it('does not look at its own reports where they lie in the repository', async () => {
    write('a.js', `const a = "${tokens.github()}";\n`);
    const { surroundings } = quietSurroundings(folder, home());
    const within = { ...order('daily-scan'), reports: join(folder, '.memhold-reports') };
    const first = await runSchedule(within, surroundings);
    const second = await runSchedule(within, {
      ...surroundings,
      now: () => new Date('2026-11-23T12:00:00Z'),
    });
    expect(second.report.entries).toEqual(first.report.entries);
    expect(second.report.trend.since).toBe(first.report.time);
  });

  it('takes nothing from a report that a tree brought but what a report can say', async () => {
    const reports = join(folder, '.memhold-reports');
    mkdirSync(reports);
    const secret = tokens.github();
    const time = '2026-11-20T00:00:00.000Z';
    const entry = { key: 'k', severity: 'high', title: `\u001b[2J ${secret}`, where: 'x' };
    const counts = { critical: 0, high: 1, medium: 0, low: 0 };
    const bring = (second: number, entries: unknown[], history: unknown[]) =>
      writeFileSync(
        join(reports, `2026-11-20T00-00-0${second}-000Z.json`),
        JSON.stringify({ time, entries, problems: [], trend: { history } }),
      );
    bring(1, [entry], [{ time, counts }]);
    bring(2, [entry], [null]);
    bring(3, [entry], [{ time, counts: { ...counts, low: '1<img src=x>' } }]);
    bring(4, [{ key: 'k', severity: 'high' }], []);
    bring(5, [{ ...entry, severity: '<img>' }], []);
    write('a.js', 'a();\n');
    const { surroundings } = quietSurroundings(folder, home());
    const { files, report } = await runSchedule({ ...order('daily-scan'), reports }, surroundings);
    expect(report.trend.fixed).toHaveLength(1);
    for (const file of [files.html, files.markdown]) {
      const text = readFileSync(file, 'utf8');
      expect(text).not.toMatch(/<img|\u001b/);
      expect(text).not.toContain(secret);
    }
  });

  it('writes its reports through no link, and over no .gitignore that is there', async () => {
    write('a.js', 'a();\n');
    write('.gitignore', 'mine\n');
    const { surroundings } = quietSurroundings(folder, home());
    symlinkSync(home(), join(folder, '.memhold-reports'));
    const through = { ...order('daily-scan'), reports: join(folder, '.memhold-reports') };
    await expect(runSchedule(through, surroundings)).rejects.toThrow(/symbolic link/);
    const { files } = await runSchedule({ ...order('daily-scan'), reports: folder }, surroundings);
    expect(readFileSync(files.markdown, 'utf8')).toContain('daily-scan');
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('mine\n');
  });

  it('keeps the last sixty reports', async () => {
    const reports = join(folderOf(env(), idOf(folder), 'daily-scan'), 'reports');
    mkdirSync(reports, { recursive: true });
    for (let i = 10; i < 75; i++)
      for (const kind of ['json', 'md', 'html'])
        writeFileSync(
          join(reports, `2025-01-01T00-00-${i}-000Z.${kind}`.replace(/-(\d\d)-000Z/, '-$1-000Z')),
          'not json',
        );
    await run(21);
    expect(readdirSync(reports).filter((name) => name.endsWith('.json'))).toHaveLength(60);
    expect(readdirSync(reports)).toHaveLength(181);
  });
});

describe('the record of a schedule', () => {
  const id = () => idOf(folder);

  it('knows how the last run went', async () => {
    writeRecord(env(), id(), { ...record, folder });
    write('a.js', 'a();\n');
    await run(22);
    const known = readRecord(env(), id(), 'daily-scan')!;
    expect(known.last_run).toMatchObject({ outcome: 'clean', started_at: '2026-11-22T02:00:00.000Z' });
    const at = (time: string) => stateOf(known, new Date(time));
    expect([at('2026-11-23T03:00:00Z'), at('2026-11-24T03:00:00Z')]).toEqual(['clean', 'missed']);
    expect(allRecords(env())).toEqual([{ id: id(), record: known }]);
  });

  it('says when a run broke off, never ended, or never began', async () => {
    const at = new Date('2026-11-20T20:00:00Z');
    expect(stateOf({ ...record, folder }, at)).toBe('waiting');
    const started = (started_at: string) => stateOf({ ...record, folder, last_run: { started_at } }, at);
    expect(started('2026-11-20T19:00:00Z')).toBe('running');
    expect(started('2026-11-20T02:00:00Z')).toBe('interrupted');
    expect(stateOf({ ...record, folder }, new Date('2026-11-22T20:00:00Z'))).toBe('missed');
    writeRecord(env(), id(), { ...record, folder });
    rmSync(folder, { recursive: true });
    await run(22).catch(() => undefined);
    const { last_run } = readRecord(env(), id(), 'daily-scan')!;
    expect(last_run?.outcome).toBe('failed');
  });

  it('lets one run at a time, and a run that is gone holds nothing up', async () => {
    const place = folderOf(env(), id(), 'daily-scan');
    const release = takeLock(place)!;
    await expect(run(21)).rejects.toThrow(/another run of daily-scan has not ended/);
    release();
    // No process has this number.
    writeFileSync(join(place, 'run.lock'), '4194305');
    write('a.js', 'a();\n');
    expect((await run(21)).exitCode).toBe(0);
    // It was ended before it wrote its number, or before the machine was, and another program has it now.
    for (const text of ['', String(process.ppid)]) {
      writeFileSync(join(place, 'run.lock'), text);
      expect(takeLock(place)).toBeUndefined();
      const yesterday = Date.now() / 1000 - 86_400;
      utimesSync(join(place, 'run.lock'), yesterday, yesterday);
      takeLock(place)!();
    }
  });
});

describe('a monthly review', () => {
  it('has the checklist, and who has access', async () => {
    const today = ['memhold', 'allow'].join(':');
    write('a.js', `const a = "${tokens.github()}"; // ${today} github-token -- sample until 2026-01-01\n`);
    mkdirSync(join(folder, '.memhold'));
    writeFileSync(
      join(folder, '.memhold/scan.json'),
      JSON.stringify({ allow: [{ path: 'old.txt', reason: 'a sample', until: '2026-02-01' }] }),
    );
    const { report } = await run(22, 'monthly-review');
    const titles = report.entries.map(({ title, where }) => `${title} ${where}`);
    expect(titles.filter((one) => one.includes('expired'))).toEqual([
      'A suppression has expired the comment at a.js:1',
      'A suppression has expired the entry of .memhold/scan.yaml for old.txt, until 2026-02-01',
    ]);
    expect(titles.some((one) => one.startsWith('no_hardcoded_secrets/scan fails'))).toBe(true);
    expect(Object.fromEntries(report.chapters.map(({ title, lines }) => [title, lines[0]]))).toMatchObject({
      'Keys of the API': 'ci: memories:read',
      Accounts: 'admin: admin',
      'Overridden vetoes of the last year': 'none',
      'Modules of rules that may run (memhold trust)': 'none',
    });
  });

  it('finds a record of overrides that was tampered with', async () => {
    mkdirSync(join(folder, '.git/memhold'), { recursive: true });
    writeFileSync(join(folder, '.git/memhold/overrides.jsonl'), '{"entry":{}}\n');
    const { report } = await run(22, 'monthly-review');
    expect(report.entries.find(({ key }) => key === 'override-record')).toMatchObject({
      severity: 'critical',
    });
  });
});
