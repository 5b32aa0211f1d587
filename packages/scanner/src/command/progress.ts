import type { Surroundings } from './surroundings.ts';

const width = 24;
const pause = 100;

/** Draws a bar where somebody watches, at most ten times a second. */
export function progressBar({ progress, now }: Surroundings, noun: string) {
  let last = 0;
  let isDrawn = false;
  return {
    show(done: number, total: number): void {
      if (progress === undefined || total === 0) return;
      const time = now().getTime();
      if (time - last < pause) return;
      last = time;
      isDrawn = true;
      const filled = Math.round((width * done) / total);
      progress(`[${'='.repeat(filled)}${' '.repeat(width - filled)}] ${done} of ${total} ${noun}`);
    },
    clear(): void {
      if (isDrawn) progress?.('');
    },
  };
}
