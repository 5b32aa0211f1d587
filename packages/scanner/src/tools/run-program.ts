import { spawn } from 'node:child_process';
import { endGroup, GRACE_MS, unwatchGroup, watchGroup } from '../programs/process-group.ts';

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
    watchGroup(child);
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
      }, GRACE_MS).unref();
    });
    const settle = (code: number | null, signal: string | null, fault?: string) => {
      clearTimeout(timer);
      endGroup(child);
      unwatchGroup(child);
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
