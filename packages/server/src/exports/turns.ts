import { LimitError } from '../limits/errors.ts';

/** Of one caller, beside the one whose turn it is. */
const MOST_WAITING = 10;
/** About as long as one export takes. */
const RETRY_S = 2;

/** One after another for each caller: an export is whole in memory until its reader has taken it. */
export class Turns {
  private readonly waiting = new Map<string, (() => void)[]>();

  /** Resolves when it is the caller's turn, with what ends it. @throws LimitError `rate_limited` */
  async next(caller: string): Promise<() => void> {
    const queue = this.waiting.get(caller);
    if (queue && queue.length >= MOST_WAITING) throw new LimitError('rate_limited', RETRY_S);
    if (queue) await new Promise<void>((resolve) => queue.push(resolve));
    else this.waiting.set(caller, []);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const next = this.waiting.get(caller)!.shift();
      if (next) next();
      else this.waiting.delete(caller);
    };
  }
}
