import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import { MemoryError } from '../memories/errors.ts';
import type { MemoryService } from '../memories/service.ts';
import { mem0Access } from './mem0-errors.ts';
import { iso } from './mem0-memory.ts';
import { presentPage, windowOf } from './mem0-page.ts';
import { mem0Beside, mem0Entity, mem0Page } from './mem0-schema.ts';

/** The users, agents, apps and runs that memories name, on the mem0 wire. */
export function mem0EntityRoutes(app: FastifyInstance, memories: MemoryService): void {
  const { read, remove } = mem0Access;

  /** `?page&page_size=100` → a page of `{id, name, type, total_memories, owner …}`; the id is the name. */
  app.get('/v1/entities/', read, async (request) => {
    const actor = actorOf(request, 'memories:read');
    const page = parse(mem0Page, request.query);
    const found = await memories.entities(actor, originOf(request), windowOf(page));
    const { publicId } = actor.namespace;
    const results = found.entities.map(({ type, name, memories: total, createdAt, updatedAt }) => ({
      id: name,
      name,
      type,
      total_memories: total,
      owner: publicId,
      organization: publicId,
      metadata: {},
      created_at: iso(createdAt),
      updated_at: iso(updatedAt),
    }));
    return presentPage(request, page, found, results);
  });

  /**
   * `{message}`, also where nothing was left to delete: clients list entities and then delete each, and the memories
   * of a user may have been the last ones of an agent on the same list.
   */
  const end = async (request: FastifyRequest) => {
    const actor = actorOf(request, 'memories:delete');
    const { type, name } = parse(mem0Entity, request.params);
    parse(mem0Beside, request.query);
    parse(mem0Beside, request.body);
    try {
      await memories.deleteEntity(actor, originOf(request), type, name);
    } catch (error) {
      if (!(error instanceof MemoryError && error.code === 'not_found')) throw error;
      return { message: 'There was nothing of this entity to delete.' };
    }
    return { message: 'Entity deleted successfully!' };
  };
  app.delete('/v2/entities/:type/:name/', remove, end);
  app.delete('/v1/entities/:type/:name/', remove, end);
}
