import type { AuditEvent } from '../audit/entry.ts';
import type { EventType } from '../audit/events.ts';
import { leafOf } from '../audit/recorder.ts';
import type { Unit } from '../database/unit.ts';
import type { DataKey } from '../encryption/seal.ts';
import type { Subject } from '../encryption/subject-keys.ts';
import type { Caller } from './requests.ts';

export interface ReadEventsOptions {
  /** Seals the details of events that concern more than one subject. */
  recordsKey: DataKey;
  commit(unit: Unit): Promise<unknown>;
  /** Whether the writer takes no more for the moment. */
  queueIsFull(): boolean;
}

/** What was read, and whose it was where it was of one subject. */
export interface Told {
  type: EventType;
  resource: { type: 'memory' | 'entity' | 'event'; ids: string[] };
  /** Erasable details. */
  details?: Record<string, number | string>;
  subject?: Subject | undefined;
}

/** Tells the audit log what reached whom. */
export class ReadEvents {
  private readonly recordsKey: DataKey;
  private readonly commit: (unit: Unit) => Promise<unknown>;
  private readonly queueIsFull: () => boolean;
  private deferredFailed = false;
  /** Events that nobody waits for. */
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(options: ReadEventsOptions) {
    this.recordsKey = options.recordsKey;
    this.commit = options.commit;
    this.queueIsFull = options.queueIsFull;
  }

  /** Resolves when every event is stored that was begun before. */
  async settle(): Promise<void> {
    await Promise.all(this.underWay);
  }

  /** Resolves when the answer may be given: with the event on disk, unless reads of this namespace are deferred. */
  async record(caller: Caller, time: number, told: Told): Promise<void> {
    const leaf = leafOf(eventOf(caller, time, told), told.subject?.key ?? this.recordsKey);
    const committed = this.commit({ steps: [caller.guard], leaves: [leaf] });
    const noted = committed.then(
      () => this.noteDeferred(false),
      () => this.noteDeferred(true),
    );
    this.underWay.add(noted);
    noted.finally(() => this.underWay.delete(noted));
    // A full queue, or a log that did not take the last event, makes deferred reads wait like durable ones: what
    // cannot be recorded is not answered.
    if (caller.auditReads === 'durable' || this.deferredFailed || this.queueIsFull()) await committed;
  }

  /** Somebody asked for what is not theirs. */
  async deny(caller: Caller, type: 'memory' | 'event', ids: string[]): Promise<void> {
    const told: Told = { type: 'authz.access.denied', resource: { type, ids } };
    const event = { ...eventOf(caller, Date.now(), told), success: false, code: 'not_found' };
    await this.commit({ steps: [caller.guard], leaves: [leafOf(event, this.recordsKey)] });
  }

  private noteDeferred(failed: boolean): void {
    this.deferredFailed = failed;
  }
}

function eventOf(caller: Caller, time: number, { type, resource, details }: Told): AuditEvent {
  return {
    type,
    time,
    actor: caller.actor,
    namespace: caller.namespace.publicId,
    resource,
    success: true,
    requestId: caller.requestId,
    private: { ...caller.client, ...details },
  };
}
