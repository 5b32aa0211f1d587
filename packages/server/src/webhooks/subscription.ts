import { eventAt, portionFrom } from '../audit/portion.ts';
import type { Sink } from '../audit/sink-runner.ts';
import type { LogSource } from '../audit/source.ts';
import { Backlog } from './backlog.ts';
import { headOf, messageOf } from './message.ts';
import { type SenderOptions, sendMessage } from './sender.ts';
import { EVENT_OF, type WebhookBody } from './webhook.ts';

export interface Registered {
  id: string;
  /** Row and public id of its namespace. */
  namespaceId: number;
  namespace: string;
  version: number;
  body: WebhookBody;
}

export interface SubscriptionOptions extends SenderOptions {
  source: LogSource;
  /** The first event that it was not told of. */
  next: number;
  /** The end of the log now. */
  end: number;
  /** Everything before it was handed to `told`. */
  seen(): number;
  /** Notes how far it has come. */
  save(id: string, next: number): Promise<void>;
  /** Switches it off in the database; false where that was not possible now. */
  giveUp(webhook: Registered): Promise<boolean>;
}

/** Who takes nothing for so long has forgotten about it. */
export const GIVEN_UP_MS = 7 * 86_400_000;
/** A crash sends again what was delivered since the place was last noted: a commit for each event would cost more. */
const SAVE_EVERY_MS = 1000;
/** Events that an idle webhook may pass over before its place is noted: so many are looked through after a crash. */
const SAVE_EVERY_EVENTS = 50_000;

/** One webhook on its way through the log: each event of its namespace in order, at least once. */
export class Subscription implements Sink {
  // To its runner it is a stream like any other.
  readonly what = 'stream';
  readonly name: string;
  readonly webhook: Registered;
  private readonly options: SubscriptionOptions;
  private readonly backlog: Backlog;
  private saved: number;
  private savedAt = performance.now();
  private delivered = false;
  private ended = false;

  constructor(webhook: Registered, options: SubscriptionOptions) {
    this.webhook = webhook;
    this.options = options;
    this.name = webhook.id;
    this.saved = options.next;
    const { source, next, end, seen } = options;
    this.backlog = new Backlog({
      next,
      end,
      seen,
      portionFrom: (from) => portionFrom(source, from, (type) => Object.hasOwn(EVENT_OF, type)),
      isWanted: (row) => this.wants(headOf(row)),
    });
  }

  /** Whether an event is one of this namespace and of a type that was asked for. */
  wants(head: ReturnType<typeof headOf>): boolean {
    const { namespace, body } = this.webhook;
    return head?.namespace === namespace && body.event_types.includes(head.event);
  }

  told(seq: number): void {
    this.backlog.told(seq);
  }

  get place(): number {
    return this.backlog.place;
  }

  isDue(): boolean {
    return !this.ended && (this.backlog.isDue() || this.mustSave());
  }

  async deliver(): Promise<boolean> {
    const sent = !this.ended && (await this.deliverNext());
    if (!this.ended && this.mustSave()) await this.save();
    return sent;
  }

  behind(): number {
    return this.backlog.waiting;
  }

  /** Sends nothing more; a delivery that is under way is not counted. */
  end(): void {
    this.ended = true;
  }

  async close(): Promise<void> {
    this.end();
  }

  private async deliverNext(): Promise<boolean> {
    const { source } = this.options;
    const seq = await this.backlog.first();
    const row = seq === undefined ? undefined : await eventAt(source, seq);
    if (!row || this.ended) return false;
    const message = await messageOf(source, row);
    // Undefined where retention emptied the row meanwhile.
    if (message) {
      try {
        await sendMessage(this.webhook.body, message, this.options);
      } catch (error) {
        if (this.ended) return false;
        const isOld = this.options.now() - Date.parse(message.created_at) > GIVEN_UP_MS;
        if (!isOld || !(await this.options.giveUp(this.webhook))) throw error;
        return false;
      }
      if (this.ended) return false;
    }
    this.backlog.done();
    this.delivered = true;
    return true;
  }

  private mustSave(): boolean {
    const { place } = this;
    if (place === this.saved) return false;
    if (this.delivered) return performance.now() - this.savedAt >= SAVE_EVERY_MS;
    return place - this.saved >= SAVE_EVERY_EVENTS;
  }

  private async save(): Promise<void> {
    const { place } = this;
    this.savedAt = performance.now();
    // A full disk keeps the place from being noted; the deliveries go on.
    await this.options.save(this.webhook.id, place).then(
      () => {
        this.saved = place;
        this.delivered = false;
      },
      () => undefined,
    );
  }
}
