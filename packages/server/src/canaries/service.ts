import { validate as isUuid, parse as uuidBytes, stringify as uuidText } from 'uuid';
import type { z } from 'zod';
import type { Authorized } from '../access/actor.ts';
import type { EventType } from '../audit/events.ts';
import type { Recorder } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';
import type { canary } from './answers.ts';
import { CanaryError } from './errors.ts';
import { canariesOf, deleteCanary, insertCanary, noCanary, roomForCanary } from './store.ts';

export interface CanaryDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  recorder: Pick<Recorder, 'leaf'>;
  now: () => number;
}

export type Canary = z.output<typeof canary>;

/** Canaries of one namespace: more would no longer be rare, and the detection holds all of them in memory. */
const MOST = 100;

/**
 * Memories that nobody has a reason to read. A canary is a memory like any other, and no answer says that it is one;
 * only who manages the members of its namespace knows. That it was reached is found in the audit log.
 */
export class CanaryService {
  private readonly deps: CanaryDeps;

  constructor(deps: CanaryDeps) {
    this.deps = deps;
  }

  /** @throws CanaryError `not_found`, `canary_exists`; UnitRefused `limit_reached` beyond a hundred */
  async create(actor: Authorized<'members:manage'>, memoryId: string, origin: Origin): Promise<Canary> {
    const at = this.deps.now();
    const memory = uuidBytes(memoryId);
    const namespace = actor.namespace.id;
    await this.commit(actor, 'canary.created', memoryId, at, origin, [
      { ...roomForCanary.bind({ namespace, most: MOST }), otherwise: 'limit_reached' },
      { ...noCanary.bind({ memory, namespace }), otherwise: 'canary_exists' },
      { ...insertCanary.bind({ memory, namespace, at }), otherwise: 'not_found' },
    ]);
    return { memory_id: memoryId, created_at: new Date(at).toISOString() };
  }

  /** Oldest first. */
  async list(actor: Authorized<'members:manage'>): Promise<Canary[]> {
    const rows = await this.deps.writer.read(canariesOf, { namespace: actor.namespace.id });
    return rows.map(({ memory_id, created_at }) => ({
      memory_id: uuidText(memory_id),
      created_at: new Date(created_at).toISOString(),
    }));
  }

  /** The memory stays as it is. @throws CanaryError `not_found` */
  async remove(actor: Authorized<'members:manage'>, memoryId: string, origin: Origin): Promise<void> {
    if (!isUuid(memoryId)) throw new CanaryError('not_found');
    const id = memoryId.toLowerCase();
    const step = deleteCanary.bind({ memory: uuidBytes(id), namespace: actor.namespace.id });
    await this.commit(actor, 'canary.removed', id, this.deps.now(), origin, [
      { ...step, otherwise: 'not_found' },
    ]);
  }

  private async commit(
    actor: Authorized<'members:manage'>,
    type: EventType,
    memoryId: string,
    time: number,
    origin: Origin,
    steps: Step[],
  ): Promise<void> {
    const { writer, recorder } = this.deps;
    const leaf = recorder.leaf({
      ...traced(origin),
      type,
      time,
      actor: auditActor(actor),
      namespace: actor.namespace.publicId,
      resource: { type: 'memory', ids: [memoryId] },
      success: true,
    });
    try {
      await writer.commit({ steps: [actor.guard, ...steps], leaves: [leaf] });
    } catch (error) {
      const known =
        error instanceof UnitRefused && (error.code === 'not_found' || error.code === 'canary_exists');
      throw known ? new CanaryError(error.code as 'not_found' | 'canary_exists') : error;
    }
  }
}
