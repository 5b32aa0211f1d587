import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { changedBatch, endedMemories } from './answers.ts';
import { batchChanges, batchIds } from './schema.ts';
import type { MemoryService } from './service.ts';

/** Several memories in one request: all or none. */
export function memoryBatchRoutes(app: FastifyInstance, memories: MemoryService): void {
  const change = {
    summary: 'Change several memories: all or none',
    details: 'The answer has them in their order. 404 when any of them is missing or somebody else’s.',
    body: batchChanges,
    answers: { 200: changedBatch },
    errors: ['not_found', 'stale_version', 'text_too_large', 'content_rejected'],
  };
  app.patch(
    '/memories/batch',
    { config: { access: 'memories:write', describe: change } },
    async (request) => {
      const actor = actorOf(request, 'memories:write');
      const changes = parse(batchChanges, request.body).memories.map(({ id, content, metadata }) => ({
        id,
        ...(content !== undefined && { text: content }),
        ...(metadata !== undefined && { metadata }),
      }));
      const updated = await memories.updateMany(actor, originOf(request), changes);
      return { memories: updated.map(({ id, version, screening }) => ({ id, version, screening })) };
    },
  );

  const end = {
    summary: 'End several memories with all their texts: all or none',
    details: 'Takes a body. 404 when any of them is missing or somebody else’s.',
    body: batchIds,
    answers: { 200: endedMemories },
    errors: ['not_found', 'stale_version'],
  };
  app.delete('/memories/batch', { config: { access: 'memories:delete', describe: end } }, async (request) => {
    const actor = actorOf(request, 'memories:delete');
    const deleted = await memories.deleteMany(actor, originOf(request), parse(batchIds, request.body).ids);
    return { deleted, message: 'Memories deleted' };
  });
}
