/** Two refusals at least so far apart: a short spike is no reason to wake anybody. */
const SUSTAINED_MS = 5000;
/** After so long without a refusal it is a new incident. */
const QUIET_MS = 60_000;

/** Whether writes are refused for want of space, and go on being refused. */
export class StorageWatch {
  private since = Number.NEGATIVE_INFINITY;
  private last = Number.NEGATIVE_INFINITY;

  /** Takes a refusal, at `now` in milliseconds of a clock that is never set; true when it has lasted. */
  refused(now: number): boolean {
    if (now - this.last > QUIET_MS) this.since = now;
    this.last = now;
    return now - this.since >= SUSTAINED_MS;
  }
}
