import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import type { MemoryService } from '../memories/service.ts';
import { mem0Access } from './mem0-errors.ts';
import { iso, presentEntityIds } from './mem0-memory.ts';
import { presentPage, windowOf } from './mem0-page.ts';
import { mem0Events } from './mem0-schema.ts';

type StoredEvent = Awaited<ReturnType<MemoryService['event']>>;

/** What was asked for was done before its answer was sent: no event is ever pending. */
function presentEvent({ id, kind, memories, entities, at }: StoredEvent): Record<string, unknown> {
  const time = iso(at);
  return {
    id,
    event_type: kind,
    status: 'SUCCEEDED',
    payload: presentEntityIds(entities),
    metadata: {},
    results: memories.map((memory) => ({ id: memory, event: kind })),
    created_at: time,
    updated_at: time,
    started_at: time,
    completed_at: time,
  };
}

/** The outcomes of adds and deletions, for seven days, on the mem0 wire. */
export function mem0EventRoutes(app: FastifyInstance, memories: MemoryService): void {
  const { read } = mem0Access;

  app.get('/v1/event/:id/', read, async (request: FastifyRequest) => {
    const actor = actorOf(request, 'memories:read');
    const { id } = request.params as { id: string };
    return presentEvent(await memories.event(actor, originOf(request), id));
  });

  /** `?page&page_size=50` → a page, newest first. */
  app.get('/v1/events/', read, async (request) => {
    const actor = actorOf(request, 'memories:read');
    const page = parse(mem0Events, request.query);
    const found = await memories.events(actor, originOf(request), windowOf(page));
    return presentPage(request, page, found, found.events.map(presentEvent));
  });
}
