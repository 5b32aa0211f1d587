import { newId } from '../ids.ts';
import type { Alert } from './alert.ts';
import type { Channel } from './channel.ts';
import { Delivery, type Outcome } from './delivery.ts';
import { Repetitions } from './repetitions.ts';
import { StorageWatch } from './storage-watch.ts';

export interface AlertDeps {
  channels: readonly Channel[];
  /** For the metrics: every alert, sent or held back, by its kind. */
  raised(kind: string, heldBack: boolean): void;
  delivered(channel: Channel['name'], outcome: Outcome): void;
  /** Epoch milliseconds. */
  now: () => number;
  /** Milliseconds of a clock that is never set. */
  monotonic: () => number;
  pausesMs?: readonly number[];
}

/** Tells people of what cannot wait until somebody reads the log. Never throws, and holds up nobody. */
export class AlertService {
  private readonly deps: AlertDeps;
  private readonly repetitions = new Repetitions();
  private readonly storage = new StorageWatch();
  private readonly deliveries: Delivery[];

  constructor(deps: AlertDeps) {
    this.deps = deps;
    this.deliveries = deps.channels.map(
      (channel) =>
        new Delivery({
          channel,
          told: (outcome) => deps.delivered(channel.name, outcome),
          ...(deps.pausesMs && { pausesMs: deps.pausesMs }),
        }),
    );
  }

  raise(alert: Alert): void {
    const { raised, now, monotonic } = this.deps;
    const heldBack = this.repetitions.admit(alert, monotonic());
    raised(alert.kind, heldBack === undefined);
    if (heldBack === undefined) return;
    const sent = { ...alert, id: `alert_${newId()}`, time: now(), heldBack };
    for (const delivery of this.deliveries) delivery.enqueue(sent);
  }

  /** A request failed with this code. A full disk takes no event: it is told of here, once it lasts. */
  requestFailed(code: string): void {
    if (code !== 'storage_full' || !this.storage.refused(this.deps.monotonic())) return;
    this.raise({
      kind: 'storage_full',
      type: 'system.error',
      severity: 'critical',
      summary: 'The disk is full: changes, and reads that must be logged, are refused until there is space.',
      subject: '',
    });
  }

  /** What was not delivered by now is given up; resolves within the time of one try. */
  async close(): Promise<void> {
    await Promise.all(this.deliveries.map((delivery) => delivery.close()));
  }
}
