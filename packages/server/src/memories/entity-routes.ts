import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { entityParameters, entityQuery, nothingBeside } from './schema.ts';
import type { MemoryService } from './service.ts';

/** The users, agents, apps and runs that memories belong to. */
export function entityRoutes(app: FastifyInstance, memories: MemoryService): void {
  /**
   * `?type=user|agent|app|run&limit=100&offset=0` → `{entities: [{type, name, memories, created_at, updated_at}],
   * total}`, the newest first; `partial: true` when the namespace holds more than is counted at once.
   */
  app.get('/entities', { config: { access: 'memories:read' } }, async (request) => {
    const actor = actorOf(request, 'memories:read');
    const { type, ...page } = parse(entityQuery, request.query);
    const asked = { ...page, ...(type !== undefined && { type }) };
    const { entities, total, partial } = await memories.entities(actor, originOf(request), asked);
    return {
      entities: entities.map(({ createdAt, updatedAt, ...entity }) => ({
        ...entity,
        created_at: new Date(createdAt).toISOString(),
        updated_at: new Date(updatedAt).toISOString(),
      })),
      total,
      ...(partial && { partial }),
    };
  });

  /** Ends every memory of the entity → `{deleted, message}`; 404 when there is none. */
  app.delete('/entities/:type/:name', { config: { access: 'memories:delete' } }, async (request) => {
    const actor = actorOf(request, 'memories:delete');
    const { type, name } = parse(entityParameters, request.params);
    parse(nothingBeside, request.query);
    parse(nothingBeside, request.body);
    const deleted = await memories.deleteEntity(actor, originOf(request), type, name);
    return { deleted, message: 'Memories deleted' };
  });
}
