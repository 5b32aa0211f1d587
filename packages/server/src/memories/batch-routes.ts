import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { batchChanges, batchIds } from './schema.ts';
import type { MemoryService } from './service.ts';

/** Several memories in one request: all or none. */
export function memoryBatchRoutes(app: FastifyInstance, memories: MemoryService): void {
  /** `{memories: [{id, content?, metadata?}]}`, 1 to 1000 → `{memories: [{id, version, screening}]}`, in their order. */
  app.patch('/memories/batch', { config: { access: 'memories:write' } }, async (request) => {
    const actor = actorOf(request, 'memories:write');
    const changes = parse(batchChanges, request.body).memories.map(({ id, content, metadata }) => ({
      id,
      ...(content !== undefined && { text: content }),
      ...(metadata !== undefined && { metadata }),
    }));
    const updated = await memories.updateMany(actor, originOf(request), changes);
    return { memories: updated.map(({ id, version, screening }) => ({ id, version, screening })) };
  });

  /** `{ids}`, 1 to 1000, in the body of a DELETE → `{deleted, message}`. */
  app.delete('/memories/batch', { config: { access: 'memories:delete' } }, async (request) => {
    const actor = actorOf(request, 'memories:delete');
    const deleted = await memories.deleteMany(actor, originOf(request), parse(batchIds, request.body).ids);
    return { deleted, message: 'Memories deleted' };
  });
}
