import { AccountError } from './errors.ts';

/**
 * Runs costly work a few at a time and turns callers away when too many wait: a flood of logins must neither fill
 * the memory (19 MiB a hash) nor take the threads that everything else needs.
 */
export class HashQueue {
  private readonly limits: { running: number; waiting: number; waitingPerKey: number };
  private readonly line: { start: () => void; key: string | undefined }[] = [];
  private active = 0;

  /** `waitingPerKey`: places in the line for callers of one key, so that one client never fills it. */
  constructor(limits: { running: number; waiting: number; waitingPerKey?: number }) {
    this.limits = { waitingPerKey: limits.waiting, ...limits };
  }

  /**
   * `key` says for whom (a network); work without one shares only the line's own limit.
   * @throws AccountError `hashing_busy` when the line, or the key's share of it, is full.
   */
  async run<T>(work: () => Promise<T>, key?: string): Promise<T> {
    if (this.active < this.limits.running) this.active++;
    else {
      if (this.isFull(key))
        throw new AccountError('hashing_busy', 'Too many logins at once: try again in some seconds.', {
          retryAfterSeconds: 3,
        });
      // Whoever finishes hands its place over, so `active` does not change here.
      await new Promise<void>((start) => this.line.push({ start, key }));
    }
    try {
      return await work();
    } finally {
      const next = this.line.shift();
      if (next) next.start();
      else this.active--;
    }
  }

  private isFull(key: string | undefined): boolean {
    if (this.line.length >= this.limits.waiting) return true;
    if (key === undefined) return false;
    return this.line.filter((one) => one.key === key).length >= this.limits.waitingPerKey;
  }
}
