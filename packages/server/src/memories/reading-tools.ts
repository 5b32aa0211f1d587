import { z } from 'zod';
import { authorize } from '../access/actor.ts';
import { text } from '../http/input.ts';
import { type Tool, tool } from '../mcp/tool.ts';
import { entitiesOf } from './routes.ts';
import type { MemoryService } from './service.ts';
import { entityArguments, filters, memoryId, memoryOutput, shown, withoutEffect } from './tool-schema.ts';
import { whose } from './whose.ts';

const amount = (fallback: number) => z.int().min(1).max(1000).default(fallback);
const found = {
  results: z.array(memoryOutput),
  partial: z.boolean().optional().describe('There is more: narrow it.'),
};
const partly = ({ partial }: { partial?: boolean }) => (partial ? { partial } : {});

/** Tools that find and show memories, with the names and arguments of mem0's hosted MCP server. */
export function readingTools(memories: MemoryService): Tool[] {
  return [
    tool({
      name: 'search_memories',
      title: 'Search memory',
      description: 'Finds the stored memories that fit a question best, best first.',
      effect: 'reads',
      input: z.strictObject({
        query: text({ max: 8192 }).describe('What to look for, in plain words.'),
        ...entityArguments,
        filters: filters.optional(),
        limit: amount(10).describe('How many at most.'),
        top_k: z.int().min(1).max(1000).optional().describe('The same as limit.'),
        threshold: z.number().min(0).max(1).optional().describe('Leaves out what scores lower.'),
        show_expired: z.boolean().default(false),
        rerank: withoutEffect,
        enable_graph: withoutEffect,
      }),
      output: z.object(found),
      example: { query: 'What does Ann like to drink?', user_id: 'ann', limit: 5 },
      async run(caller, args) {
        const actor = authorize(caller.actor, 'memories:read');
        const { query, filters: filter = {}, limit, top_k: topK = limit, threshold } = args;
        const where = {
          entities: whose(caller, entitiesOf(args), filter),
          filter,
          showExpired: args.show_expired,
        };
        const limits = { text: query, topK, ...(threshold !== undefined && { threshold }) };
        const result = await memories.search(actor, caller.origin, where, limits);
        return { results: result.memories.map(shown), ...partly(result) };
      },
    }),

    tool({
      name: 'get_memories',
      title: 'Browse memory',
      description: 'Pages through stored memories, newest first, narrowed by filters.',
      effect: 'reads',
      input: z.strictObject({
        ...entityArguments,
        filters: filters.optional(),
        page: z.int().min(1).max(1_000_000).default(1).describe('From 1.'),
        page_size: amount(10),
        show_expired: z.boolean().default(false),
        enable_graph: withoutEffect,
      }),
      output: z.object({ ...found, count: z.int().describe('Of all pages.'), page: z.int() }),
      example: { filters: { AND: [{ user_id: 'ann' }] }, page: 1, page_size: 20 },
      async run(caller, args) {
        const actor = authorize(caller.actor, 'memories:read');
        const { filters: filter = {}, page, page_size: limit, show_expired: showExpired } = args;
        const where = { entities: whose(caller, entitiesOf(args), filter), filter, showExpired };
        const result = await memories.list(actor, caller.origin, where, {
          offset: (page - 1) * limit,
          limit,
        });
        return { results: result.memories.map(shown), count: result.total, page, ...partly(result) };
      },
    }),

    tool({
      name: 'list_memories',
      title: 'List memories',
      description: "Lists a user's memories, newest first.",
      effect: 'reads',
      input: z.strictObject({ ...entityArguments, limit: amount(100).describe('How many at most.') }),
      output: z.object({
        memories: z.array(memoryOutput),
        count: z.int().describe('Of all, also of those beyond the limit.'),
        partial: found.partial,
      }),
      example: { user_id: 'ann' },
      async run(caller, args) {
        const actor = authorize(caller.actor, 'memories:read');
        const where = { entities: whose(caller, entitiesOf(args)) };
        const page = { offset: 0, limit: args.limit };
        const result = await memories.list(actor, caller.origin, where, page);
        return { memories: result.memories.map(shown), count: result.total, ...partly(result) };
      },
    }),

    tool({
      name: 'get_memory',
      title: 'Read one memory',
      description: 'Reads a memory whose memory_id is known.',
      effect: 'reads',
      input: z.strictObject({ memory_id: memoryId }),
      output: memoryOutput,
      example: { memory_id: '01890000-0000-7000-8000-000000000000' },
      async run({ actor, origin }, { memory_id }) {
        return shown(await memories.get(authorize(actor, 'memories:read'), origin, memory_id));
      },
    }),
  ];
}
