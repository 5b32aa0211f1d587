import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from './run-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'programs-'));
const order = { folder, env: process.env, timeout: 20_000 };
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Writes the time again and again; of an ended process that nobody asked after the id stays. */
const beating = (file: string) =>
  `setInterval(() => require('fs').writeFileSync(${JSON.stringify(file)}, String(Date.now())), 20);`;
const isBeating = async (file: string) => {
  const before = readFileSync(file, 'utf8');
  await wait(300);
  return readFileSync(file, 'utf8') !== before;
};

it.skipIf(process.platform === 'win32')(
  'what a program leaves behind holds nobody up, and is ended',
  async () => {
    const file = join(folder, 'left');
    const code = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(beating(file))}],
    { stdio: 'inherit' }).unref();
    const end = () => require('fs').existsSync(${JSON.stringify(file)}) ? process.exit(3) : setTimeout(end, 10);
    end();`;
    const began = performance.now();
    expect(await runProgram(process.execPath, ['-e', code], order)).toMatchObject({ ended: 'exit', code: 3 });
    expect(performance.now() - began).toBeLessThan(order.timeout);
    await expect.poll(() => isBeating(file)).toBe(false);
  },
);

it.skipIf(process.platform === 'win32')('Ctrl-C ends also what is run', async () => {
  const file = join(folder, 'run');
  const script = join(folder, 'runs.mts');
  writeFileSync(
    script,
    `import { runProgram } from ${JSON.stringify(join(import.meta.dirname, 'run-program.ts'))};
    await runProgram(process.execPath, ['-e', ${JSON.stringify(beating(file))}], ${JSON.stringify({ ...order, env: {} })});`,
  );
  const child = spawn(process.execPath, [script], { stdio: 'ignore' });
  while (!existsSync(file) || readFileSync(file, 'utf8') === '') await wait(20);
  child.kill('SIGINT');
  await expect.poll(() => isBeating(file)).toBe(false);
});
