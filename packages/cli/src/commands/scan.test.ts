import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scanOptions } from '@memhold/scanner/command';
import { describe, expect, it } from 'vitest';
import { run } from '../testing/run.ts';

const program = join(import.meta.dirname, '..', '..', 'bin', 'memhold.js');

describe('memhold scan', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scan-'));
  writeFileSync(join(folder, 'page.txt'), `Mail to ${['ada', 'mail.example.com'].join('@')} for more.\n`);

  it('has every option of the scanner', async () => {
    const { out } = await run(['scan', '--help']);
    for (const { flag } of scanOptions) expect(out).toContain(flag);
  });

  it('scans without the service, and ends with its own codes', async () => {
    const server = { loadConfig: () => expect.unreachable() };
    const { code, stdout } = await run(['scan', folder, '--json'], { server });
    const report = JSON.parse(stdout.read().toString());
    expect([code, report.findings[0].rule_id]).toEqual([0, 'email']);
    expect((await run(['scan', folder, '--fail-on', 'low'])).code).toBe(1);
    expect((await run(['scan', join(folder, 'missing')])).code).toBe(2);
    expect((await run(['scan', '--format', 'xml'])).err).toBe(
      'memhold: --format takes text, json, sarif, html, markdown, junit, github or gitlab',
    );
    expect((await run(['scan', '--nonsense'])).code).toBe(2);
  });

  it('loads neither the service nor its packages', () => {
    const hook = [
      "import module from 'node:module';",
      'module.registerHooks({ load(url, context, next) { if (/packages\\/(server|client)\\/|fastify|better-sqlite3/.test(url)) throw new Error(url); return next(url, context); } });',
    ].join('');
    const hooked = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, program, 'scan', '.'];
    const { status, stderr, stdout } = spawnSync(process.execPath, hooked, { cwd: folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^1 finding \(1 low\); 1 of 1 file scanned; [\d.]+ MB\.\n$/);
  });
});
