import type { FastifyInstance } from 'fastify';
import { validate as isUuid } from 'uuid';
import type { Actor } from '../access/actor.ts';
import type { Permission } from '../access/permissions.ts';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { MemoryError } from '../memories/errors.ts';
import type { MemoryContent } from '../memories/memory.ts';
import type { Found, ReadResult } from '../memories/requests.ts';
import type { MemoryService } from '../memories/service.ts';
import { contentsOf } from './mem0-input.ts';
import { presentMemory } from './mem0-memory.ts';
import { presentSimpleError, warnInLog } from './simple-errors.ts';
import { simpleForget, simpleList, simpleRemember, simpleSearch } from './simple-schema.ts';

/** What one answer of `/list` holds; `count` tells of more. */
const LISTED = 1000;

type Access = Extract<Permission, 'memories:read' | 'memories:write' | 'memories:delete'>;

/** What a route of this door says of itself: its limit is counted for each credential, and shown. */
const route = (access: Access, limit: string) =>
  ({
    config: { access, limit, limitBy: 'credential', showLimit: true, present: presentSimpleError },
    onError: warnInLog,
  }) as const;

/** mem0's memory object, with the names that this door takes. */
const present = (memory: Found) => ({
  ...presentMemory(memory),
  tags: memory.categories ?? [],
  expires_at: memory.expiresOn ?? null,
});

const presentAll = ({ memories, partial }: ReadResult, count: number) => ({
  memories: memories.map(present),
  count,
  ...(partial && { partial: true }),
});

/**
 * Another's user_id answers as a missing memory, whether or not there is such a user.
 * @throws MemoryError `not_found`
 */
function checkUser({ boundTo }: Actor, user: string): void {
  if (boundTo?.user_id !== undefined && boundTo.user_id !== user)
    throw new MemoryError('not_found', 'This credential has no user_id of that name.');
}

/** Search, list, remember and forget in one call each, always of one user: docs/compatibility.md. */
export function simpleRoutes(app: FastifyInstance, memories: MemoryService): void {
  /** `{user_id, query, limit=10}` → `{memories, count}`, best first. */
  app.post('/search', route('memories:read', 'search'), async (request) => {
    const actor = actorOf(request, 'memories:read');
    const { user_id, query, limit } = parse(simpleSearch, request.body);
    checkUser(actor, user_id);
    const where = { entities: { user_id } };
    const found = await memories.search(actor, originOf(request), where, { text: query, topK: limit });
    return presentAll(found, found.memories.length);
  });

  /** `{user_id}` → `{memories, count}`, newest first, at most a thousand; `count` is of all there are. */
  app.post('/list', route('memories:read', 'list'), async (request) => {
    const actor = actorOf(request, 'memories:read');
    const { user_id } = parse(simpleList, request.body);
    checkUser(actor, user_id);
    const page = { offset: 0, limit: LISTED };
    const found = await memories.list(actor, originOf(request), { entities: { user_id } }, page);
    return presentAll(found, found.total);
  });

  /**
   * `{user_id, messages, metadata?, run_id?, tags?, expires_at?}` → `{memories, count}`: one memory for each message that
   * is not a system message, all or none. Tags are stored as categories.
   */
  app.post('/remember', route('memories:write', 'remember'), async (request) => {
    const actor = actorOf(request, 'memories:write');
    const { user_id, run_id, tags, expires_at, ...body } = parse(simpleRemember, request.body);
    const contents: MemoryContent[] = contentsOf({ ...body, expiration_date: dayOf(expires_at) }).map(
      (content) => ({ ...content, ...(tags?.length && { categories: tags }) }),
    );
    const entities = { user_id, ...(run_id != null && { run_id }) };
    const added = await memories.add(actor, originOf(request), entities, contents);
    return {
      memories: added.map(({ memory, screening }) => ({ ...present(memory), screening })),
      count: added.length,
    };
  });

  /**
   * `{user_id, memory_id}` or `{user_id, confirm: "all"}` → `{success, message}`. 404 for a memory that is not there or
   * not this user's.
   */
  app.post('/forget', route('memories:delete', 'forget'), async (request) => {
    const actor = actorOf(request, 'memories:delete');
    const { user_id, memory_id } = parse(simpleForget, request.body);
    const origin = originOf(request);
    if (memory_id == null) {
      checkUser(actor, user_id);
      const deleted = await memories.deleteMatching(actor, origin, { entities: { user_id } });
      return { success: true, message: deleted === 1 ? '1 memory deleted' : `${deleted} memories deleted` };
    }
    const id = memory_id.toLowerCase();
    const ids = isUuid(id) ? [id] : [];
    const [own] = await memories.ofUsers(actor, origin, [{ user: user_id, ids }], true);
    if (!own?.includes(id)) throw new MemoryError('not_found');
    await memories.delete(actor, origin, id);
    return { success: true, message: 'Memory deleted' };
  });
}

/** The day (UTC) of a date or a date-time. */
function dayOf(expires: string | null | undefined): string | null {
  if (expires == null) return null;
  return expires.includes('T') ? new Date(expires).toISOString().slice(0, 10) : expires;
}
