import type { Entities } from '../access/actor.ts';
import { NAMED } from './events/stored-event.ts';
import { bodyOf, bySubject, type Memory, sharedEntities, subjectOf } from './memory.ts';
import type {
  Caller,
  DeletionEvent,
  ReadRequest,
  ReadResult,
  Scope,
  WriteRequest,
  WriteResult,
} from './requests.ts';

export interface EndingDependencies {
  write(request: WriteRequest): Promise<WriteResult>;
  read(request: ReadRequest): Promise<ReadResult>;
  now(): number;
}

const AT_ONCE = 200;

/** Ends everything that lies in a scope, portion by portion. Returns how many; with `event`, the outcome is kept under that id. */
export async function endAll(
  { read, write, now }: EndingDependencies,
  caller: Caller,
  scope: Scope,
  event?: string,
): Promise<number> {
  const told = event === undefined ? undefined : new Outcome(event);
  let deleted = 0;
  const end = async (group: readonly Memory[], at: number): Promise<void> => {
    const entities = sharedEntities(group.map((one) => one.entities));
    const memories = group.map((one) => ({ id: one.id, version: one.version, body: bodyOf(one) }));
    const more = told && { event: told.with(group, entities) };
    try {
      await write({ kind: 'delete', caller, entities, memories, at, ...more });
    } catch (error) {
      if ((error as { code?: string }).code !== 'stale_version') throw error;
      // Somebody changed one of them meanwhile: the next page has its new version. The others end all the same, else
      // who goes on changing one would keep them all.
      if (group.length > 1) for (const one of group) await end([one], at);
      return;
    }
    deleted += group.length;
    told?.ended(group, entities);
  };
  while (true) {
    const at = now();
    const page = { offset: 0, limit: AT_ONCE, order: 'oldest', bare: true } as const;
    const { memories } = await read({ kind: 'list', caller, scope, now: at, ...page });
    if (memories.length === 0) return deleted;
    for (const group of bySubject(memories)) await end(group, at);
  }
}

/** What a deletion has done so far, for its event. */
class Outcome {
  private readonly id: string;
  private subject = '';
  private ids: string[] = [];
  private count = 0;
  private entities: Entities | undefined;

  constructor(id: string) {
    this.id = id;
  }

  /** The event of the unit that ends these memories of one subject. */
  with(memories: readonly Memory[], entities: Entities): DeletionEvent {
    const before = this.subject === nameOf(memories[0]!) ? this.ids : [];
    return { id: this.id, memories: before, count: this.count, entities: this.shared(entities) };
  }

  /** They were ended. */
  ended(memories: readonly Memory[], entities: Entities): void {
    const { memories: before } = this.with(memories, entities);
    this.subject = nameOf(memories[0]!);
    this.ids = [...before, ...memories.map(({ id }) => id)].slice(-NAMED);
    this.count += memories.length;
    this.entities = this.shared(entities);
  }

  private shared(entities: Entities): Entities {
    return this.entities ? sharedEntities([this.entities, entities]) : entities;
  }
}

function nameOf({ entities }: Memory): string {
  const { kind, id } = subjectOf(entities);
  return `${kind}:${id}`;
}
