import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeProgram, honestCrontab } from '../testing/fake-program.ts';
import { Crontab, crontabLines, hasSchedule, withoutSchedule, withSchedule } from './crontab.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'crontab-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const lines = crontabLines('shop-1', 'daily-scan', '/state/run.sh', 0);

describe('lines of a crontab', () => {
  it('are at the times of the seed, and spread by repository', () => {
    expect(lines).toBe("0 2 * * * '/state/run.sh'\n");
    expect(crontabLines('shop-1', 'weekly-dependencies', '/r', 0)).toBe("0 3 * * 0 '/r'\n");
    expect(crontabLines('shop-1', 'monthly-review', '/r', 0)).toBe("0 4 1 * * '/r'\n");
    const minutes = ['a', 'b', 'c', 'd', 'e', 'f'].map(
      (id) => crontabLines(id, 'daily-scan', '/r', 120).split(' * ')[0],
    );
    expect(new Set(minutes).size).toBeGreaterThan(3);
    for (const one of minutes) expect(one).toMatch(/^\d{1,2} [23]$/);
  });

  it('start the very path, whatever signs are in it', () => {
    // As cron reads a command: up to a percent sign that is not escaped, with the escapes taken away.
    const read = (command: string) => /^((?:\\%|[^%])*)/.exec(command)![1]!.replaceAll('\\%', '%');
    const sign = fc.constantFrom(
      '%',
      "'",
      '"',
      '$',
      '`',
      '\\',
      ' ',
      ';',
      '&',
      '*',
      '(',
      '#',
      'a',
      'ü',
      '-',
      '!',
    );
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 12 }), (signs) => {
        const path = `/x/${signs.join('')}`;
        const command = read(crontabLines('i', 'daily-scan', path, 0).trimEnd().slice('0 2 * * * '.length));
        expect(execFileSync('sh', ['-c', `printf %s ${command}`]).toString()).toBe(path);
      }),
      { numRuns: 40 },
    );
    for (const path of ['/a\nb', '/a\rb', '/a\u0000b'])
      expect(() => crontabLines('i', 'daily-scan', path, 0)).toThrow(/control character/);
    expect(() => crontabLines('i', 'daily-scan', `/${'a'.repeat(1000)}`, 0)).toThrow(/too long/);
  });

  it('come once, and go without a trace', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '#', ' ', '*', '\t') });
    fc.assert(
      fc.property(text, (before) => {
        const once = withSchedule(before, 'shop-1', 'daily-scan', lines);
        expect(hasSchedule(once, 'shop-1', 'daily-scan')).toBe(true);
        expect(withSchedule(once, 'shop-1', 'daily-scan', lines)).toBe(once);
        expect(withoutSchedule(once, 'shop-1', 'daily-scan')).toBe(before);
        expect(withoutSchedule(once, 'other', 'daily-scan')).toBe(once);
      }),
    );
  });
});

describe('the crontab', () => {
  const file = () => join(root, 'tab');
  const add = (text: string) => withSchedule(text, 'shop-1', 'daily-scan', lines);
  const crontab = (script: string) => {
    const env = { PATH: `${fakeProgram(join(root, 'bin'), 'crontab', script)}:/usr/bin:/bin` };
    return new Crontab(env, join(root, 'repository'));
  };

  it('is changed and given back', async () => {
    const tab = crontab(honestCrontab(file()));
    await tab.change(add);
    expect(readFileSync(file(), 'utf8')).toBe(`# memhold schedule daily-scan shop-1\n${lines}`);
    await tab.change((text) => withoutSchedule(text, 'shop-1', 'daily-scan'));
    expect(existsSync(file())).toBe(false);
  });

  it.each([
    [
      'cannot be read',
      'echo "permission denied" >&2; exit 1',
      /could not be read \(permission denied\): nothing was changed/,
    ],
    ['says nothing of an error', 'exit 1', /could not be read \(it ended with 1\)/],
    [
      'takes nothing',
      'case "$1" in -l) echo "5 5 * * * mine";; *) cat > /dev/null; exit 0;; esac',
      /did not take the change .*: it is as it was/,
    ],
    [
      'refuses',
      'case "$1" in -l) echo "5 5 * * * mine";; *) cat > /dev/null; echo "bad minute" >&2; exit 1;; esac',
      /did not take the change \(bad minute\): it is as it was/,
    ],
  ])('that %s is left alone', async (_, script, message) => {
    await expect(crontab(script).change(add)).rejects.toThrow(message);
  });

  it('that was cut while it was written is put back', async () => {
    writeFileSync(file(), '5 5 * * * mine\n');
    const broken = `[ "$1" = - ] && [ ! -f '${root}/cut' ] && { touch '${root}/cut'; head -c 9 > '${file()}'; exit 0; }\n`;
    await expect(crontab(broken + honestCrontab(file())).change(add)).rejects.toThrow(/it is as it was/);
    expect(readFileSync(file(), 'utf8')).toBe('5 5 * * * mine\n');
  });

  it('is never asked of a program that the repository brings', () => {
    const inside = fakeProgram(join(root, 'repository', 'bin'), 'crontab', 'touch /tmp/owned');
    mkdirSync(join(root, 'repository'), { recursive: true });
    for (const PATH of [inside, 'bin', ''])
      expect(() => new Crontab({ PATH }, join(root, 'repository'))).toThrow(/crontab is not installed/);
  });
});
