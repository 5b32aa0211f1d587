import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { entitiesOf } from '../memories/routes.ts';
import type { MemoryService } from '../memories/service.ts';
import { addFrom, searchFrom } from './mem0-calls.ts';
import { mem0Access } from './mem0-errors.ts';
import { whereOf } from './mem0-input.ts';
import { presentMemory } from './mem0-memory.ts';
import { presentPage, windowOf } from './mem0-page.ts';
import { mem0Beside, mem0DeleteAll, mem0List, mem0Page } from './mem0-schema.ts';

/**
 * The mem0 wire API, as its unmodified clients speak it: greeting, add, search, list, delete by owner. Shapes:
 * docs/compatibility.md.
 */
export function mem0Routes(app: FastifyInstance, memories: MemoryService): void {
  const { authenticated, read, write, remove } = mem0Access;

  /** `{status, org_id, project_id, user_email}`: both ids are the namespace's; the last is never an identity. */
  app.get('/v1/ping/', authenticated, async (request) => {
    const { id, namespace } = request.actor!;
    const { publicId } = namespace;
    return { status: 'ok', org_id: publicId, project_id: publicId, user_email: `${id}@memhold.invalid` };
  });

  /** `{messages, user_id…, metadata?, infer=true}` → `{message, status, event_id, results}`: done when answered. */
  app.post('/v3/memories/add/', write, async (request) => {
    const { infer, event, results } = await addFrom(memories, request);
    const message = infer
      ? 'Stored as given: no model is configured that could extract facts'
      : 'Memories stored';
    return { message, status: 'SUCCEEDED', event_id: event, results };
  });

  /** `{query, filters, top_k=10, threshold?, fields?}` → `{results}`, best first. */
  app.post('/v3/memories/search/', read, async (request) => {
    const { results, partial } = await searchFrom(memories, request);
    return { results, ...(partial && { partial }) };
  });

  /** `?page&page_size=100`, `{filters, start_date?, end_date?}` → a page, newest first. */
  app.post('/v3/memories/', read, async (request) => {
    const actor = actorOf(request, 'memories:read');
    const body = parse(mem0List, request.body);
    const page = parse(mem0Page, request.query);
    const found = await memories.list(actor, originOf(request), whereOf(body), windowOf(page));
    const results = found.memories.map((memory) => presentMemory(memory, body.fields));
    return presentPage(request, page, found, results);
  });

  /** `?user_id=…` → `{message, event_id?}`: an id only where there was something to delete. */
  app.delete('/v1/memories/', remove, async (request) => {
    const actor = actorOf(request, 'memories:delete');
    const entities = entitiesOf(parse(mem0DeleteAll, request.query));
    parse(mem0Beside, request.body);
    const event = request.id;
    const deleted = await memories.deleteMatching(actor, originOf(request), { entities }, { event });
    return { message: `${deleted} memories deleted`, ...(deleted > 0 && { event_id: event }) };
  });
}
