import { setTimeout as wait } from 'node:timers/promises';
import type { SentAlert } from './alert.ts';
import type { Channel } from './channel.ts';

export type Outcome = 'delivered' | 'failed' | 'dropped';

/** Before each further try: a receiver that restarts is back within these. */
const PAUSES_MS = [1000, 10_000, 60_000];
/** Under way at once: one that hangs does not hold up the others. */
const LANES = 4;
const WAITING = 100;

export interface DeliveryOptions {
  channel: Channel;
  told(outcome: Outcome): void;
  pausesMs?: readonly number[];
}

/** Hands alerts to one channel, each with three further tries, in the background. Nobody waits for it. */
export class Delivery {
  private readonly options: Required<DeliveryOptions>;
  private readonly waiting: SentAlert[] = [];
  private readonly stop = new AbortController();
  private underWay = 0;
  private idle = Promise.withResolvers<void>();

  constructor(options: DeliveryOptions) {
    this.options = { pausesMs: PAUSES_MS, ...options };
  }

  enqueue(alert: SentAlert): void {
    if (this.stop.signal.aborted) return;
    if (this.waiting.length >= WAITING && !this.makeRoom(alert)) {
      this.options.told('dropped');
      return;
    }
    this.waiting.push(alert);
    while (this.underWay < LANES && this.waiting.length > 0) void this.lane();
  }

  /** Ends further tries; resolves when what is under way came to its end. */
  async close(): Promise<void> {
    this.stop.abort();
    if (this.underWay > 0) await this.idle.promise;
  }

  private async lane(): Promise<void> {
    this.underWay++;
    for (let alert = this.waiting.shift(); alert; alert = this.waiting.shift())
      this.options.told(await this.deliver(alert));
    if (--this.underWay > 0) return;
    this.idle.resolve();
    this.idle = Promise.withResolvers();
  }

  private async deliver(alert: SentAlert): Promise<Outcome> {
    const { channel, pausesMs } = this.options;
    const { signal } = this.stop;
    for (const pause of [...pausesMs, undefined]) {
      try {
        return (await channel.send(alert)) ? 'delivered' : 'dropped';
      } catch {
        if (pause === undefined || signal.aborted) return 'failed';
        await wait(pause, undefined, { signal, ref: false }).catch(() => undefined);
        if (signal.aborted) return 'failed';
      }
    }
    return 'failed';
  }

  /** A flood of lesser alerts must not keep out the one that matters, nor those of one tenant those of the others. */
  private makeRoom(alert: SentAlert): boolean {
    const lesser = this.waiting.findIndex((one) => one.severity !== 'critical');
    const place = alert.severity === 'critical' && lesser >= 0 ? lesser : this.newestOfMost(alert);
    if (place < 0) return false;
    this.waiting.splice(place, 1);
    this.options.told('dropped');
    return true;
  }

  /** The newest alert of the namespace that has the most waiting; -1 where that is no other than this alert's. */
  private newestOfMost({ severity, namespace }: SentAlert): number {
    const counts = new Map<string | undefined, number>([[namespace, 0]]);
    for (const one of this.waiting) counts.set(one.namespace, (counts.get(one.namespace) ?? 0) + 1);
    const [[most, count]] = [...counts].sort(([, a], [, b]) => b - a) as [[string | undefined, number]];
    if (count <= counts.get(namespace)!) return -1;
    return this.waiting.findLastIndex(
      (one) => one.namespace === most && (one.severity !== 'critical' || severity === 'critical'),
    );
  }
}
