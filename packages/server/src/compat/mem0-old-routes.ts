import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import type { MemoryService, Where } from '../memories/service.ts';
import { addFrom, searchFrom } from './mem0-calls.ts';
import { mem0Access } from './mem0-errors.ts';
import { whereOf } from './mem0-input.ts';
import { presentMemory } from './mem0-memory.ts';
import { presentPage, windowOf } from './mem0-page.ts';
import { mem0List, mem0OldList, mem0OldPage } from './mem0-schema.ts';

const DEFAULT_PAGE_SIZE = 100;

/** Clients that ask for the format `v1.1` read an object, all others of these paths a bare array. */
const wrapped = (format: string | null | undefined, results: unknown[]) =>
  format === 'v1.1' ? { results } : results;

/** The paths of clients before the third version, with the answers of their time. */
export function mem0OldRoutes(app: FastifyInstance, memories: MemoryService): void {
  const { read, write } = mem0Access;

  /** `{messages, user_id…}` → `[{id, memory, data, event}]`. */
  app.post('/v1/memories/', write, async (request) => {
    const { format, results } = await addFrom(memories, request);
    return wrapped(format, results);
  });

  const search = async (request: FastifyRequest) => {
    const { format, results } = await searchFrom(memories, request);
    return wrapped(format, results);
  };
  /** `{query, user_id…, top_k|limit=10}` → an array, best first. */
  app.post('/v1/memories/search/', read, search);
  /** `{query, filters, top_k|limit=10}` → an array, best first. */
  app.post('/v2/memories/search/', read, search);

  interface Asked {
    page?: number | undefined;
    page_size?: number | undefined;
    fields?: string[] | null | undefined;
    /** How many without pages. */
    most?: number | undefined;
    output_format?: string | undefined;
  }
  const list = async (request: FastifyRequest, where: Where, asked: Asked) => {
    const actor = actorOf(request, 'memories:read');
    const { page = 1, page_size, most = DEFAULT_PAGE_SIZE } = asked;
    const paged = asked.page !== undefined || page_size !== undefined;
    const one = { page, page_size: page_size ?? most };
    const found = await memories.list(actor, originOf(request), where, windowOf(one));
    const results = found.memories.map((memory) => presentMemory(memory, asked.fields));
    return paged ? presentPage(request, one, found, results) : wrapped(asked.output_format, results);
  };
  /** `?user_id…&metadata&categories&keywords&start_date&end_date` → an array of the newest 100, or a page. */
  app.get('/v1/memories/', read, async (request) => {
    const query = parse(mem0OldList, request.query);
    const { page, page_size, fields, limit, top_k, output_format } = query;
    return list(request, whereOf(query), { page, page_size, fields, most: limit ?? top_k, output_format });
  });
  /** `?page&page_size`, `{filters, fields?}` → an array of the newest 100, or a page. */
  app.post('/v2/memories/', read, async (request) => {
    const body = parse(mem0List, request.body);
    return list(request, whereOf(body), { ...parse(mem0OldPage, request.query), fields: body.fields });
  });
}
