import type { FastifyRequest } from 'fastify';
import { actorOf } from '../http/app.ts';
import { parse } from '../http/input.ts';
import { originOf } from '../http/origin.ts';
import type { MemoryService } from '../memories/service.ts';
import { contentsOf, ownersOf, whereOf } from './mem0-input.ts';
import { presentAdded, presentMemory } from './mem0-memory.ts';
import { mem0Add, mem0Search } from './mem0-schema.ts';

// What every version of the API has: only the frame of the answer differs.

const DEFAULT_TOP_K = 10;

/** Stores what a request brings, all or nothing; the event can be asked for by the request's id. */
export async function addFrom(memories: MemoryService, request: FastifyRequest) {
  const actor = actorOf(request, 'memories:write');
  const body = parse(mem0Add, request.body);
  const event = request.id;
  const added = await memories.add(actor, originOf(request), ownersOf(body), contentsOf(body), { event });
  return { infer: body.infer, format: body.output_format, event, results: added.map(presentAdded) };
}

/** The best matches, best first; `limit` is what older clients call `top_k`. */
export async function searchFrom(memories: MemoryService, request: FastifyRequest) {
  const actor = actorOf(request, 'memories:read');
  const body = parse(mem0Search, request.body);
  const { query, top_k, limit, threshold, fields, output_format: format } = body;
  const topK = top_k ?? limit ?? DEFAULT_TOP_K;
  const limits = { text: query, topK, ...(threshold != null && { threshold }) };
  const { memories: found, partial } = await memories.search(actor, originOf(request), whereOf(body), limits);
  return { format, results: found.map((memory) => presentMemory(memory, fields)), partial };
}
