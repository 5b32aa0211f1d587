import type { Notice } from './notices.ts';

/** Something outside that is given what the log has, piece by piece. */
export interface Sink {
  what: 'witness' | 'stream';
  /** As people know it: scheme and host, or a path. Never a credential. */
  name: string;
  /** Whether there is something to hand over now. Asked often: must cost nothing. */
  isDue(): boolean;
  /** Hands over one piece; false when there was nothing after all. Throws when it was not taken. */
  deliver(): Promise<boolean>;
  /** Leaves or events that it has not got. */
  behind(): number;
  close(): Promise<void>;
}

/** Why something was not taken, where neither the network nor a file says it. The message is shown to people. */
export class SinkError extends Error {
  readonly code: 'sink_refused' | 'sink_broken';

  constructor(code: SinkError['code'], message: string) {
    super(message);
    this.name = 'SinkError';
    this.code = code;
  }
}

export interface SinkState {
  what: Sink['what'];
  name: string;
  healthy: boolean;
  behind: number;
}

export interface SinkRunnerOptions {
  notify(notice: Notice): void;
  /** Longest pause after failures, in milliseconds; they double from 250 ms. */
  longestPause: number;
}

/**
 * What takes longer is told of as failed, though it goes on: a file system that hangs cannot be interrupted. Longer than
 * a delivery over the network may take, which ends by itself and says more.
 */
const SLOW_MS = 2500;
const FIRST_PAUSE_MS = 250;
/** A sink counts as recovered once nothing has failed for so long: one that fails every other time does not. */
const STEADY_MS = 1000;

/**
 * Gives one sink its pieces, one at a time, and tries again what it did not take. Tells when it stops taking them and
 * when it takes them again. Sinks know nothing of each other, so none holds up another one.
 */
export class SinkRunner {
  private readonly sink: Sink;
  private readonly options: SinkRunnerOptions;
  /** Times are those of `performance.now()`: a clock that is set does not matter here. */
  private busySince: number | undefined;
  private turn: Promise<void> = Promise.resolve();
  private failures = 0;
  private retryAt = 0;
  private steadySince: number | undefined;
  private healthy = true;

  constructor(sink: Sink, options: SinkRunnerOptions) {
    this.sink = sink;
    this.options = options;
  }

  get state(): SinkState {
    const { what, name } = this.sink;
    return { what, name, healthy: this.healthy, behind: this.sink.behind() };
  }

  /** To be called several times a second: begins what is due, unless a try is under way or a pause is not over. */
  look(): void {
    const now = performance.now();
    if (this.busySince !== undefined && now - this.busySince > SLOW_MS)
      this.unwell('it took longer than 2 s');
    if (this.steadySince !== undefined && now - this.steadySince >= STEADY_MS) this.well();
    if (this.busySince !== undefined) return;
    if (now >= this.retryAt && this.sink.isDue()) this.turn = this.deliverAll();
  }

  /** One last try to hand over everything, whatever pause there was. Resolves when it is over, taken or not. */
  async flush(): Promise<void> {
    await this.turn;
    await this.deliverAll();
  }

  private async deliverAll(): Promise<void> {
    try {
      do {
        this.busySince = performance.now();
        // What is due may not be there to read yet: asking again at once would never end.
        if (!(await this.sink.deliver())) break;
        this.succeeded();
      } while (this.sink.isDue());
    } catch (error) {
      this.failed(error);
    } finally {
      this.busySince = undefined;
    }
  }

  private succeeded(): void {
    this.failures = 0;
    if (!this.healthy) this.steadySince ??= performance.now();
  }

  private failed(error: unknown): void {
    const { longestPause } = this.options;
    this.retryAt = performance.now() + Math.min(FIRST_PAUSE_MS * 2 ** this.failures++, longestPause);
    this.steadySince = undefined;
    this.unwell(reasonOf(error));
  }

  private unwell(error: string): void {
    this.steadySince = undefined;
    if (!this.healthy) return;
    this.healthy = false;
    const { what, name } = this.sink;
    this.options.notify({ kind: 'sink', what, name, healthy: false, behind: this.sink.behind(), error });
  }

  private well(): void {
    this.healthy = true;
    this.steadySince = undefined;
    const { what, name } = this.sink;
    this.options.notify({ kind: 'sink', what, name, healthy: true, behind: this.sink.behind() });
  }
}

const LONGEST_REASON = 300;

/** Messages of this service are written to be shown; of the system's errors only the code is. */
function reasonOf(error: unknown): string {
  const { name, code, message, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined || name === 'Error')
    return `${code ?? 'failed'}${syscall ? ` at ${syscall}` : ''}`;
  return (message ?? 'failed').slice(0, LONGEST_REASON);
}
