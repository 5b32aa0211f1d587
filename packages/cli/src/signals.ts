import type { EventEmitter } from 'node:events';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * One Ctrl-C reaches the process several times: from the terminal, from npm, and from scripts/run.mjs, which
 * pass it on. Copies within this time, in milliseconds, are the same request.
 */
const SAME_REQUEST_MS = 500;

/** Resolves at the first signal to stop. A later one means that closing takes too long, and exits at once. */
export function stopSignal(source: EventEmitter, exit: (code: number) => void): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    for (const signal of SIGNALS) {
      source.on(signal, () => {
        const now = performance.now();
        if (firstAt === undefined) {
          firstAt = now;
          resolve();
        } else if (now - firstAt >= SAME_REQUEST_MS) {
          exit(128 + constants.signals[signal]);
        }
      });
    }
  });
}
