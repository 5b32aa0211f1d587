import { Worker } from 'node:worker_threads';

/** The setting is there and is no number of seconds. */
export class InvalidTimeLimit extends Error {}

const usual = 600;
const longest = 86_400;

/** @param setting `MEMHOLD_PUSH_TIMEOUT`. @returns seconds. Throws InvalidTimeLimit. */
export function timeLimitOf(setting: string | undefined): number {
  if (setting === undefined || setting.trim() === '') return usual;
  const seconds = Number(setting);
  if (Number.isInteger(seconds) && seconds > 0 && seconds <= longest) return seconds;
  throw new InvalidTimeLimit(`MEMHOLD_PUSH_TIMEOUT takes seconds, 1 to ${longest}`);
}

/**
 * Kills this process, with a last word on standard error, where it is not called off in time. From a thread of its own: what
 * hangs may be in this one, and a killed hook stops the push.
 * @returns calls it off
 */
export function killAfter(seconds: number, lastWord: string): () => void {
  const watchdog = new Worker(watch, {
    eval: true,
    workerData: { milliseconds: seconds * 1000, lastWord },
    env: {},
    execArgv: [],
  });
  // Without it a push that hangs is for whoever pushes to end, which stops it as well.
  watchdog.on('error', () => undefined);
  watchdog.unref();
  return () => void watchdog.terminate();
}

const watch = `
const { workerData: { milliseconds, lastWord } } = require('node:worker_threads');
setTimeout(() => {
  try { require('node:fs').writeSync(2, lastWord); } catch {}
  process.kill(process.pid, 'SIGKILL');
}, milliseconds);
`;
