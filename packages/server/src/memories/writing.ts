import { parse as uuidBytes } from 'uuid';
import type { AuditEvent } from '../audit/entry.ts';
import { acrossSubjects, type Leaf, type Step, type Unit } from '../database/unit.ts';
import { requireSubject } from '../encryption/store.ts';
import type { Subject, SubjectKeys } from '../encryption/subject-keys.ts';
import { changeLeaves, rejection, statesOf } from './change-events.ts';
import { MemoryError } from './errors.ts';
import { storeEvent } from './events/stored-event.ts';
import { bodyOf, bySubject, sharedEntities, subjectOf } from './memory.ts';
import type { Caller, Ending, MemoryChange, NewMemory, WriteRequest, WriteResult } from './requests.ts';
import { screenEntities } from './screening.ts';
import { type Sealed, sealMemory } from './sealing.ts';
import { add, end, replace, requireVersion } from './store.ts';

type Request<K extends WriteRequest['kind']> = Extract<WriteRequest, { kind: K }>;

interface Prepared {
  unit: Unit;
  result: WriteResult;
}

/** What is done to one data subject's memories; `unit` is without what must hold before it. */
interface Part extends Prepared {
  subject: Subject;
  /** The memories that it changes, as they must still be. */
  changed: readonly { id: string; version: number }[];
}

/**
 * The worker half of every change of memories: screen, analyse, seal, and make the unit that stores it all with its
 * audit leaf. Runs in the screen thread, because this work is most of what a write costs.
 */
export class MemoryWriting {
  private readonly keys: SubjectKeys;
  private readonly record: (event: AuditEvent) => Promise<unknown>;

  /** `record` stores an event that comes with no change. */
  constructor(keys: SubjectKeys, record: (event: AuditEvent) => Promise<unknown>) {
    this.keys = keys;
    this.record = record;
  }

  /** @throws MemoryError when the screen rejects; EncryptionError when the subject's key is not to be had. */
  async prepare(request: WriteRequest): Promise<Prepared> {
    try {
      return await this.unitFor(request);
    } catch (error) {
      // Nothing is stored: that the log did not take it either changes nothing for the caller.
      if (error instanceof MemoryError && error.code === 'content_rejected')
        await this.record(rejection(request, error.rules)).catch(() => undefined);
      throw error;
    }
  }

  private async unitFor(request: WriteRequest): Promise<Prepared> {
    const { caller } = request;
    switch (request.kind) {
      case 'add':
        return whole(caller, [await this.add(request)]);
      case 'update':
        return whole(caller, [await this.update(caller, [request], request.at)]);
      case 'delete':
        return whole(caller, [await this.delete(request)]);
      case 'update many': {
        const groups = bySubject(request.changes.map((one) => ({ ...one, entities: one.memory.entities })));
        return whole(caller, await each(groups, (group) => this.update(caller, group, request.at)));
      }
      case 'delete many': {
        const { at } = request;
        return whole(
          caller,
          await each(bySubject(request.memories), (group) => {
            const entities = sharedEntities(group.map((memory) => memory.entities));
            const memories = group.map((memory) => ({ ...memory, body: bodyOf(memory) }));
            return this.delete({ kind: 'delete', caller, entities, memories, at });
          }),
        );
      }
    }
  }

  private async add({ caller, entities, items, at, event }: Request<'add'>): Promise<Part> {
    screenEntities(entities);
    const subject = await this.keys.ensure(caller.namespace, subjectOf(entities));
    const sealed = items.map(({ id, content }: NewMemory) =>
      sealMemory(subject, { id, content, entities, version: 1, createdAt: at, at }),
    );
    const ids = items.map(({ id }) => id);
    const stored =
      event === undefined
        ? []
        : storeEvent(subject, { id: event, kind: 'ADD', memories: ids, count: ids.length, entities, at });
    const steps = sealed.flatMap((one, change) => [
      ...add(one.memory, change, at),
      ...(one.original ? [one.original] : []),
    ]);
    const after = statesOf(sealed.map(({ body }) => body));
    const leaves = changeLeaves('memory.created', caller, subject, { ids, at, entities, sealed, after });
    return {
      ...partOf(subject, [...stored, ...steps], leaves, items.length),
      changed: [],
      result: { memories: sealed.map((one, i) => resultOf(ids[i]!, 1, one)) },
    };
  }

  /** Memories of one subject, each once. */
  private async update(caller: Caller, changes: readonly MemoryChange[], at: number): Promise<Part> {
    const subject = await this.keys.ensure(caller.namespace, subjectOf(changes[0]!.memory.entities));
    const sealed = changes.map(({ memory: { id, version, entities, createdAt }, content }) =>
      sealMemory(subject, { id, content, entities, version: version + 1, createdAt, at }),
    );
    const steps = sealed.flatMap((one, change) => [
      ...replace(one.memory, changes[change]!.memory.version, at, change),
      ...(one.original ? [one.original] : []),
    ]);
    const memories = changes.map(({ memory }) => memory);
    const leaves = changeLeaves('memory.updated', caller, subject, {
      ids: memories.map(({ id }) => id),
      at,
      entities: sharedEntities(memories.map(({ entities }) => entities)),
      sealed,
      before: statesOf(memories.map(bodyOf)),
      after: statesOf(sealed.map(({ body }) => body)),
    });
    const results = sealed.map((one, i) => resultOf(memories[i]!.id, memories[i]!.version + 1, one));
    return {
      ...partOf(subject, steps, leaves, changes.length),
      changed: memories,
      result: { memories: results },
    };
  }

  private async delete({ caller, entities, memories, at, event }: Request<'delete'>): Promise<Part> {
    const subject = await this.keys.ensure(caller.namespace, subjectOf(entities));
    const steps = memories.flatMap(({ id, version }, change) => end(uuidBytes(id), version, change, at));
    const ids = memories.map(({ id }) => id);
    const stored = event
      ? storeEvent(
          subject,
          {
            id: event.id,
            kind: 'DELETE',
            memories: [...event.memories, ...ids],
            count: event.count + ids.length,
            entities: event.entities,
            at,
          },
          event.count > 0,
        )
      : [];
    const bodies = memories.flatMap(({ body }) => body ?? []);
    const known = bodies.length === memories.length;
    const change = { ids, at, entities, sealed: [], ...(known && { before: statesOf(bodies) }) };
    const leaves = changeLeaves('memory.deleted', caller, subject, change);
    return {
      ...partOf(subject, [...steps, ...stored], leaves, memories.length),
      changed: memories,
      result: { memories: memories.map(ended) },
    };
  }
}

/** Every group's part, in the order of the groups; their subjects' keys are asked for together. */
function each<T>(groups: readonly T[], part: (group: T) => Promise<Part>): Promise<Part[]> {
  return Promise.all(groups.map(part));
}

function partOf(
  subject: Subject,
  steps: Step[],
  leaves: Leaf[],
  changes: number,
): Pick<Part, 'subject' | 'unit'> {
  return { subject, unit: { steps, leaves, subject: { id: subject.id, changes } } };
}

/**
 * What may refuse comes first: refusing is cheap while nothing was changed. Of one memory, its change says so before it
 * changes anything; of several, the second would find the first one changed, and all that others write at the same
 * moment would have to be done again.
 */
function whole(caller: Caller, parts: readonly Part[]): Prepared {
  const changed = parts.flatMap((part) => part.changed);
  const guards = [
    caller.guard,
    ...parts.map(({ subject }) => requireSubject(subject.id, subject.generation)),
    ...(changed.length > 1 ? changed.map(({ id, version }) => requireVersion(uuidBytes(id), version)) : []),
  ];
  return {
    unit: acrossSubjects(
      guards,
      parts.map(({ unit }) => unit),
    ),
    result: { memories: parts.flatMap(({ result }) => result.memories) },
  };
}

function resultOf(id: string, version: number, { screened, body }: Sealed): WriteResult['memories'][number] {
  return { id, version, screening: screened.screening, body };
}

function ended({ id, version }: Ending): WriteResult['memories'][number] {
  return { id, version: version + 1, screening: { action: 'allowed', findings: [], labels: [] }, body: null };
}
