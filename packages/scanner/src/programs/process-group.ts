import type { ChildProcess } from 'node:child_process';

/** What a program that has ended may leave running before its output counts as whole, in milliseconds. */
export const GRACE_MS = 500;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const running = new Set<ChildProcess>();

/** Ends a program that was started `detached`, with everything that it started. */
export function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // Nobody is left of it.
  }
}

/** Ends the group with this process, also when that is told to end: a group of its own does not get the Ctrl-C of the terminal. */
export function watchGroup(child: ChildProcess): void {
  if (running.size === 0) {
    for (const signal of signals) process.on(signal, passOn);
    process.on('exit', endAll);
  }
  running.add(child);
}

/** The program has ended by itself. */
export function unwatchGroup(child: ChildProcess): void {
  running.delete(child);
  if (running.size > 0) return;
  for (const signal of signals) process.removeListener(signal, passOn);
  process.removeListener('exit', endAll);
}

function endAll(): void {
  for (const child of running) endGroup(child);
}

function passOn(signal: NodeJS.Signals): void {
  endAll();
  for (const one of signals) process.removeListener(one, passOn);
  process.kill(process.pid, signal);
}
