import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import type { MemoryService } from '../memories/service.ts';
import { mem0Access } from './mem0-errors.ts';
import { ownMetadata } from './mem0-input.ts';
import { mem0BatchDelete, mem0BatchUpdate } from './mem0-schema.ts';

/** Up to 1000 memories at once, all or none, on the mem0 wire. */
export function mem0BatchRoutes(app: FastifyInstance, memories: MemoryService): void {
  const { write, remove } = mem0Access;

  /** `{memories: [{memory_id, text?, metadata?}]}` → `{message, results: [{id, screening}]}`. */
  app.put('/v1/batch/', write, async (request) => {
    const actor = actorOf(request, 'memories:write');
    const body = parse(mem0BatchUpdate, request.body);
    const changes = body.memories.map(({ memory_id: id, text, metadata }) => ({
      id,
      ...(text !== undefined && { text }),
      ...(metadata !== undefined && { metadata: ownMetadata(metadata) }),
    }));
    const updated = await memories.updateMany(actor, originOf(request), changes);
    return {
      message: `Successfully updated ${updated.length} memories`,
      results: updated.map(({ id, screening }) => ({ id, screening })),
    };
  });

  /** `{memories: [{memory_id}]}`, in the body of a DELETE → `{message}`. */
  app.delete('/v1/batch/', remove, async (request) => {
    const actor = actorOf(request, 'memories:delete');
    const ids = parse(mem0BatchDelete, request.body).memories.map(({ memory_id }) => memory_id);
    const deleted = await memories.deleteMany(actor, originOf(request), ids);
    return { message: `Successfully deleted ${deleted} memories` };
  });
}
