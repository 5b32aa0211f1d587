import { validate as isUuid } from 'uuid';
import { type Actor, type Authorized, authorize, type Entities } from '../access/actor.ts';
import { InputError } from '../http/input.ts';
import type { Origin } from '../http/origin.ts';
import { newId } from '../ids.ts';
import { type BatchChange, batchIds, changeMany, endMany } from './batch.ts';
import { type Changes, checkExpiry, checkSize, contentOf } from './content.ts';
import { type EndingDependencies, endAll } from './ending.ts';
import type { EntityCount, EntityPage } from './entities.ts';
import { MemoryError } from './errors.ts';
import type { StoredEvent } from './events/stored-event.ts';
import {
  type Added,
  bodyOf,
  ENTITY_FIELDS,
  type EntityType,
  type Memory,
  type MemoryContent,
  within,
} from './memory.ts';
import type { Caller, OfUser, ReadRequest, ReadResult, Scope, WriteResult } from './requests.ts';
import { callerOf, placeOf, reachOf, scopeOf, scopeOfEntity, type Where } from './scope.ts';
import { toldOf, toldOfEach } from './told.ts';
import { Turns } from './turns.ts';

export type { BatchChange } from './batch.ts';
export type { Changes } from './content.ts';
export type { Added } from './memory.ts';
export type { Where } from './scope.ts';

export interface MemoryServiceDependencies extends EndingDependencies {
  /** UTF-8 bytes of one text. */
  maxTextBytes: number;
}

/**
 * The rules of memories, for every door: who may touch what, what belongs to whom, and what an update means. Takes
 * authorised actors only, so a door cannot forget to check a permission.
 */
export class MemoryService {
  private readonly dependencies: MemoryServiceDependencies;
  private readonly turns = new Turns();

  constructor(dependencies: MemoryServiceDependencies) {
    this.dependencies = dependencies;
  }

  /**
   * Stores memories of one data subject, all or none. With `event`, a UUID that no event has, the outcome can be asked
   * for under it for seven days.
   * @throws InputError, MemoryError `text_too_large` or `content_rejected`; an error of the database when not stored.
   */
  async add(
    actor: Authorized<'memories:write'>,
    origin: Origin,
    given: Entities,
    contents: MemoryContent[],
    options: { event?: string } = {},
  ): Promise<Added[]> {
    const entities = this.ownEntities(actor, given);
    for (const content of contents) checkSize(content, this.dependencies.maxTextBytes);
    const at = this.dependencies.now();
    for (const { expiresOn } of contents) checkExpiry(expiresOn, at);
    const items = contents.map((content) => ({ id: newId(), content }));
    const caller = callerOf(actor, origin);
    const { memories } = await this.dependencies.write({
      kind: 'add',
      caller,
      entities,
      items,
      at,
      ...options,
    });
    return memories.map(({ id, version, screening, body }) => ({
      id,
      version,
      screening,
      memory: { ...body!, id, version, createdAt: at, updatedAt: at },
    }));
  }

  /** The best matches, best first; `topK` from 1 to 1000. */
  async search(
    actor: Authorized<'memories:read'>,
    origin: Origin,
    where: Where,
    query: { text: string; topK: number; threshold?: number },
  ): Promise<ReadResult> {
    const { text, topK, threshold } = query;
    const scope = scopeOf(actor, where);
    const now = this.dependencies.now();
    const caller = callerOf(actor, origin);
    const limits = { topK, now, ...(threshold !== undefined && { threshold }) };
    return this.dependencies.read({ kind: 'search', caller, scope, query: text, ...limits });
  }

  async list(
    actor: Authorized<'memories:read'>,
    origin: Origin,
    where: Where,
    page: { offset: number; limit: number; order?: 'newest' | 'oldest' },
  ): Promise<ReadResult> {
    const { offset, limit, order = 'newest' } = page;
    const scope = scopeOf(actor, where);
    const now = this.dependencies.now();
    return this.dependencies.read({
      kind: 'list',
      caller: callerOf(actor, origin),
      scope,
      offset,
      limit,
      order,
      now,
    });
  }

  /** @throws MemoryError `not_found`, the same for what is missing and what is somebody else's. */
  async get(actor: Authorized<'memories:read'>, origin: Origin, id: string): Promise<Memory> {
    const { memories } = await this.readOne('get', callerOf(actor, origin), reachOf(actor), id);
    return memories[0]!;
  }

  /**
   * Those of each user's ids that are living memories of that user, for what refers to memories by their ids; empty
   * beyond the actor's reach. With `tell`, ids of somebody else's are told to the log as a refused access.
   */
  async ofUsers(actor: Actor, origin: Origin, of: OfUser[], tell = false): Promise<string[][]> {
    const reach = reachOf(actor);
    const now = this.dependencies.now();
    const asked = of.map(({ user, ids }) => ({ user, ids: within({ user_id: user }, reach) ? ids : [] }));
    const request = { caller: callerOf(actor, origin), reach, of: asked, tell, now };
    return (await this.dependencies.read({ kind: 'which', ...request })).own!;
  }

  /**
   * Whose a memory is, for what is kept beside memories: no read of its text, and no event of one.
   * @throws MemoryError `not_found`, the same for what is missing, ended and beyond the actor's reach
   */
  async ownersOf(actor: Actor, origin: Origin, id: string): Promise<Entities> {
    return (await this.current(callerOf(actor, origin), reachOf(actor), id)).entities;
  }

  async history(actor: Authorized<'memories:read'>, origin: Origin, id: string): Promise<ReadResult> {
    return this.readOne('history', callerOf(actor, origin), reachOf(actor), id);
  }

  /** The text as it was before the screen redacted it, while it is kept. */
  async reveal(
    actor: Authorized<'memories:reveal'>,
    origin: Origin,
    id: string,
  ): Promise<NonNullable<ReadResult['original']>> {
    const { original } = await this.readOne('original', callerOf(actor, origin), reachOf(actor), id);
    return original!;
  }

  /**
   * Changes a memory. With `expected`, only that version is changed; without, the newest one, whatever came between.
   * To give it a last day is to delete it later: that needs the right to delete.
   * @throws MemoryError `stale_version`, `not_found`; AccessError `permission_denied`.
   */
  async update(
    actor: Authorized<'memories:write'>,
    origin: Origin,
    id: string,
    changes: Changes,
    expected?: number,
  ): Promise<Added> {
    if (typeof changes.expiresOn === 'string') authorize(actor, 'memories:delete');
    const caller = callerOf(actor, origin);
    const attempt = async () => {
      const memory = await this.current(caller, reachOf(actor), id);
      if (expected !== undefined && memory.version !== expected) throw new MemoryError('stale_version');
      const at = this.dependencies.now();
      const content = contentOf(memory, changes);
      checkSize(content, this.dependencies.maxTextBytes);
      const { memories } = await this.dependencies.write({ kind: 'update', caller, memory, content, at });
      const [{ version, screening, body }] = memories as [WriteResult['memories'][number]];
      const updated = { ...body!, id, version, createdAt: memory.createdAt, updatedAt: at };
      return { id, version, screening: toldOf(actor, changes, screening), memory: updated };
    };
    return expected === undefined ? this.turns.take(placeOf(actor), [id], attempt) : attempt();
  }

  /** Ends a memory and erases every text of it, earlier versions included. */
  async delete(
    actor: Authorized<'memories:delete'>,
    origin: Origin,
    id: string,
    expected?: number,
  ): Promise<void> {
    const caller = callerOf(actor, origin);
    const attempt = async () => {
      const memory = await this.current(caller, reachOf(actor), id);
      const { version, entities } = memory;
      if (expected !== undefined && version !== expected) throw new MemoryError('stale_version');
      const at = this.dependencies.now();
      const memories = [{ id, version, body: bodyOf(memory) }];
      await this.dependencies.write({ kind: 'delete', caller, entities, memories, at });
    };
    return expected === undefined ? this.turns.take(placeOf(actor), [id], attempt) : attempt();
  }

  /**
   * Changes up to a thousand memories of any data subjects, all or none; each as its newest version.
   * @throws InputError for a memory that is named twice; MemoryError `not_found` when any is missing or somebody
   * else's, and all that `update` throws.
   */
  async updateMany(
    actor: Authorized<'memories:write'>,
    origin: Origin,
    changes: readonly BatchChange[],
  ): Promise<Added[]> {
    const caller = callerOf(actor, origin);
    const ids = batchIds(changes.map(({ id }) => id));
    const changed = await this.turns.take(placeOf(actor), ids, () =>
      changeMany(this.dependencies, caller, reachOf(actor), ids, changes),
    );
    return toldOfEach(actor, changes, changed);
  }

  /**
   * Ends up to a thousand memories of any data subjects, all or none. Returns how many.
   * @throws InputError for a memory that is named twice; MemoryError `not_found` when any is missing or somebody else's.
   */
  async deleteMany(
    actor: Authorized<'memories:delete'>,
    origin: Origin,
    named: readonly string[],
  ): Promise<number> {
    const caller = callerOf(actor, origin);
    const ids = batchIds(named);
    return this.turns.take(placeOf(actor), ids, () =>
      endMany(this.dependencies, caller, reachOf(actor), ids),
    );
  }

  /**
   * Ends everything that `where` finds, expired memories included. Returns how many. With `event`, the outcome can be
   * asked for under it for seven days, unless there was nothing to end.
   * @throws InputError when nothing says whose memories are meant.
   */
  async deleteMatching(
    actor: Authorized<'memories:delete'>,
    origin: Origin,
    where: Where,
    { event }: { event?: string } = {},
  ): Promise<number> {
    if (ENTITY_FIELDS.every((field) => where.entities[field] === undefined))
      throw new InputError('Say whose memories to delete: give user_id, agent_id, app_id or run_id.');
    const scope: Scope = { ...scopeOf(actor, where), showExpired: true };
    return endAll(this.dependencies, callerOf(actor, origin), scope, event);
  }

  /**
   * Whose memories there are, of those that the actor reaches and that have not expired: the newest first.
   * `partial` when the namespace holds more memories than are counted at once.
   */
  async entities(
    actor: Authorized<'memories:read'>,
    origin: Origin,
    page: EntityPage,
  ): Promise<{ entities: EntityCount[]; total: number; partial?: boolean }> {
    const caller = callerOf(actor, origin);
    const now = this.dependencies.now();
    const found = await this.dependencies.read({
      kind: 'entities',
      caller,
      reach: reachOf(actor),
      page,
      now,
    });
    const { entities, total, partial } = found;
    return { entities: entities!, total, ...(partial && { partial }) };
  }

  /**
   * Ends every memory of an entity that the actor reaches, expired ones included. Returns how many; `event` as of
   * `deleteMatching`.
   * @throws MemoryError `not_found` when there was none, the same for what is somebody else's.
   */
  async deleteEntity(
    actor: Authorized<'memories:delete'>,
    origin: Origin,
    type: EntityType,
    name: string,
    { event }: { event?: string } = {},
  ): Promise<number> {
    const scope = scopeOfEntity(actor, type, name);
    const ended = await endAll(this.dependencies, callerOf(actor, origin), scope, event);
    if (ended === 0) throw new MemoryError('not_found', 'There is no such entity.');
    return ended;
  }

  /**
   * What came of an add or a deletion, for seven days, within the actor's reach.
   * @throws MemoryError `not_found`, the same for what is missing and what is somebody else's.
   */
  async event(actor: Authorized<'memories:read'>, origin: Origin, id: string): Promise<StoredEvent> {
    if (!isUuid(id)) throw new MemoryError('not_found', 'There is no such event.');
    const asked = { caller: callerOf(actor, origin), reach: reachOf(actor), id: id.toLowerCase() };
    const now = this.dependencies.now();
    const { events } = await this.dependencies.read({ kind: 'event', ...asked, now });
    return events![0]!;
  }

  /** A page of them, the newest first; `partial` when there are more than are looked at for a bound key. */
  async events(
    actor: Authorized<'memories:read'>,
    origin: Origin,
    { offset, limit }: { offset: number; limit: number },
  ): Promise<{ events: StoredEvent[]; total: number; partial?: boolean }> {
    const asked = { caller: callerOf(actor, origin), reach: reachOf(actor), offset, limit };
    const now = this.dependencies.now();
    const { events, total, partial } = await this.dependencies.read({ kind: 'events', ...asked, now });
    return { events: events!, total, ...(partial && { partial }) };
  }

  private async current(caller: Caller, reach: Entities, id: string): Promise<Memory> {
    const { memories } = await this.readOne('get', caller, reach, id, true);
    return memories[0]!;
  }

  private async readOne(
    kind: 'get' | 'history' | 'original',
    caller: Caller,
    reach: Entities,
    id: string,
    bare = false,
  ): Promise<ReadResult> {
    if (!isUuid(id)) throw new MemoryError('not_found');
    const now = this.dependencies.now();
    const scope: Scope = { reach, filter: {} };
    return this.dependencies.read({
      kind,
      caller,
      scope,
      id: id.toLowerCase(),
      now,
      ...(bare && { bare }),
    } as ReadRequest);
  }

  private ownEntities(actor: Authorized<'memories:write'>, given: Entities): Entities {
    const entities: Entities = { ...given };
    for (const field of ENTITY_FIELDS) {
      const bound = actor.boundTo?.[field];
      if (bound === undefined) continue;
      if (entities[field] !== undefined && entities[field] !== bound)
        throw new MemoryError('not_found', `This credential has no ${field} of that name.`);
      entities[field] = bound;
    }
    if (ENTITY_FIELDS.some((field) => entities[field] !== undefined)) return entities;
    if (actor.kind === 'account') return { user_id: actor.id };
    throw new InputError('Say whose memory this is: give user_id, agent_id, app_id or run_id.');
  }
}
