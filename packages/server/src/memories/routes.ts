import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { can, type Entities } from '../access/actor.ts';
import { actorOf } from '../http/app.ts';
import { expectedVersion, IF_MATCH } from '../http/if-match.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import {
  addedMemory,
  changedMemory,
  deletedMemory,
  memoryHistory,
  memoryPage,
  originalMemory,
  searchResults,
  storedMemory,
} from './answers.ts';
import { ENTITY_FIELDS, type HistoryEntry, type Memory, type MemoryContent } from './memory.ts';
import type { Found } from './requests.ts';
import { listQuery, memoryChanges, newMemory, searchBody } from './schema.ts';
import type { MemoryService } from './service.ts';

/** `{id, content, metadata, user_id…, thread_id, version, created_at, updated_at …}`, times in ISO 8601. */
export function present(memory: Found): Record<string, unknown> {
  const { id, text, metadata, entities, role, speaker, thread, labels, categories, version } = memory;
  return {
    id,
    content: text,
    metadata,
    ...entities,
    thread_id: thread ?? null,
    ...(role !== undefined && { role }),
    ...(speaker !== undefined && { speaker }),
    ...(categories !== undefined && { categories }),
    labels,
    ...(memory.score !== undefined && { score: memory.score }),
    version,
    ...(memory.timestamp !== undefined && { timestamp: new Date(memory.timestamp).toISOString() }),
    created_at: new Date(memory.createdAt).toISOString(),
    updated_at: new Date(memory.updatedAt).toISOString(),
    expires_on: memory.expiresOn ?? null,
  };
}

function presentStep({ version, event, at, before, after }: HistoryEntry): Record<string, unknown> {
  return { version, event, at: new Date(at).toISOString(), old_content: before, new_content: after };
}

export function entitiesOf(given: Record<string, unknown>): Entities {
  const entities: Entities = {};
  for (const field of ENTITY_FIELDS) if (typeof given[field] === 'string') entities[field] = given[field];
  return entities;
}

const idParameter = (request: FastifyRequest) => (request.params as { id: string }).id;
const withVersion = (reply: FastifyReply, { version }: Pick<Memory, 'version'>) =>
  reply.header('etag', `"${version}"`);

/** The native REST of memories. */
export function memoryRoutes(app: FastifyInstance, memories: MemoryService): void {
  const add = {
    summary: 'Store a memory',
    details: 'The text is screened first. A key that is not bound to an entity must name at least one.',
    body: newMemory,
    answers: { 201: addedMemory },
    errors: ['text_too_large', 'content_rejected'],
  };
  app.post('/memories', { config: { access: 'memories:write', describe: add } }, async (request, reply) => {
    const actor = actorOf(request, 'memories:write');
    const body = parse(newMemory, request.body);
    const content: MemoryContent = {
      text: body.content,
      metadata: body.metadata ?? {},
      ...(body.role !== undefined && { role: body.role }),
      ...(body.speaker !== undefined && { speaker: body.speaker }),
      ...(body.thread_id !== undefined && { thread: body.thread_id }),
      ...(body.categories !== undefined && { categories: body.categories }),
      ...(body.timestamp !== undefined && { timestamp: Date.parse(body.timestamp) }),
      ...(body.expires_on !== undefined && { expiresOn: body.expires_on }),
    };
    const [added] = await memories.add(actor, originOf(request), entitiesOf(body), [content]);
    const { id, version, screening } = added!;
    const message =
      screening.action === 'redacted' ? 'Memory stored; secrets in it were redacted' : 'Memory stored';
    return withVersion(reply, added!).status(201).send({ id, message, version, screening });
  });

  const list = { summary: 'List memories, the newest first', query: listQuery, answers: { 200: memoryPage } };
  app.get('/memories', { config: { access: 'memories:read', describe: list } }, async (request) => {
    const actor = actorOf(request, 'memories:read');
    const { thread_id, top_k, offset, show_expired, ...entities } = parse(listQuery, request.query);
    const where = {
      entities: entitiesOf(entities),
      showExpired: show_expired,
      ...(thread_id !== undefined && { filter: { thread_id } }),
    };
    const found = await memories.list(actor, originOf(request), where, { offset, limit: top_k });
    return {
      memories: found.memories.map(present),
      total: found.total,
      ...(found.partial && { partial: true }),
    };
  });

  const search = {
    summary: 'Search memories, the best first',
    body: searchBody,
    answers: { 200: searchResults },
    errors: ['invalid_filter'],
  };
  app.post('/memories/search', { config: { access: 'memories:read', describe: search } }, async (request) => {
    const actor = actorOf(request, 'memories:read');
    const body = parse(searchBody, request.body);
    const { query, thread_id, filters, top_k, threshold, show_expired } = body;
    const filter = { AND: [filters ?? {}, thread_id === undefined ? {} : { thread_id }] };
    const where = { entities: entitiesOf(body), filter, showExpired: show_expired };
    const limits = { text: query, topK: top_k, ...(threshold !== undefined && { threshold }) };
    const found = await memories.search(actor, originOf(request), where, limits);
    return { results: found.memories.map(present), ...(found.partial && { partial: true }) };
  });

  const get = { summary: 'Read a memory', answers: { 200: storedMemory }, errors: ['not_found'] };
  app.get('/memories/:id', { config: { access: 'memories:read', describe: get } }, async (request, reply) => {
    const actor = actorOf(request, 'memories:read');
    const memory = await memories.get(actor, originOf(request), idParameter(request));
    return withVersion(reply, memory).send(present(memory));
  });

  const update = {
    summary: 'Change a memory',
    details: 'A last day needs the permission `memories:delete` too.',
    headers: IF_MATCH,
    body: memoryChanges,
    answers: { 200: changedMemory },
    errors: ['not_found', 'stale_version', 'invalid_version', 'text_too_large', 'content_rejected'],
  };
  app.put(
    '/memories/:id',
    { config: { access: 'memories:write', describe: update } },
    async (request, reply) => {
      const actor = actorOf(request, 'memories:write');
      const { content, metadata, expires_on } = parse(memoryChanges, request.body);
      const changes = {
        ...(content !== undefined && { text: content }),
        ...(metadata !== undefined && { metadata }),
        ...(expires_on !== undefined && { expiresOn: expires_on }),
      };
      const id = idParameter(request);
      const updated = await memories.update(actor, originOf(request), id, changes, expectedVersion(request));
      const { version, screening } = updated;
      // Who may only write does not read the rest of the memory by changing a part of it.
      const shown = can(actor, 'memories:read') ? present(updated.memory) : { id, version };
      return withVersion(reply, updated).send({ ...shown, screening });
    },
  );

  const end = {
    summary: 'End a memory with all its texts',
    headers: IF_MATCH,
    answers: { 200: deletedMemory },
    errors: ['not_found', 'stale_version', 'invalid_version'],
  };
  app.delete('/memories/:id', { config: { access: 'memories:delete', describe: end } }, async (request) => {
    const actor = actorOf(request, 'memories:delete');
    const id = idParameter(request);
    await memories.delete(actor, originOf(request), id, expectedVersion(request));
    return { id, message: 'Memory deleted' };
  });

  const history = {
    summary: 'The history of a memory, oldest step first',
    answers: { 200: memoryHistory },
    errors: ['not_found'],
  };
  app.get(
    '/memories/:id/history',
    { config: { access: 'memories:read', describe: history } },
    async (request) => {
      const actor = actorOf(request, 'memories:read');
      const { history } = await memories.history(actor, originOf(request), idParameter(request));
      return { history: history!.map(presentStep) };
    },
  );

  const original = {
    summary: 'The text of a memory before it was redacted',
    details: 'Kept for 30 days.',
    answers: { 200: originalMemory },
    errors: ['not_found'],
  };
  app.get(
    '/memories/:id/original',
    { config: { access: 'memories:reveal', describe: original } },
    async (request) => {
      const actor = actorOf(request, 'memories:reveal');
      const id = idParameter(request);
      const { version, text, metadata, expiresAt } = await memories.reveal(actor, originOf(request), id);
      return { id, version, content: text, metadata, kept_until: new Date(expiresAt).toISOString() };
    },
  );
}
