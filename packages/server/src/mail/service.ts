import type { Step } from '../database/unit.ts';
import { newId } from '../ids.ts';
import { type DeliveryDeps, deliver, sealMail } from './delivery.ts';
import type { Mail } from './mail.ts';
import { RecipientLimit } from './recipient-limit.ts';
import { dueMails, insertMail } from './store.ts';

export type { Mail } from './mail.ts';
export type MailServiceDeps = DeliveryDeps;

/** Mails under way at once: one that the mail server thinks about for long does not hold up the others. */
const LANES = 3;
const BATCH = 32;
const WAKE_EVERY = 30_000;
const LONGEST_CLOSE = 5000;

/** Stores mails with the change that they tell of, and hands them over afterwards, at least once. */
export class MailService {
  private readonly deps: MailServiceDeps;
  private readonly limit: RecipientLimit;
  private readonly timer: NodeJS.Timeout;
  private underWay: Promise<void> | undefined;
  private again = false;
  private closed = false;

  constructor(deps: MailServiceDeps) {
    this.deps = deps;
    this.limit = new RecipientLimit(deps.keys.digest);
    this.timer = setInterval(() => this.wake(), WAKE_EVERY).unref();
  }

  /**
   * Steps that put a mail into the queue, for the unit of the change that it tells of; call `wake` when it is
   * committed. No steps when the recipient had too many mails this hour.
   */
  queue(mail: Mail): Step[] {
    const at = this.deps.now();
    if (!this.limit.admit(mail, at)) {
      this.tellDropped(mail, at);
      return [];
    }
    const publicId = newId();
    return [insertMail.bind({ publicId, sealed: sealMail(this.deps.keys, publicId, mail), at })];
  }

  /** Delivers what is due, soon and one run at a time. Never throws. Call it once at the start, too. */
  wake(): void {
    if (this.closed) return;
    if (this.underWay) {
      this.again = true;
      return;
    }
    this.underWay = this.deliverDue()
      // The database was not there for it: what is queued stays queued, and the timer comes back.
      .catch(() => {})
      .then(() => {
        this.underWay = undefined;
        if (!this.again) return;
        this.again = false;
        this.wake();
      });
  }

  /** Resolves when no delivery is under way. */
  async idle(): Promise<void> {
    while (this.underWay) await this.underWay;
  }

  /** Ends delivery: waits for the mails under way, at most 5 s. What is queued goes out after the next start. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, LONGEST_CLOSE);
    await Promise.race([this.idle(), patience.promise]);
    clearTimeout(timer);
    this.deps.transport.close();
  }

  private async deliverDue(): Promise<void> {
    const { writer, now } = this.deps;
    while (!this.closed) {
      const due = await writer.read(dueMails, { now: now(), limit: BATCH });
      if (due.length === 0) return;
      const rest = due.values();
      const lane = async () => {
        for (const row of rest) if (!this.closed) await deliver(this.deps, row);
      };
      // Every lane comes to its end before this run does: the next one must not meet it.
      const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
      const failed = lanes.find((one) => one.status === 'rejected');
      if (failed) throw failed.reason;
    }
  }

  private tellDropped({ to, subject }: Mail, time: number): void {
    const event = {
      type: 'security.rate_limit.exceeded',
      time,
      actor: { kind: 'system' },
      action: 'mail.queue',
      success: false,
      code: 'rate_limited',
      private: { address: to, subject },
    } as const;
    // A log that cannot be written shows in the change that this mail was for.
    this.deps.recorder.record(event).catch(() => {});
  }
}
