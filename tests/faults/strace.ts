import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Whether system calls of another process can be made to fail here: strace, and the right to trace. */
export const canInject = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0;
if (!canInject)
  console.warn('SKIPPED: strace is not here or may not trace: faults of single system calls are not tried');

export interface Injection {
  /** The answer, or undefined when the process died before it came: its sockets may outlive it while it is traced. */
  orDeath<T>(answer: Promise<T>): Promise<T | undefined>;
  stop(): Promise<void>;
}

const DEATH_MS = 3000;

/**
 * Makes system calls of a running process fail or kill it, as `strace -e inject=` says, from when this resolves until
 * `stop`.
 */
export async function inject(pid: number, what: string): Promise<Injection> {
  const [call] = what.split(':');
  const args = ['-f', '-p', String(pid), '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${what}`];
  const tracer: ChildProcess = spawn('strace', args, { stdio: 'pipe' });
  let said = '';
  tracer.stderr!.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const gone = new Promise<void>((resolve) => tracer.once('exit', () => resolve()));
  for (let i = 0; !isTraced(pid); i++) {
    if (i > 200 || tracer.exitCode !== null) throw new Error(`strace did not attach: ${said}`);
    await wait(10);
  }
  return {
    orDeath: (answer) => Promise.race([answer.catch(() => undefined), wait(DEATH_MS, undefined)]),
    async stop() {
      tracer.kill('SIGINT');
      // One whose process was killed under it sometimes waits for ever.
      const timer = setTimeout(() => tracer.kill('SIGKILL'), DEATH_MS);
      await gone;
      clearTimeout(timer);
    },
  };
}

/** Every thread has its tracer: the writer's above all. */
function isTraced(pid: number): boolean {
  const { stdout } = spawnSync('sh', ['-c', `cat /proc/${pid}/task/*/status`]);
  const tracers = [...stdout.toString().matchAll(/^TracerPid:\s+(\d+)/gm)].map(([, tracer]) => tracer);
  return tracers.length > 0 && tracers.every((tracer) => tracer !== '0');
}

/** The process that holds a data folder. */
export function holderOf(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'holder.pid'), 'utf8'));
}
