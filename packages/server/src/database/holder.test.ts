import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { holdFolder } from './holder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memhold-holder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a data folder has one holder at a time, across processes, and none after a kill -9', async () => {
  const script = join(folder, 'hold.mjs');
  const module = new URL('./holder.ts', import.meta.url).href;
  writeFileSync(
    script,
    `const { holdFolder } = await import('${module}'); holdFolder(process.argv[2]); globalThis.gc(); console.log('held'); setInterval(() => {}, 1000);`,
  );
  const data = join(folder, 'data');
  const child = spawn(process.execPath, ['--expose-gc', script, data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    expect(() => holdFolder(data)).toThrow(new RegExp(`holds ${data} \\(process ${child.pid}\\)`));
  } finally {
    child.kill('SIGKILL');
  }
  await once(child, 'exit');
  const holder = holdFolder(data);
  holder.release();
  holdFolder(data).release();
});

it('a place that cannot be a folder is refused with what to do', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => holdFolder(join(file, 'data'))).toThrow(/MEMHOLD_DATA_DIR/);
});
