import { z } from 'zod';
import { authorize } from '../access/actor.ts';
import { InputError } from '../http/input.ts';
import { type Tool, tool } from '../mcp/tool.ts';
import { ENTITY_FIELDS } from './memory.ts';
import { entitiesOf } from './routes.ts';
import type { MemoryService } from './service.ts';
import { entityArguments } from './tool-schema.ts';

const TYPES = ['user', 'agent', 'app', 'run'] as const;
const TYPE_OF = { user_id: 'user', agent_id: 'agent', app_id: 'app', run_id: 'run' } as const;

/** Tools about the users, agents, apps and runs that memories belong to. */
export function entityTools(memories: MemoryService): Tool[] {
  return [
    tool({
      name: 'list_entities',
      title: 'List whose memories there are',
      description: 'Lists the users, agents, apps and runs that have memories, newest first.',
      effect: 'reads',
      input: z.strictObject({
        type: z.enum(TYPES).optional().describe('Only these.'),
        page: z.int().min(1).max(1_000_000).default(1).describe('From 1.'),
        page_size: z.int().min(1).max(1000).default(100),
      }),
      output: z.object({
        entities: z.array(
          z.object({
            type: z.enum(TYPES),
            name: z.string(),
            memories: z.int(),
            created_at: z.string(),
            updated_at: z.string(),
          }),
        ),
        count: z.int().describe('Of all pages.'),
        partial: z.boolean().optional(),
      }),
      example: { type: 'user' },
      async run({ actor, origin }, { type, page, page_size: limit }) {
        const asked = { offset: (page - 1) * limit, limit, ...(type !== undefined && { type }) };
        const found = await memories.entities(authorize(actor, 'memories:read'), origin, asked);
        return {
          entities: found.entities.map(({ type, name, memories, createdAt, updatedAt }) => ({
            type,
            name,
            memories,
            created_at: new Date(createdAt).toISOString(),
            updated_at: new Date(updatedAt).toISOString(),
          })),
          count: found.total,
          ...(found.partial && { partial: true }),
        };
      },
    }),

    tool({
      name: 'delete_entities',
      title: 'Delete somebody with all memories',
      description:
        'Deletes a user, agent, app or run together with all of its memories. It cannot be undone: ask first.',
      effect: 'deletes',
      input: z.strictObject({ ...entityArguments }),
      output: z.object({ status: z.literal('deleted'), deleted: z.int().describe('How many memories.') }),
      example: { agent_id: 'planner' },
      async run({ actor, origin }, args) {
        const named = entitiesOf(args);
        const fields = ENTITY_FIELDS.filter((field) => named[field] !== undefined);
        const [field] = fields;
        if (field === undefined || fields.length > 1)
          throw new InputError('Name exactly one of user_id, agent_id, app_id and run_id.');
        const may = authorize(actor, 'memories:delete');
        const deleted = await memories.deleteEntity(may, origin, TYPE_OF[field], named[field]!);
        return { status: 'deleted' as const, deleted };
      },
    }),
  ];
}
