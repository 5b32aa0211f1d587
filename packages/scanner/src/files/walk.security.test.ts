import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runJson, runScanner } from '../testing/run-scan.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(12);
const secret = () => `token = ${tokens.github()}\n`;
const temporary = () => mkdtempSync(join(tmpdir(), 'walk-'));

describe('a hostile tree', () => {
  it('with links in a circle and out of it is walked once, and nothing outside is read', async () => {
    const outside = temporary();
    writeFileSync(join(outside, 'key'), secret());
    const folder = temporary();
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'a', 'key'), secret());
    symlinkSync('..', join(folder, 'a', 'up'));
    symlinkSync(outside, join(folder, 'out'));
    symlinkSync(join(outside, 'key'), join(folder, 'key'));
    symlinkSync('self', join(folder, 'self'));
    const { report } = await runJson(folder, []);
    expect(report.findings.map(({ file }) => file)).toEqual(['a/key']);
    expect(report.skipped.map(({ file, reason }) => `${file} ${reason}`)).toEqual(
      ['key', 'out', 'self', 'a/up'].map((file) => `${file} symbolic-link`),
    );
    expect((await runScanner(folder, ['out'])).code).toBe(2);
  });

  it('with a pipe does not wait for a writer', async () => {
    const folder = temporary();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    writeFileSync(join(folder, 'plain'), 'nothing\n');
    const { code, report } = await runJson(folder, []);
    expect(code).toBe(0);
    expect(report.skipped).toMatchObject([{ file: 'pipe', reason: 'special-file', incomplete: false }]);
    expect((await runJson(folder, ['pipe'])).code).toBe(2);
  });

  it('with names that control a terminal prints them as escapes, in every format', async () => {
    const folder = temporary();
    const names = ['new\nline', '\u001b[2Jclear', '--fail-on=never', 'r\u202eltxt', 'c1\u009b31m', '日本'];
    for (const name of names) writeFileSync(join(folder, name), secret());
    for (const format of ['text', 'json', 'sarif']) {
      const { code, out } = await runScanner(folder, ['--format', format]);
      expect(code).toBe(1);
      expect(out).not.toMatch(/[\u001b\u009b\u202e]/);
      expect(out.match(/github-token/g)!.length).toBeGreaterThanOrEqual(names.length);
    }
    const { report } = await runJson(folder, []);
    expect(report.findings.map(({ file }) => file).sort()).toEqual([...names].sort());
    expect(
      (await runScanner(folder, [])).out.split('\n').filter((line) => line.includes(':1:9: ')),
    ).toHaveLength(6);
  });

  it('with names that are no UTF-8 is read all the same', async () => {
    const folder = temporary();
    const inner = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x66, 0xff])]);
    mkdirSync(inner);
    writeFileSync(Buffer.concat([inner, Buffer.from('/k\xfe', 'latin1')]), secret());
    const { report } = await runJson(folder, []);
    expect(report.findings.map(({ file }) => file)).toEqual(['f\ufffd/k\ufffd']);
    expect(report.complete).toBe(true);
  });

  it('with a gigantic line is scanned to its end', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'line'), `${'a="b",'.repeat(1_000_000)}${secret()}`);
    const { report } = await runJson(folder, []);
    expect(report.findings.map(({ rule_id, line }) => `${rule_id} ${line}`)).toContain('github-token 1');
  });

  it('with a file of very many findings is scanned to its end', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'many'), `${tokens.email()}\n`.repeat(300_000));
    const { code, out } = await runScanner(folder, []);
    expect([code, out]).toEqual([2, expect.stringContaining('INCOMPLETE: 10000 findings')]);
  });

  it('with UTF-16 is decoded, and with latin-1 is read and told', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'a16'), Buffer.from(`\ufeff${secret()}`, 'utf16le'));
    writeFileSync(join(folder, 'latin'), Buffer.from(`schl\xfcssel ${secret()}`, 'latin1'));
    const { report } = await runJson(folder, []);
    expect(report.findings.map(({ file }) => file)).toEqual(['a16', 'latin']);
    expect(report.read_as_latin1).toEqual(['latin']);
  });
});

describe('what cannot be read', () => {
  it('is never clean', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'fine'), 'nothing\n');
    for (const path of ['missing', 'fine/below', 'a'.repeat(5000)]) {
      const { code, report } = await runJson(folder, ['fine', path]);
      expect([code, report.complete]).toEqual([2, false]);
    }
  });

  it.runIf(process.platform === 'linux')('and fails while it is read, is never clean', async () => {
    // A regular file whose first page cannot be read, even by root.
    const { code, report } = await runJson(temporary(), ['/proc/self/mem']);
    expect([code, report.skipped[0]?.reason]).toEqual([2, 'unreadable']);
  });

  it('as it was named is never clean, even where other files are', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'fine'), 'nothing\n');
    symlinkSync('fine', join(folder, 'link'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect((await runScanner(folder, ['.'])).code).toBe(0);
    for (const [path, reason] of [
      ['link', 'named-link'],
      ['pipe', 'named-special-file'],
    ] as const) {
      const { code, report } = await runJson(folder, ['fine', path]);
      expect([code, report.skipped]).toMatchObject([2, [{ file: path, reason, incomplete: true }]]);
      expect((await runScanner(folder, ['fine', path])).out).toMatch(/^INCOMPLETE/m);
    }
  });

  it('because it is too large is never clean, and binary files of any size are no fault', async () => {
    const folder = temporary();
    writeFileSync(join(folder, 'large.txt'), 'words '.repeat(50_000));
    const { code, report } = await runJson(folder, ['--max-size', '0.1']);
    expect([code, report.skipped[0]?.reason]).toEqual([2, 'too-large']);
    expect((await runScanner(folder, ['--max-size', '1'])).code).toBe(0);
    writeFileSync(join(folder, 'large.txt'), Buffer.alloc(300_000));
    writeFileSync(join(folder, 'small.txt'), 'words');
    expect((await runScanner(folder, ['--max-size', '0.1'])).code).toBe(0);
  });
});

describe('.gitignore', () => {
  function tree() {
    const folder = temporary();
    mkdirSync(join(folder, '.git', 'info'), { recursive: true });
    mkdirSync(join(folder, 'src', 'built'), { recursive: true });
    writeFileSync(join(folder, '.git', 'config'), secret());
    writeFileSync(join(folder, '.git', 'info', 'exclude'), 'private\n');
    writeFileSync(join(folder, '.gitignore'), '*.log\nbuilt/\n!kept.log\n');
    writeFileSync(join(folder, 'src', '.gitignore'), 'local\n');
    for (const name of [
      'a.log',
      'kept.log',
      'private',
      'src/local',
      'src/built/x',
      'src/b.log',
      'src/open',
    ]) {
      writeFileSync(join(folder, name), secret());
    }
    return folder;
  }

  it('is obeyed with nested files and negations, and counted', async () => {
    const folder = tree();
    const { report } = await runJson(folder, []);
    expect(report.findings.map(({ file }) => file)).toEqual(['kept.log', 'src/open']);
    expect(report.skipped.map(({ file }) => file).sort()).toEqual([
      'a.log',
      'private',
      'src/b.log',
      'src/built',
      'src/local',
    ]);
  });

  it('of folders above holds for a folder inside the repository', async () => {
    const { report } = await runJson(tree(), ['src']);
    expect(report.findings.map(({ file }) => file)).toEqual(['src/open']);
  });

  it('does not hold for a file that is named, nor with --no-ignore', async () => {
    const folder = tree();
    expect((await runJson(folder, ['src/local'])).report.findings).toHaveLength(1);
    expect((await runJson(folder, ['--no-ignore'])).report.findings).toHaveLength(7);
  });

  it('that ignores everything leaves nothing scanned, which is not clean', async () => {
    const folder = temporary();
    writeFileSync(join(folder, '.gitignore'), '*\n');
    writeFileSync(join(folder, 'key'), secret());
    const { code, out } = await runScanner(folder, []);
    expect(code).toBe(2);
    expect(out).toContain('NOTHING SCANNED');
  });
});
