import type { Step, Unit } from '../database/unit.ts';
import type { Committed } from '../database/writer-client.ts';
import { deleteEventsOfUntil, deleteEventsUntil } from './events/store.ts';
import { EVENTS_KEPT_MS } from './events/stored-event.ts';
import { type ExpiredMemory, type ExpiryCursor, FROM_THE_BEGINNING } from './expiry.ts';
import { bySubject } from './memory.ts';
import type { Caller, ReadRequest, ReadResult, WriteRequest, WriteResult } from './requests.ts';
import { deleteExpiredOriginals, deleteExpiredOriginalsOf } from './store.ts';

export interface MemoryUpkeepDependencies {
  write(request: WriteRequest): Promise<WriteResult>;
  read(request: ReadRequest): Promise<ReadResult>;
  commit(unit: Unit): Promise<Pick<Committed, 'rows'>>;
  now(): number;
}

/** What must hold in each transaction; only one namespace, or all. */
interface Within {
  guard: readonly Step[];
  namespace?: number;
}

/** Memories of one change, and texts of one transaction: neither may hold up what others write. */
const AT_ONCE = 200;

/** What happens to memories by themselves once their time is over. */
export class MemoryUpkeep {
  private readonly dependencies: MemoryUpkeepDependencies;

  constructor(dependencies: MemoryUpkeepDependencies) {
    this.dependencies = dependencies;
  }

  /**
   * Ends the memories of the caller's namespace whose last day (UTC) is over, as a delete does: every text of them is
   * erased. After about `most` it stops, and `more` says so.
   */
  async endExpired(caller: Caller, most: number): Promise<{ ended: number; more: boolean }> {
    const { read, now } = this.dependencies;
    let ended = 0;
    for (let after: ExpiryCursor | undefined = FROM_THE_BEGINNING; after; ) {
      const { expired }: ReadResult = await read({ kind: 'expired', caller, after, now: now() });
      for (const group of bySubject(expired!.memories))
        for (let i = 0; i < group.length; i += AT_ONCE)
          ended += await this.end(caller, group.slice(i, i + AT_ONCE));
      after = expired!.next;
      if (ended >= most) return { ended, more: after !== undefined };
    }
    return { ended, more: false };
  }

  /** Destroys texts from before a redaction whose time is over: of one namespace, or of all; stops after about `most`. */
  dropOriginals({ guard, namespace }: Within, most: number): Promise<{ dropped: number; more: boolean }> {
    return this.drop(guard, most, (now) => {
      const portion = { now, limit: AT_ONCE };
      return namespace === undefined
        ? deleteExpiredOriginals.bind(portion)
        : deleteExpiredOriginalsOf.bind({ ...portion, namespace });
    });
  }

  /** The same with the outcomes of adds and deletions. */
  dropEvents({ guard, namespace }: Within, most: number): Promise<{ dropped: number; more: boolean }> {
    return this.drop(guard, most, (now) => {
      const portion = { until: now - EVENTS_KEPT_MS, limit: AT_ONCE };
      return namespace === undefined
        ? deleteEventsUntil.bind(portion)
        : deleteEventsOfUntil.bind({ ...portion, namespace });
    });
  }

  /** `portion` deletes some of what is over, and returns a row for each. */
  private async drop(
    guard: readonly Step[],
    most: number,
    portion: (now: number) => Step,
  ): Promise<{ dropped: number; more: boolean }> {
    const { commit, now } = this.dependencies;
    let dropped = 0;
    while (dropped < most) {
      const { rows } = await commit({ steps: [...guard, portion(now())], leaves: [] });
      const gone = rows.at(-1)!.length;
      if (gone === 0) return { dropped, more: false };
      dropped += gone;
    }
    return { dropped, more: true };
  }

  /** Ends memories of one subject; those that somebody changed meanwhile are left to the next run. */
  private async end(caller: Caller, memories: readonly ExpiredMemory[]): Promise<number> {
    const { write, now } = this.dependencies;
    const { entities } = memories[0]!;
    const ended = memories.map(({ id, version }) => ({ id, version }));
    try {
      await write({ kind: 'delete', caller, entities, memories: ended, at: now() });
      return memories.length;
    } catch (error) {
      if ((error as { code?: string }).code !== 'stale_version') throw error;
      if (memories.length === 1) return 0;
    }
    let count = 0;
    for (const memory of memories) count += await this.end(caller, [memory]);
    return count;
  }
}
