import type { FastifyInstance, FastifyRequest } from 'fastify';
import { can } from '../access/actor.ts';
import { actorOf } from '../http/app.ts';
import { InputError, parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import type { Problem } from '../http/problem.ts';
import type { Metadata } from '../json.ts';
import { ENTITY_FIELDS, type HistoryEntry, type MemoryContent } from '../memories/memory.ts';
import type { Found } from '../memories/requests.ts';
import { entitiesOf } from '../memories/routes.ts';
import type { MemoryService, Where } from '../memories/service.ts';
import {
  type Mem0Message,
  mem0Add,
  mem0DeleteAll,
  mem0List,
  mem0Page,
  mem0Search,
  mem0Update,
} from './mem0-schema.ts';

/** Python's client reads `detail`, the platform's own bodies have `error`; `code` is this product's. */
const present = ({ detail, code, request_id }: Problem) => ({ detail, error: detail, code, request_id });

const iso = (time: number) => new Date(time).toISOString();

/** The platform's memory object. */
function presentMemory(memory: Found): Record<string, unknown> {
  const { id, text, metadata, entities, categories, labels, expiresOn, score } = memory;
  return {
    id,
    memory: text,
    user_id: entities.user_id ?? null,
    agent_id: entities.agent_id ?? null,
    app_id: entities.app_id ?? null,
    run_id: entities.run_id ?? null,
    metadata,
    categories: categories ?? [],
    ...(labels.length > 0 && { labels }),
    ...(score !== undefined && { score, score_breakdown: { lexical: score } }),
    created_at: iso(memory.createdAt),
    updated_at: iso(memory.updatedAt),
    expiration_date: expiresOn ?? null,
  };
}

function presentHistory(memoryId: string, entry: HistoryEntry): Record<string, unknown> {
  const { version, event, at, before, after, entities, metadata } = entry;
  return {
    id: `${memoryId}:${version}`,
    memory_id: memoryId,
    input: null,
    old_memory: before,
    new_memory: after,
    user_id: entities.user_id ?? null,
    metadata,
    event,
    categories: [],
    created_at: iso(at),
    updated_at: iso(at),
  };
}

/** Ids in metadata would look like ownership without being any: mem0 strips them too. */
function ownMetadata(metadata: Metadata | null | undefined): Metadata {
  const identity: readonly string[] = ENTITY_FIELDS;
  return Object.fromEntries(Object.entries(metadata ?? {}).filter(([key]) => !identity.includes(key)));
}

function textOf({ content }: Mem0Message): string {
  if (typeof content === 'string') return content;
  return content.flatMap((part) => (part.text === undefined ? [] : [part.text])).join('\n');
}

type Added = ReturnType<typeof parse<typeof mem0Add>>;

/** One memory for each message that is not a system message, as `infer: false` stores them. */
function contentsOf(body: Added): MemoryContent[] {
  const messages: Mem0Message[] =
    typeof body.messages === 'string' ? [{ role: 'user', content: body.messages }] : body.messages;
  const facts = {
    metadata: ownMetadata(body.metadata),
    ...(body.timestamp != null && { timestamp: Math.round(body.timestamp * 1000) }),
    ...(body.expiration_date != null && { expiresOn: body.expiration_date }),
  };
  return messages
    .filter(({ role }) => role !== 'system')
    .map((message) => ({
      ...facts,
      text: textOf(message),
      role: message.role,
      ...(message.name && { speaker: message.name }),
    }))
    .filter(({ text }) => text !== '');
}

interface Narrowing {
  filters?: Record<string, unknown> | null | undefined;
  metadata?: Record<string, unknown> | null | undefined;
  categories?: string[] | null | undefined;
  start_date?: string | null | undefined;
  end_date?: string | null | undefined;
}

function whereOf(body: Narrowing & Record<string, unknown>, showExpired: boolean): Where {
  const { filters, metadata, categories, start_date, end_date } = body;
  const created = { ...(start_date && { gte: start_date }), ...(end_date && { lte: end_date }) };
  const all = [
    filters ?? {},
    metadata ? { metadata } : {},
    categories ? { categories: { in: categories } } : {},
    start_date || end_date ? { created_at: created } : {},
  ].filter((part) => Object.keys(part).length > 0);
  const filter = all.length === 1 ? all[0]! : { AND: all };
  return { entities: entitiesOf(body), filter, showExpired };
}

const idParameter = (request: FastifyRequest) => (request.params as { id: string }).id;

/** The mem0 wire API, as its unmodified clients speak it. Shapes: docs/compatibility.md. */
export function mem0Routes(app: FastifyInstance, memories: MemoryService): void {
  const read = { config: { access: 'memories:read', present } } as const;
  const write = { config: { access: 'memories:write', present } } as const;
  const remove = { config: { access: 'memories:delete', present } } as const;

  app.get('/v1/ping/', { config: { access: 'authenticated', present } }, async (request) => {
    const { id, namespace } = request.actor!;
    const { publicId } = namespace;
    return { status: 'ok', org_id: publicId, project_id: publicId, user_email: `${id}@memhold.invalid` };
  });

  app.post('/v3/memories/add/', write, async (request) => {
    const actor = actorOf(request, 'memories:write');
    const body = parse(mem0Add, request.body);
    const contents = contentsOf(body);
    if (contents.length === 0)
      throw new InputError('There is no text to remember: messages has only system messages.');
    const entities = { ...entitiesOf(body.filters ?? {}), ...entitiesOf(body) };
    const added = await memories.add(actor, originOf(request), entities, contents);
    const message = body.infer
      ? 'Stored as given: no model is configured that could extract facts'
      : 'Memories stored';
    return {
      message,
      status: 'SUCCEEDED',
      event_id: request.id,
      results: added.map(({ id, screening, memory }) => ({
        id,
        data: { memory: memory.text },
        event: 'ADD',
        screening,
      })),
    };
  });

  app.post('/v3/memories/search/', read, async (request) => {
    const actor = actorOf(request, 'memories:read');
    const body = parse(mem0Search, request.body);
    const { query, top_k: topK, threshold, show_expired: showExpired } = body;
    const limits = { text: query, topK, ...(threshold != null && { threshold }) };
    const found = await memories.search(actor, originOf(request), whereOf(body, showExpired), limits);
    return { results: found.memories.map(presentMemory), ...(found.partial && { partial: true }) };
  });

  app.post('/v3/memories/', read, async (request) => {
    const actor = actorOf(request, 'memories:read');
    const body = parse(mem0List, request.body);
    const { page, page_size: limit } = parse(mem0Page, request.query);
    const offset = (page - 1) * limit;
    const found = await memories.list(actor, originOf(request), whereOf(body, body.show_expired), {
      offset,
      limit,
    });
    const link = (to: number) =>
      `${request.protocol}://${request.host}/v3/memories/?page=${to}&page_size=${limit}`;
    return {
      count: found.total,
      next: offset + limit < found.total ? link(page + 1) : null,
      previous: page > 1 ? link(page - 1) : null,
      results: found.memories.map(presentMemory),
    };
  });

  app.get('/v1/memories/:id/', read, async (request) => {
    const actor = actorOf(request, 'memories:read');
    return presentMemory(await memories.get(actor, originOf(request), idParameter(request)));
  });

  app.put('/v1/memories/:id/', write, async (request) => {
    const actor = actorOf(request, 'memories:write');
    const { text, metadata, timestamp, expiration_date } = parse(mem0Update, request.body);
    const changes = {
      ...(text !== undefined && { text }),
      ...(metadata !== undefined && { metadata: ownMetadata(metadata) }),
      ...(timestamp !== undefined && { timestamp: Math.round(timestamp * 1000) }),
      ...(expiration_date !== undefined && { expiresOn: expiration_date }),
    };
    const id = idParameter(request);
    const { memory, screening } = await memories.update(actor, originOf(request), id, changes);
    return { ...(can(actor, 'memories:read') ? presentMemory(memory) : { id }), screening };
  });

  app.delete('/v1/memories/:id/', remove, async (request) => {
    const actor = actorOf(request, 'memories:delete');
    await memories.delete(actor, originOf(request), idParameter(request));
    return { message: 'Memory deleted successfully!' };
  });

  app.delete('/v1/memories/', remove, async (request) => {
    const actor = actorOf(request, 'memories:delete');
    const entities = entitiesOf(parse(mem0DeleteAll, request.query));
    const deleted = await memories.deleteMatching(actor, originOf(request), { entities });
    return { message: `${deleted} memories deleted`, event_id: request.id };
  });

  app.get('/v1/memories/:id/history/', read, async (request) => {
    const actor = actorOf(request, 'memories:read');
    const id = idParameter(request);
    const { history } = await memories.history(actor, originOf(request), id);
    return history!.map((entry) => presentHistory(id, entry));
  });
}
