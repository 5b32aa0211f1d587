import type { FastifyInstance } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { endedMemories, entityPage } from './answers.ts';
import { entityParameters, entityQuery, nothingBeside } from './schema.ts';
import type { MemoryService } from './service.ts';

/** The users, agents, apps and runs that memories belong to. */
export function entityRoutes(app: FastifyInstance, memories: MemoryService): void {
  const list = {
    summary: 'List whose memories there are, the newest first',
    details: 'Newest by their first memory. Memories that have expired do not count.',
    query: entityQuery,
    answers: { 200: entityPage },
  };
  app.get('/entities', { config: { access: 'memories:read', describe: list } }, async (request) => {
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

  const end = {
    summary: 'End every memory of an entity',
    details:
      'Expired ones too. 404 when the caller reaches none. Nothing narrows it: a query or body is refused.',
    params: entityParameters,
    answers: { 200: endedMemories },
    errors: ['not_found'],
  };
  app.delete(
    '/entities/:type/:name',
    { config: { access: 'memories:delete', describe: end } },
    async (request) => {
      const actor = actorOf(request, 'memories:delete');
      const { type, name } = parse(entityParameters, request.params);
      parse(nothingBeside, request.query);
      parse(nothingBeside, request.body);
      const deleted = await memories.deleteEntity(actor, originOf(request), type, name);
      return { deleted, message: 'Memories deleted' };
    },
  );
}
