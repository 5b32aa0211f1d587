import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { fakeTool, plant } from '../testing/fake-tools.ts';

const command = fileURLToPath(new URL('../../bin/memhold-scanner.js', import.meta.url));

it.skipIf(process.platform === 'win32')(
  'a scan that is interrupted leaves no tool running, and does not look like one that was clean',
  async () => {
    const [tree, programs] = [mkdtempSync(join(tmpdir(), 'tree-')), mkdtempSync(join(tmpdir(), 'programs-'))];
    plant(tree, { 'app.py': 'x = 1\n' });
    const beat = join(programs, 'beat');
    const write = `require('fs').writeFileSync(${JSON.stringify(beat)}, String(Date.now()))`;
    fakeTool(programs, 'bandit', `process.on('SIGINT', () => 0); setInterval(() => ${write}, 20);`);
    const scan = spawn(process.execPath, [command, '--with', 'bandit'], {
      cwd: tree,
      env: { PATH: programs, HOME: programs },
    });
    const ended = once(scan, 'exit');
    while (!existsSync(beat)) await new Promise((resolve) => setTimeout(resolve, 20));
    scan.kill('SIGINT');
    const [code, signal] = await ended;
    expect(code === null ? signal : code).toBe('SIGINT');
    const last = readFileSync(beat, 'utf8');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(readFileSync(beat, 'utf8')).toBe(last);
  },
  30_000,
);
