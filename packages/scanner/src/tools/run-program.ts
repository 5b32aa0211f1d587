import { type ChildProcess, spawn } from 'node:child_process';

/** Why a tool did not do its part, in words that hold nothing of what it printed. */
export class ToolFailure extends Error {}

export interface ProgramRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout: number;
  /** Bytes of standard output. */
  readonly largestOutput: number;
}

/** What a tool that has ended may leave running before its output counts as whole. */
const grace = 500;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const running = new Set<ChildProcess>();

/**
 * Runs a program without a shell, in a group of its own, and waits for it. The group is ended with it, whatever it has
 * started: after the time, when it prints too much, when it is done, and when this process is told to end. What it
 * prints on standard error is not kept: it quotes code. Throws ToolFailure.
 */
export function runProgram(run: ProgramRun): Promise<{ readonly code: number; readonly output: Buffer }> {
  const { program, args, folder, env, timeout, largestOutput } = run;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
      windowsHide: true,
    });
    watch(child);
    const pieces: Buffer[] = [];
    let length = 0;
    let failure: string | undefined;
    const stop = (reason: string) => {
      failure ??= reason;
      pieces.length = 0;
      endGroup(child);
      child.stdout.destroy();
    };
    const timer = setTimeout(() => stop(`it took longer than ${Math.round(timeout / 1000)} s`), timeout);
    child.stdout.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length > largestOutput) stop(`it printed more than ${Math.round(largestOutput / 1e6)} MB`);
      else if (failure === undefined) pieces.push(piece);
    });
    child.on('exit', () => {
      // A child that it left behind may hold the pipe open for ever.
      setTimeout(() => {
        endGroup(child);
        child.stdout.destroy();
      }, grace).unref();
    });
    const settle = (code: number | null, signal: string | null, fault?: string) => {
      clearTimeout(timer);
      endGroup(child);
      unwatch(child);
      failure ??= fault ?? (code === null ? `it was ended by ${signal}` : undefined);
      if (failure !== undefined || code === null) return reject(new ToolFailure(failure));
      resolve({ code, output: Buffer.concat(pieces) });
    };
    child.on('error', ({ code }: NodeJS.ErrnoException) =>
      settle(null, null, `it could not be started (${code})`),
    );
    child.on('close', (code, signal) => settle(code, signal));
  });
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // Nobody is left of it.
  }
}

function endAll(): void {
  for (const child of running) endGroup(child);
}

/** A group of its own does not get the Ctrl-C of the terminal. */
function passOn(signal: NodeJS.Signals): void {
  endAll();
  for (const one of signals) process.removeListener(one, passOn);
  process.kill(process.pid, signal);
}

function watch(child: ChildProcess): void {
  if (running.size === 0) {
    for (const signal of signals) process.on(signal, passOn);
    process.on('exit', endAll);
  }
  running.add(child);
}

function unwatch(child: ChildProcess): void {
  running.delete(child);
  if (running.size > 0) return;
  for (const signal of signals) process.removeListener(signal, passOn);
  process.removeListener('exit', endAll);
}
