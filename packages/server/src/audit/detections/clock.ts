/** Events of several threads are stamped before they are ordered: so much later than its neighbour one may be. */
const DISORDER_MS = 60_000;

/**
 * The time of the log, as its events tell it, that never goes back: where the system's clock was set back, time goes
 * on from where it was. Else a window would hold events for hours, or forget them at once.
 */
export class LogClock {
  private now = Number.NEGATIVE_INFINITY;
  private shift = 0;

  /** Takes the next event's time (epoch milliseconds); returns the time of the log. */
  advance(time: number): number {
    if (time + this.shift < this.now - DISORDER_MS) this.shift = this.now - time;
    this.now = Math.max(this.now, time + this.shift);
    return this.now;
  }
}
