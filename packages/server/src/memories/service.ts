import { validate as isUuid } from 'uuid';
import { type Actor, type Authorized, authorize, type Entities } from '../access/actor.ts';
import { InputError } from '../http/input.ts';
import { auditActor, type Origin } from '../http/origin.ts';
import { newId } from '../ids.ts';
import { parseFilter } from '../recall/filters.ts';
import { MemoryError } from './errors.ts';
import {
  bodyOf,
  bySubject,
  ENTITY_FIELDS,
  type Memory,
  type MemoryContent,
  type Screening,
  within,
} from './memory.ts';
import type {
  Caller,
  OfUser,
  ReadRequest,
  ReadResult,
  Scope,
  WriteRequest,
  WriteResult,
} from './requests.ts';

export interface Added {
  id: string;
  version: number;
  screening: Screening;
  memory: Memory;
}

/** Where to look, as a door says it: entity ids to match, and a filter within them. */
export interface Where {
  entities: Entities;
  filter?: Record<string, unknown>;
  showExpired?: boolean;
}

/** What an update changes; what is absent stays. `null` clears. */
export interface Changes {
  text?: string;
  metadata?: MemoryContent['metadata'];
  timestamp?: number;
  expiresOn?: string | null;
}

export interface MemoryServiceDependencies {
  write(request: WriteRequest): Promise<WriteResult>;
  read(request: ReadRequest): Promise<ReadResult>;
  now(): number;
  /** UTF-8 bytes of one text. */
  maxTextBytes: number;
}

const CHANGE_ATTEMPTS = 5;
const DELETE_BATCH = 200;

/**
 * The rules of memories, for every door: who may touch what, what belongs to whom, and what an update means. Takes
 * authorised actors only, so a door cannot forget to check a permission.
 */
export class MemoryService {
  private readonly dependencies: MemoryServiceDependencies;
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(dependencies: MemoryServiceDependencies) {
    this.dependencies = dependencies;
  }

  /**
   * Stores memories of one data subject, all or none.
   * @throws InputError, MemoryError `text_too_large` or `content_rejected`; an error of the database when not stored.
   */
  async add(
    actor: Authorized<'memories:write'>,
    origin: Origin,
    given: Entities,
    contents: MemoryContent[],
  ): Promise<Added[]> {
    const entities = this.ownEntities(actor, given);
    for (const content of contents) this.checkSize(content);
    const at = this.dependencies.now();
    for (const { expiresOn } of contents) checkExpiry(expiresOn, at);
    const items = contents.map((content) => ({ id: newId(), content }));
    const caller = callerOf(actor, origin);
    const { memories } = await this.dependencies.write({ kind: 'add', caller, entities, items, at });
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
      this.checkSize(content);
      const { memories } = await this.dependencies.write({ kind: 'update', caller, memory, content, at });
      const [{ version, screening, body }] = memories as [WriteResult['memories'][number]];
      const updated = { ...body!, id, version, createdAt: memory.createdAt, updatedAt: at };
      return { id, version, screening, memory: updated };
    };
    return expected === undefined ? this.inTurn(id, attempt) : attempt();
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
    return expected === undefined ? this.inTurn(id, attempt) : attempt();
  }

  /**
   * Ends everything that `where` finds, expired memories included. Returns how many.
   * @throws InputError when nothing says whose memories are meant.
   */
  async deleteMatching(actor: Authorized<'memories:delete'>, origin: Origin, where: Where): Promise<number> {
    if (ENTITY_FIELDS.every((field) => where.entities[field] === undefined))
      throw new InputError('Say whose memories to delete: give user_id, agent_id, app_id or run_id.');
    const caller = callerOf(actor, origin);
    const scope: Scope = { ...scopeOf(actor, where), showExpired: true };
    let deleted = 0;
    while (true) {
      const now = this.dependencies.now();
      const page = { offset: 0, limit: DELETE_BATCH, order: 'oldest', bare: true } as const;
      const { memories } = await this.dependencies.read({ kind: 'list', caller, scope, now, ...page });
      if (memories.length === 0) return deleted;
      for (const group of bySubject(memories)) {
        const entities = group[0]!.entities;
        const ended = group.map((one) => ({ id: one.id, version: one.version, body: bodyOf(one) }));
        try {
          await this.dependencies.write({ kind: 'delete', caller, entities, memories: ended, at: now });
          deleted += ended.length;
        } catch (error) {
          // Somebody changed one of them meanwhile: the next page has its new version.
          if ((error as { code?: string }).code !== 'stale_version') throw error;
        }
      }
    }
  }

  /**
   * Lets changes of one memory that name no version follow each other here, so that none finds its version stale; a
   * change from elsewhere that still comes between makes it try again.
   */
  private async inTurn<T>(id: string, attempt: () => Promise<T>): Promise<T> {
    const before = this.turns.get(id);
    const turn = (async () => {
      await before?.catch(() => undefined);
      for (let tries = 1; ; tries++) {
        try {
          return await attempt();
        } catch (error) {
          if ((error as { code?: string }).code !== 'stale_version' || tries === CHANGE_ATTEMPTS) throw error;
        }
      }
    })();
    this.turns.set(id, turn);
    try {
      return await turn;
    } finally {
      if (this.turns.get(id) === turn) this.turns.delete(id);
    }
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

  private checkSize({ text }: MemoryContent): void {
    if (Buffer.byteLength(text) > this.dependencies.maxTextBytes) {
      const limit = `${this.dependencies.maxTextBytes} bytes`;
      throw new MemoryError('text_too_large', `A memory's text may have at most ${limit}: split it.`);
    }
  }
}

function callerOf(actor: Actor, { requestId = '', client }: Origin): Caller {
  const { guard, namespace, auditReads } = actor;
  return { actor: auditActor(actor), guard, namespace, auditReads, requestId, client };
}

/** An actor that is bound to entities never sees beyond them. */
function reachOf(actor: Actor): Entities {
  return actor.boundTo ?? {};
}

/** @throws InputError when a key that could name anybody names nobody; FilterError. */
function scopeOf(actor: Authorized<'memories:read'> | Authorized<'memories:delete'>, where: Where): Scope {
  const { entities, filter = {}, showExpired = false } = where;
  const named = Object.fromEntries(
    ENTITY_FIELDS.filter((f) => entities[f] !== undefined).map((f) => [f, entities[f]]),
  );
  const combined = Object.keys(named).length === 0 ? filter : { AND: [named, filter] };
  parseFilter(combined);
  if (actor.kind === 'api_key' && actor.boundTo === undefined && !namesEntity(combined))
    throw new InputError(
      'Say whose memories: give user_id, agent_id, app_id or run_id, in filters or beside them.',
    );
  return { reach: reachOf(actor), filter: combined, showExpired };
}

/** Whether every match belongs to somebody who is named: `"*"`, `ne` and the like name nobody. */
function namesEntity(filter: unknown): boolean {
  if (typeof filter !== 'object' || filter === null) return false;
  return Object.entries(filter).some(([key, value]) => {
    const branches: unknown[] = Array.isArray(value) ? value : [value];
    if (key === 'AND') return branches.some(namesEntity);
    if (key === 'OR') return branches.length > 0 && branches.every(namesEntity);
    return (ENTITY_FIELDS as readonly string[]).includes(key) && isName(value);
  });
}

function isName(condition: unknown): boolean {
  if (typeof condition === 'string') return condition !== '*';
  if (Array.isArray(condition)) return condition.every(isName);
  if (typeof condition !== 'object' || condition === null) return false;
  return ('eq' in condition && isName(condition.eq)) || ('in' in condition && isName(condition.in));
}

function contentOf(memory: Memory, changes: Changes): MemoryContent {
  const { text, metadata, role, speaker, thread, timestamp, expiresOn, categories } = memory;
  const expires = changes.expiresOn === undefined ? expiresOn : (changes.expiresOn ?? undefined);
  const moment = changes.timestamp ?? timestamp;
  return {
    text: changes.text ?? text,
    metadata: changes.metadata ?? metadata,
    ...(role !== undefined && { role }),
    ...(speaker !== undefined && { speaker }),
    ...(thread !== undefined && { thread }),
    ...(categories !== undefined && { categories }),
    ...(moment !== undefined && { timestamp: moment }),
    ...(expires !== undefined && { expiresOn: expires }),
  };
}

/** Asking for a memory that nobody would ever find is a mistake. */
function checkExpiry(expiresOn: string | undefined, now: number): void {
  if (expiresOn !== undefined && expiresOn < new Date(now).toISOString().slice(0, 10))
    throw new InputError('The expiry date has passed already.', [
      { path: 'expires_on', message: 'must not be past' },
    ]);
}
