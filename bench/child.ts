import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Child {
  url: string;
  /** What it printed up to the line that says where it listens. */
  output(): string;
  /** Milliseconds from spawning to the line that says where it listens. */
  readyMs: number;
  /** Resident memory in MB. */
  rss(): number;
  /** 99th percentile of the event loop's delay since the last call, in ms (only with the probe). */
  loopDelayP99(): Promise<number>;
  stop(): Promise<void>;
}

const probe = new URL('./loop-probe.ts', import.meta.url).href;

/** Starts a script that prints `listening on URL`, with its event loop watched. */
export async function start(script: string, args: string[], env: Record<string, string>): Promise<Child> {
  const started = performance.now();
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child: ChildProcess = spawn(process.execPath, ['--import', probe, path, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.on('data', (chunk: Buffer) => {
      output += chunk;
      const found = /listening on (http:\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.on('exit', (code) => reject(new Error(`${script} ended with ${code}: ${output}`)));
  });
  return {
    url,
    output: () => output,
    readyMs: performance.now() - started,
    rss: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) / 1024,
    loopDelayP99: () =>
      new Promise((resolve) => {
        child.once('message', (value) => resolve(Number(value)));
        child.send('loop-delay');
      }),
    stop: () =>
      new Promise((resolve) => {
        child.on('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}
