import { setTimeout as pause } from 'node:timers/promises';
import type { AuditEvent } from '../audit/entry.ts';
import type { Notice } from '../audit/notices.ts';
import { leafOf } from '../audit/recorder.ts';
import { SinkRunner } from '../audit/sink-runner.ts';
import type { LogRow, LogSource } from '../audit/source.ts';
import { type LogFollower, typeIn } from '../audit/tail.ts';
import type { Unit } from '../database/unit.ts';
import { headOf } from './message.ts';
import type { SenderOptions } from './sender.ts';
import type { WebhookState } from './service.ts';
import { allWebhooks, changeWebhook, endOfLog, savePlace } from './store.ts';
import { type Registered, Subscription } from './subscription.ts';
import { EVENT_OF, openWebhook, sealWebhook } from './webhook.ts';

export interface DeliveryDeps extends SenderOptions {
  source: LogSource;
  /** Position up to which the log was handed to `take`. */
  seen(): number;
  commit(unit: Unit): Promise<unknown>;
  notify(notice: Notice): void;
}

interface Running {
  subscription: Subscription;
  runner: SinkRunner;
}

const LOOK_EVERY_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** A delivery that is under way ends by itself within this. */
const CLOSE_MS = 2000;
/** After these the registered webhooks are read again. */
const CHANGES = new Set([
  'webhook.created',
  'webhook.updated',
  'webhook.removed',
  'namespace.deleted',
] as const satisfies AuditEvent['type'][]) as ReadonlySet<string>;

/**
 * Tells webhooks of the changes of memories, each at its own pace: one that hangs holds up no other. Which there are is
 * found in the log itself, so that nobody has to tell. No text waits here: only places in the log.
 */
export class WebhookDelivery implements LogFollower {
  private readonly deps: DeliveryDeps;
  private readonly running = new Map<string, Running>();
  private byNamespace = new Map<string, Running[]>();
  /** Versions that need no second look: those that are off, or do not open. */
  private readonly resting = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> = Promise.resolve();
  private underWay = 0;
  /** The last reading failed: it is repeated until one does not. */
  private isStale = false;
  private closed = false;

  constructor(deps: DeliveryDeps) {
    this.deps = deps;
  }

  /** Reads which webhooks there are, and begins. */
  async start(): Promise<void> {
    await this.reload();
    if (this.closed) return;
    this.timer = setInterval(() => {
      if (this.isStale && this.underWay === 0) void this.reload();
      for (const { runner } of this.running.values()) runner.look();
    }, LOOK_EVERY_MS);
    this.timer.unref();
  }

  wants(type: string): boolean {
    if (CHANGES.has(type)) return true;
    // While it is being read which there are, too: they may be told of what is committed meanwhile.
    return (this.running.size > 0 || this.underWay > 0) && Object.hasOwn(EVENT_OF, type);
  }

  async take(rows: readonly LogRow[]): Promise<void> {
    if (rows.some(({ skeleton }) => CHANGES.has(typeIn(skeleton)))) await this.reload();
    else await this.reading;
    for (const row of rows) {
      if (!Object.hasOwn(EVENT_OF, typeIn(row.skeleton))) continue;
      const head = headOf(row);
      for (const { subscription } of this.byNamespace.get(head?.namespace ?? '') ?? [])
        if (subscription.wants(head)) subscription.told(row.seq);
    }
  }

  /** How those of a namespace are, which is named by its public id. */
  states(namespace: string): WebhookState[] {
    return (this.byNamespace.get(namespace) ?? []).map(({ subscription, runner }) => {
      const { healthy, behind } = runner.state;
      return { id: subscription.webhook.id, healthy, behind };
    });
  }

  /** Ends within about two seconds; what was not delivered is after the next start. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    const all = [...this.running.values()];
    const places = all.map(({ subscription }) => ({ id: subscription.name, next: subscription.place }));
    for (const { subscription } of all) subscription.end();
    if (all.length === 0) return;
    const end = new AbortController();
    const late = pause(CLOSE_MS, undefined, { signal: end.signal }).catch(() => undefined);
    await Promise.race([Promise.allSettled(all.map(({ runner }) => runner.flush())), late]);
    end.abort();
    const steps = places.map((place) => savePlace.bind(place));
    await this.deps.commit({ steps, leaves: [] }).catch(() => undefined);
  }

  /** One after another: what was read last is applied last. */
  private reload(): Promise<void> {
    this.underWay++;
    this.reading = this.reading
      .then(() => this.readAll())
      .then(
        () => {
          this.isStale = false;
        },
        () => {
          this.isStale = true;
        },
      )
      .finally(() => this.underWay--);
    return this.reading;
  }

  /** Those that are new, changed or gone. One that was changed goes on at its place, at once. */
  private async readAll(): Promise<void> {
    const { source } = this.deps;
    const rows = await source.reader.all(allWebhooks, {});
    // What is committed by now is looked through; what comes after, `take` is handed.
    const [{ end } = { end: 0 }] = await source.reader.all(endOfLog, {});
    if (this.closed) return;
    const there = new Set(rows.map(({ id }) => id));
    for (const id of [...this.running.keys()]) if (!there.has(id)) this.stop(id);
    for (const id of this.resting.keys()) if (!there.has(id)) this.resting.delete(id);
    for (const { id, namespace_id, public_id, version, next_seq, body } of rows) {
      const now = this.running.get(id)?.subscription;
      if (now?.webhook.version === version || this.resting.get(id) === version) continue;
      const next = Math.max(next_seq, now?.place ?? 0);
      this.stop(id);
      this.resting.delete(id);
      const place = { id, namespace: namespace_id };
      const opened = attempt(() => openWebhook(source.recordsKey, place, body));
      if (opened?.active) {
        const webhook = { id, namespaceId: namespace_id, namespace: public_id, version, body: opened };
        this.begin(webhook, next, end);
      } else this.resting.set(id, version);
    }
    this.index();
  }

  private index(): void {
    this.byNamespace = Map.groupBy(
      this.running.values(),
      ({ subscription }) => subscription.webhook.namespace,
    );
  }

  private begin(webhook: Registered, next: number, end: number): void {
    const { id, namespace } = webhook;
    const subscription = new Subscription(webhook, {
      ...this.deps,
      next: Math.min(next, end),
      end,
      save: async (saved, place) => {
        await this.deps.commit({ steps: [savePlace.bind({ id: saved, next: place })], leaves: [] });
      },
      giveUp: (given) => this.giveUp(given),
    });
    const runner = new SinkRunner(subscription, {
      longestPause: LONGEST_PAUSE_MS,
      notify: (notice) => {
        if (notice.kind !== 'sink' || this.running.get(id)?.runner !== runner) return;
        const { healthy, behind, error } = notice;
        const about = { id, namespace, healthy, behind };
        this.deps.notify({ kind: 'webhook', ...about, ...(error !== undefined && { error }) });
      },
    });
    this.running.set(id, { subscription, runner });
  }

  private stop(id: string): void {
    this.running.get(id)?.subscription.end();
    this.running.delete(id);
  }

  /** Switches one off that took nothing for too long, in one transaction with the event that says so. */
  private async giveUp({ id, namespaceId, namespace, version, body }: Registered): Promise<boolean> {
    const { source, commit, now } = this.deps;
    const at = now();
    const place = { id, namespace: namespaceId };
    const sealed = sealWebhook(source.recordsKey, place, { ...body, active: false });
    const event: AuditEvent = {
      type: 'webhook.failed',
      time: at,
      actor: { kind: 'system' },
      namespace,
      resource: { type: 'webhook', ids: [id] },
      action: 'switched off',
      success: false,
    };
    const step = changeWebhook.bind({ ...place, version, body: sealed, at });
    try {
      await commit({
        steps: [{ ...step, otherwise: 'stale_version' }],
        leaves: [leafOf(event, source.recordsKey)],
      });
    } catch {
      // Somebody changed it meanwhile, or the disk is full: with the next failure it is tried again.
      return false;
    }
    this.stop(id);
    this.resting.set(id, version + 1);
    this.index();
    return true;
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
