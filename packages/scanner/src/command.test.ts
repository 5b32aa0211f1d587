import { execFileSync, spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { writer } from './command/writer.ts';
import { runJson, runScanner } from './testing/run-scan.ts';
import { makeTokens } from './testing/tokens.ts';

const tokens = makeTokens(44);
const temporary = () => mkdtempSync(join(tmpdir(), 'command-'));

function withFile(content: string) {
  const folder = temporary();
  writeFileSync(join(folder, 'file'), content);
  return folder;
}

describe('exit codes', () => {
  const high = `token = ${tokens.github()}\n`;
  const low = `write to ${tokens.email()}\n`;

  it.each([
    ['nothing', 'plain words\n', [], 0],
    ['a secret', high, [], 1],
    ['a secret that never fails', high, ['--fail-on', 'never'], 0],
    ['a low finding', low, [], 0],
    ['a low finding that fails', low, ['--fail-on', 'low'], 1],
    ['an empty file', '', [], 0],
  ])('%s', async (_name, content, argv, expected) => {
    expect((await runScanner(withFile(content), argv)).code).toBe(expected);
  });

  it('an incomplete scan is 2 even with findings, and they are shown', async () => {
    const { code, report, err } = await runJson(withFile(high), ['.', 'missing']);
    expect([code, report.findings.length]).toEqual([2, 1]);
    expect(err).toMatch(/^memhold-scanner: INCOMPLETE: 1 finding/);
  });

  it.each([
    [['--nonsense'], /nonsense/],
    [['--format', 'xml'], /text, json, sarif, html, markdown, junit, github or gitlab/],
    [['--json', '--format', 'sarif'], /keep one/],
    [['--fail-on', 'bad'], /critical, high/],
    [['--max-size', '-1'], /megabytes|ambiguous/],
    [['--max-size', '1e9'], /megabytes/],
    [['--staged', '--history'], /keep one/],
    [['--staged', 'file'], /leave the paths out/],
    [[''], /empty/],
    [['--range'], /range/],
  ])('%j is used wrongly: 2, one line, no report', async (argv, message) => {
    const { code, out, err } = await runScanner(withFile('words'), argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err.split('\n')).toHaveLength(1);
  });
});

describe('standard input', () => {
  const text = `token = ${tokens.github()}\n`;

  it('is scanned in whatever pieces it comes', async () => {
    const bytes = Buffer.from(text);
    const { code, report } = await runJson(temporary(), ['-'], [bytes.subarray(0, 20), bytes.subarray(20)]);
    expect([code, report.findings[0]]).toMatchObject([1, { file: 'stdin', line: 1, column: 9 }]);
  });

  it('that is empty is not clean unless that is allowed', async () => {
    expect((await runScanner(temporary(), ['-'])).code).toBe(2);
    expect((await runScanner(temporary(), ['-', '--allow-empty'])).code).toBe(0);
  });

  it('that is too large is not clean', async () => {
    const { code, report } = await runJson(
      temporary(),
      ['-', '--max-size', '0.01'],
      ['word '.repeat(1000), 'word '.repeat(9000)],
    );
    expect([code, report.skipped[0]?.reason]).toEqual([2, 'too-large']);
  });
});

describe('what goes wrong in the middle', () => {
  async function* broken() {
    yield `token = ${tokens.github()}\n`;
    throw Object.assign(new Error('illegal operation on a directory, read'), { code: 'EISDIR' });
  }

  it('of standard input is never clean, and what came is scanned', async () => {
    const { code, report } = await runJson(temporary(), ['-'], broken());
    expect([code, report.skipped, report.findings.length]).toMatchObject([2, [{ reason: 'unreadable' }], 1]);
  });

  it('of the scanner itself ends with 2 and without the message, which may hold what was scanned', async () => {
    const secret = tokens.github();
    const { code, err } = await runScanner(withFile('words'), [], [], {
      now: () => {
        throw new TypeError(`no ${secret}`);
      },
    });
    expect([code, err]).toEqual([2, 'memhold-scanner: the scan failed, nothing is known (TypeError)']);
  });
});

describe('a large report', () => {
  const texts = ['a', 'ü'.repeat(1000), '', 'x'.repeat(300_000), '…'.repeat(80_000), 'end'];

  it('is written whole into a file, through memory that is used again', async () => {
    const path = join(temporary(), 'report');
    const stream = createWriteStream(path, { fd: openSync(path, 'w') });
    const write = writer(stream);
    for (const text of texts) await write(text);
    expect(readFileSync(path, 'utf8')).toBe(texts.join(''));
    stream.close();
  });

  it('is written whole into a stream that keeps what it gets', async () => {
    const stream = new PassThrough({ highWaterMark: 1e7 });
    const write = writer(stream);
    for (const text of texts) void write(text);
    expect(stream.read().toString()).toBe(texts.join(''));
  });
});

describe('--only', () => {
  const both = `token = ${tokens.github()}\nwrite to ${tokens.email()}\n`;
  const found = async (...argv: string[]) =>
    (await runJson(withFile(both), argv)).report.findings.map(({ rule_id }) => rule_id).sort();

  it('looks for one of the two, and for both by itself', async () => {
    expect(await found()).toEqual(['email', 'github-token']);
    expect(await found('--only', 'secrets')).toEqual(['github-token']);
    expect(await found('--only', 'personal-data')).toEqual(['email']);
  });

  it('hides secrets in names whatever it looks for', async () => {
    const token = tokens.github();
    const folder = temporary();
    writeFileSync(join(folder, `${token}.txt`), both);
    const { out } = await runScanner(folder, ['--only', 'personal-data', '--verbose']);
    expect(out).toContain('email');
    expect(out).not.toContain(token);
  });

  it('of something else is refused', async () => {
    expect(await runScanner(withFile(both), ['--only', 'pii'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('secrets or personal-data'),
    });
  });
});

describe('paths', () => {
  it('that overlap are scanned once', async () => {
    const { report } = await runJson(withFile('words'), ['.', 'file', './file']);
    expect(report.summary).toMatchObject({ total_files: 1, scanned_files: 1 });
  });
});

describe('the program', () => {
  const program = join(import.meta.dirname, '..', 'bin', 'memhold-scanner.js');
  const start = (folder: string, ...argv: string[]) =>
    spawnSync(process.execPath, [program, ...argv], { cwd: folder, encoding: 'utf8' });

  it('scans, and ends with the code of what it found', () => {
    const { status, stdout, stderr } = start(withFile(`token = ${tokens.github()}\n`));
    expect([status, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^file:1:9: \w+ github-token: .*ghp_…/);
    expect(stdout).not.toContain('\u001b');
  });

  it('explains itself', () => {
    expect(start('.', '--help').stdout).toMatch(/^Usage: memhold-scanner \[options\] \[path\.\.\.\]/);
    expect(start('.', '--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('writes all of a large report into a pipe that is read slowly', () => {
    const lines = Array.from({ length: 3000 }, () => `token = ${tokens.github()}\n`).join('');
    const folder = withFile(lines);
    const out = execFileSync('sh', ['-c', `"${process.execPath}" "${program}" --json | { sleep 1; cat; }`], {
      cwd: folder,
      maxBuffer: 1e8,
    });
    expect(JSON.parse(out.toString()).findings).toHaveLength(3000);
  });
});
