import { sealedKeyId } from '../../encryption/seal.ts';
import type { EventType } from '../events.ts';
import type { Notice } from '../notices.ts';
import { type LogRow, type LogSource, privatePartOf, skeletonOf } from '../source.ts';
import { eventsFrom } from '../store.ts';
import { type LogFollower, typeIn } from '../tail.ts';
import { ALARMS, alarmOf } from './alarms.ts';
import { LogClock } from './clock.ts';
import type { Detection, Finding } from './detection.ts';
import { WINDOW_MS } from './thresholds.ts';

export interface DetectorContext {
  source: LogSource;
  detections: readonly Detection[];
  notify(notice: Notice): void;
  /** Epoch milliseconds. */
  now(): number;
}

/** Events before the start of the thread that are looked at again, if they are of the last window. */
const LOOK_BACK = 10_000;
const PAGE = 1000;
const SUBJECTS_TOLD = 10_000;
/** Alarms of so long before a start may have been lost with the process: they are raised once more. */
const ALARM_AGAIN_MS = 60_000;
const OWN: EventType = 'security.suspicious.activity';

/**
 * Runs every detection over the log, one finding a subject and window. What was found just before the process ended
 * may never have been recorded: at a start the last window is looked at again, and what the log does not tell of yet
 * is found now.
 */
export class Detector implements LogFollower {
  private readonly context: DetectorContext;
  private readonly byType = new Map<string, Detection[]>();
  private readonly clock = new LogClock();
  /** When each subject was told of, by the clock of the log. */
  private readonly told = new Map<string, number>();
  /** Found while looking back, and not yet seen to be recorded. */
  private unrecorded: Map<string, Finding> | undefined;
  private next = 0;
  /** Resolves when the looking back is done. */
  ready: Promise<void> = Promise.resolve();

  constructor(context: DetectorContext) {
    this.context = context;
    for (const detection of context.detections)
      for (const type of detection.types) {
        const known = this.byType.get(type) ?? [];
        this.byType.set(type, [...known, detection]);
      }
  }

  /** Looks at what was logged before position `from`; what is taken afterwards waits for it. */
  lookBack(from: number, first: () => Promise<void> = async () => undefined): Promise<void> {
    this.next = from;
    this.ready = first()
      .then(() => this.rereadUpTo(from))
      .catch(() => undefined);
    return this.ready;
  }

  wants(type: string): boolean {
    return this.byType.has(type) || type in ALARMS;
  }

  async take(rows: readonly LogRow[]): Promise<void> {
    await this.ready;
    for (const row of rows) {
      // A page comes again when another follower failed on it.
      if (row.seq < this.next) continue;
      this.next = row.seq + 1;
      // A row that was damaged from outside must not keep the ones after it from being looked at.
      await this.look(row).catch(() => undefined);
    }
  }

  private async rereadUpTo(end: number): Promise<void> {
    const { source, now } = this.context;
    const start = now();
    const unrecorded = new Map<string, Finding>();
    this.unrecorded = unrecorded;
    try {
      for (let from = Math.max(0, end - LOOK_BACK); from < end; from += PAGE) {
        const rows = await source.reader.all(eventsFrom, { from, limit: Math.min(PAGE, end - from) });
        for (const row of rows) await this.look(row, start).catch(() => undefined);
      }
    } finally {
      this.unrecorded = undefined;
    }
    for (const finding of unrecorded.values()) this.notify(finding);
  }

  /** `start` is given for what was there before: when the looking back began. */
  private async look(row: LogRow, start?: number): Promise<void> {
    const type = typeIn(row.skeleton);
    const detections = this.byType.get(type);
    const own = type === OWN && start !== undefined;
    if (!own && !this.wants(type)) return;
    const skeleton = skeletonOf(row);
    if (!skeleton) return;
    const age = start === undefined ? 0 : start - skeleton.time;
    if (age > WINDOW_MS) return;
    const at = this.clock.advance(skeleton.time);
    if (own) return this.recorded(row, skeleton.action ?? '', at);
    const alarm = age <= ALARM_AGAIN_MS ? alarmOf(row.seq, skeleton) : undefined;
    if (alarm) this.context.notify(alarm);
    if (!detections) return;
    const opens = detections.some((detection) => detection.opens);
    const privatePart = opens ? await privatePartOf(this.context.source, row) : undefined;
    const sealedBy = this.subjectKey(row);
    for (const detection of detections) {
      const found = detection.see({ seq: row.seq, at, skeleton, privatePart, sealedBy });
      for (const finding of found === undefined ? [] : [found].flat()) await this.found(finding, row, at);
    }
  }

  private async found(finding: Finding, row: LogRow, at: number): Promise<void> {
    const key = keyOf(finding.detection, finding.subject);
    const before = this.told.get(key);
    if (before !== undefined && at - before < WINDOW_MS) return;
    this.tell(key, at);
    const origin = finding.withOrigin ? await privatePartOf(this.context.source, row) : undefined;
    const whole = {
      ...finding,
      private: { ...finding.private, ...originIn(origin), subject: finding.subject },
    };
    if (this.unrecorded) this.unrecorded.set(key, whole);
    else this.notify(whole);
  }

  /** A finding that the log tells of already. */
  private async recorded(row: LogRow, detection: string, at: number): Promise<void> {
    const subject = (await privatePartOf(this.context.source, row))?.subject;
    if (typeof subject !== 'string') return;
    const key = keyOf(detection, subject);
    this.unrecorded?.delete(key);
    this.tell(key, at);
  }

  private tell(key: string, at: number): void {
    this.told.delete(key);
    this.told.set(key, at);
    if (this.told.size > SUBJECTS_TOLD) this.told.delete(this.told.keys().next().value!);
  }

  private notify({ subject: _, withOrigin: __, ...finding }: Finding): void {
    this.context.notify({ kind: 'finding', ...finding });
  }

  private subjectKey({ private_sealed }: LogRow): string | undefined {
    if (!private_sealed) return undefined;
    const id = sealedKeyId(private_sealed);
    return this.context.source.recordsKey.id.equals(id) ? undefined : Buffer.from(id).toString('base64');
  }
}

const keyOf = (detection: string, subject: string) => `${detection} ${subject}`;

/** Where the last event came from. */
function originIn(part: { readonly [key: string]: unknown } = {}): Record<string, string> {
  const { ip, user_agent } = part;
  return {
    ...(typeof ip === 'string' && { ip }),
    ...(typeof user_agent === 'string' && { user_agent }),
  };
}
