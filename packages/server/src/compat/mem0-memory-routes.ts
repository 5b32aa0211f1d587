import type { FastifyInstance, FastifyRequest } from 'fastify';
import { can } from '../access/actor.ts';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import type { MemoryService } from '../memories/service.ts';
import { mem0Access } from './mem0-errors.ts';
import { ownMetadata } from './mem0-input.ts';
import { presentHistory, presentMemory } from './mem0-memory.ts';
import { mem0Delete, mem0Update } from './mem0-schema.ts';

const idParameter = (request: FastifyRequest) => (request.params as { id: string }).id;

/** One memory of the mem0 wire API. Somebody else's is answered as one that is not there. */
export function mem0MemoryRoutes(app: FastifyInstance, memories: MemoryService): void {
  const { read, write, remove } = mem0Access;

  app.get('/v1/memories/:id/', read, async (request) => {
    const actor = actorOf(request, 'memories:read');
    return presentMemory(await memories.get(actor, originOf(request), idParameter(request)));
  });

  /** `{text?, metadata?, timestamp?, expiration_date?}` → the memory, or for who may not read its id. */
  app.put('/v1/memories/:id/', write, async (request) => {
    const actor = actorOf(request, 'memories:write');
    const { text, metadata, timestamp, expiration_date } = parse(mem0Update, request.body);
    const changes = {
      ...(text !== undefined && { text }),
      ...(metadata !== undefined && { metadata: ownMetadata(metadata) }),
      ...(timestamp !== undefined && { timestamp }),
      ...(expiration_date !== undefined && { expiresOn: expiration_date }),
    };
    const id = idParameter(request);
    const { memory, screening } = await memories.update(actor, originOf(request), id, changes);
    return { ...(can(actor, 'memories:read') ? presentMemory(memory) : { id }), screening };
  });

  /** `?delete_linked` → `{message, cascade_count?}`. */
  app.delete('/v1/memories/:id/', remove, async (request) => {
    const actor = actorOf(request, 'memories:delete');
    const { delete_linked } = parse(mem0Delete, request.query);
    await memories.delete(actor, originOf(request), idParameter(request));
    return { message: 'Memory deleted successfully!', ...(delete_linked && { cascade_count: 0 }) };
  });

  /** A bare array, oldest first; texts are null where they were erased. */
  app.get('/v1/memories/:id/history/', read, async (request) => {
    const actor = actorOf(request, 'memories:read');
    const id = idParameter(request);
    const { history } = await memories.history(actor, originOf(request), id);
    return history!.map((entry) => presentHistory(id, entry));
  });
}
