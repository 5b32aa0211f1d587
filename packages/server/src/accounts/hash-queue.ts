import { AccountError } from './errors.ts';

/**
 * Runs costly work a few at a time and turns callers away when too many wait: a flood of logins must neither fill
 * the memory (19 MiB a hash) nor take the threads that everything else needs.
 */
export class HashQueue {
  private readonly running: number;
  private readonly waiting: number;
  private readonly line: (() => void)[] = [];
  private active = 0;

  constructor(limits: { running: number; waiting: number }) {
    this.running = limits.running;
    this.waiting = limits.waiting;
  }

  /** @throws AccountError `hashing_busy` when the line is full. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.active < this.running) this.active++;
    else {
      if (this.line.length >= this.waiting)
        throw new AccountError('hashing_busy', 'Too many logins at once: try again in some seconds.', {
          retryAfterSeconds: 3,
        });
      // Whoever finishes hands its place over, so `active` does not change here.
      await new Promise<void>((resolve) => this.line.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = this.line.shift();
      if (next) next();
      else this.active--;
    }
  }
}
