import type { Sample } from './metrics.ts';

export interface SinkState {
  what: 'witness' | 'stream';
  /** Without credentials. */
  name: string;
  healthy: boolean;
  /** What it has not got yet. */
  behind: number;
}

/** A scraper waits ten seconds as a rule; it is better served with what was last known. */
const DEADLINE_MS = 1000;

/** How the witnesses and streams of the audit log are: asked at each scrape, and told of when one stops or begins. */
export class SinkStates {
  private readonly sinks = new Map<string, SinkState>();
  private readonly ask: () => Promise<readonly SinkState[]>;

  constructor(ask: () => Promise<readonly SinkState[]>) {
    this.ask = ask;
  }

  told(sink: SinkState): void {
    this.sinks.set(`${sink.what} ${sink.name}`, sink);
  }

  healthy(): Promise<Sample[]> {
    return this.samples(({ healthy }) => Number(healthy));
  }

  behind(): Promise<Sample[]> {
    return this.samples(({ behind }) => behind);
  }

  private async samples(value: (sink: SinkState) => number): Promise<Sample[]> {
    const { promise: deadline, resolve } = Promise.withResolvers<readonly SinkState[]>();
    const timer = setTimeout(resolve, DEADLINE_MS, []);
    const states = await Promise.race([this.ask().catch(() => []), deadline]);
    clearTimeout(timer);
    for (const state of states) this.told(state);
    return [...this.sinks.values()].map((sink) => [[sink.what, sink.name], value(sink)]);
  }
}
