import { UnitRefused } from '../../database/errors.ts';
import type { Step } from '../../database/unit.ts';
import type { WriterClient } from '../../database/writer-client.ts';
import { type Origin, traced } from '../../http/origin.ts';
import type { RetentionClass } from '../catalog.ts';
import type { AuditActor } from '../entry.ts';
import type { HoldService } from '../holds/service.ts';
import type { Recorder } from '../recorder.ts';
import type { OverdueClass, OverdueQuery } from './overdue.ts';
import type { RetentionPeriods } from './periods.ts';
import { lengthOf, portionsOf, type Range, rangeText } from './ranges.ts';
import { allKept, NOTHING, removeEvents } from './store.ts';

export interface RetentionDeps {
  writer: Pick<WriterClient, 'commit'>;
  recorder: Pick<Recorder, 'leaf'>;
  holds: Pick<HoldService, 'inForce'>;
  periods: RetentionPeriods;
  /** Searches the log, in the evidence thread. */
  overdue(query: OverdueQuery): Promise<OverdueClass[]>;
  now: () => number;
}

/** Who lets events go, and what must still hold when it is stored. */
export interface RetentionRun {
  actor: AuditActor;
  guard: readonly Step[];
  origin: Origin;
}

export interface RetentionResult {
  /** Events that this run removed. */
  removed: number;
  /** Events that are over and stay because of a hold. */
  held: number;
  /** Events that are over and stay because they do not fit their leaf: verify an export. */
  damaged: number;
  /** Whether there is more to look at: run again. */
  more: boolean;
}

const DAY_MS = 86_400_000;
/** Events that one run looks at. */
const A_RUN = 50_000;
/** What one event of a removal names: it must not hold up other changes, nor become a giant of the log. */
const A_UNIT = { ranges: 500, positions: 2000 };
const ATTEMPTS = 5;

/**
 * Lets go of events whose time is over. What is removed is the event, public and private part; its leaf stays, so
 * every proof and every checkpoint keeps its truth, and an event of its own says which positions were removed.
 */
export class Retention {
  private readonly deps: RetentionDeps;
  /** Where each class was left. In memory: a start looks through the log once again. */
  private cursors = new Map<RetentionClass, number>();
  private held = 0;
  private damaged = 0;
  private holdsThen = '';
  private turn: Promise<unknown> = Promise.resolve();

  constructor(deps: RetentionDeps) {
    this.deps = deps;
  }

  get periods(): RetentionPeriods {
    return this.deps.periods;
  }

  /**
   * One run, after the one before it has ended. Without periods nothing is looked at.
   * @throws UnitRefused when holds or events change faster than they are read; DatabaseError, EncryptionError
   */
  run(by: RetentionRun): Promise<RetentionResult> {
    const next = this.turn.then(() => this.attempts(by));
    this.turn = next.catch(() => undefined);
    return next;
  }

  private async attempts(by: RetentionRun): Promise<RetentionResult> {
    const count = { removed: 0 };
    if (Object.keys(this.periods).length === 0) return { ...count, held: 0, damaged: 0, more: false };
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(by, count);
      } catch (error) {
        // Somebody placed a hold, or removed the same events: look again.
        const again =
          error instanceof UnitRefused &&
          (error.code === 'holds_changed' || error.code === 'records_changed');
        if (!again || attempt === ATTEMPTS) throw error;
      }
    }
  }

  private async attempt(by: RetentionRun, count: { removed: number }): Promise<RetentionResult> {
    const { holds, overdue, now } = this.deps;
    const { criteria, unchanged } = await holds.inForce();
    this.beginAgainAfter(JSON.stringify(criteria));
    const at = now();
    const classes = Object.entries(this.periods).map(([name, days]) => ({
      name: name as RetentionClass,
      cutoff: at - days * DAY_MS,
      from: this.cursors.get(name as RetentionClass) ?? 0,
    }));
    const found = await overdue({ classes, holds: criteria, now: at, limit: A_RUN });
    for (const { name, ranges } of found) {
      const { cutoff } = classes.find((one) => one.name === name)!;
      for (const portion of portionsOf(ranges, A_UNIT)) {
        await this.remove(portion, { by, unchanged, name, cutoff, at });
        count.removed += portion.reduce((sum, range) => sum + lengthOf(range), 0);
      }
    }
    for (const { name, next, held, damaged } of found) {
      this.cursors.set(name, next);
      this.held += held;
      this.damaged += damaged;
    }
    return { ...count, held: this.held, damaged: this.damaged, more: found.some(({ done }) => !done) };
  }

  /** What was passed over for a hold must be looked at again once the holds are others. */
  private beginAgainAfter(holds: string): void {
    if (holds === this.holdsThen) return;
    this.holdsThen = holds;
    this.cursors = new Map();
    this.held = 0;
    this.damaged = 0;
  }

  private async remove(
    portion: readonly Range[],
    what: { by: RetentionRun; unchanged: Step; name: RetentionClass; cutoff: number; at: number },
  ): Promise<void> {
    const { writer, recorder, now } = this.deps;
    const { by, unchanged, name, cutoff, at } = what;
    const nothing = NOTHING;
    const kept = portion.map((range) => {
      return { ...allKept.bind({ ...range, count: lengthOf(range), nothing }), otherwise: 'records_changed' };
    });
    const removals = portion.map((range) => removeEvents.bind({ ...range, nothing }));
    const { private: details, ...origin } = traced(by.origin);
    const count = portion.reduce((sum, range) => sum + lengthOf(range), 0);
    const leaf = recorder.leaf({
      ...origin,
      type: 'audit.records.removed',
      // A clock that was set back meanwhile must not make a day of less: a verification would doubt it.
      time: Math.max(now(), at),
      actor: by.actor,
      resource: { type: 'audit_event', ids: portion.map(rangeText) },
      success: true,
      private: { ...details, class: name, cutoff: new Date(cutoff).toISOString(), count },
    });
    // Signed with it: an export up to the newest checkpoint must not miss why events are missing.
    const leaves = [{ ...leaf, signed: true as const }];
    await writer.commit({ steps: [...by.guard, unchanged, ...kept, ...removals], leaves });
  }
}
