import { z } from 'zod';
import { authorize, can } from '../access/actor.ts';
import { InputError } from '../http/input.ts';
import { type Tool, tool } from '../mcp/tool.ts';
import { contentsOf } from './messages.ts';
import { entitiesOf } from './routes.ts';
import type { Changes, MemoryService } from './service.ts';
import {
  content,
  entityArguments,
  lastDay,
  memoryId,
  memoryOutput,
  messages,
  metadataArgument,
  screeningOutput,
  shown,
  withoutEffect,
} from './tool-schema.ts';
import { whose } from './whose.ts';

/** Tools that store, change and end memories, with the names and arguments of mem0's hosted MCP server. */
export function changingTools(memories: MemoryService): Tool[] {
  return [
    tool({
      name: 'add_memory',
      title: 'Save to memory',
      description:
        'Stores a preference, a fact or a piece of conversation for later. Give text, or messages for several turns.',
      effect: 'adds',
      input: z.strictObject({
        text: content.optional().describe('What to remember, as one plain sentence.'),
        messages: messages.optional(),
        ...entityArguments,
        metadata: metadataArgument.optional(),
        expiration_date: lastDay.optional(),
        infer: withoutEffect,
        enable_graph: withoutEffect,
      }),
      output: z.object({
        results: z.array(
          z.object({ id: z.string(), memory: z.string(), event: z.string(), screening: screeningOutput }),
        ),
      }),
      example: { text: 'Ann prefers tea to coffee.', user_id: 'ann' },
      async run(caller, args) {
        const actor = authorize(caller.actor, 'memories:write');
        const given = args.messages ?? args.text;
        if (given === undefined || (args.messages !== undefined && args.text !== undefined))
          throw new InputError('Say what to remember: give text, or messages, and not both.');
        const contents = contentsOf(given, {
          metadata: args.metadata ?? {},
          ...(args.expiration_date !== undefined && { expiresOn: args.expiration_date }),
        });
        const entities = whose(caller, entitiesOf(args));
        const added = await memories.add(actor, caller.origin, entities, contents);
        return {
          results: added.map(({ id, memory, screening }) => ({
            id,
            memory: memory.text,
            event: 'ADD',
            screening,
          })),
        };
      },
    }),

    tool({
      name: 'update_memory',
      title: 'Change a memory',
      description: "Replaces a memory's text, its metadata or its last day; what is left out stays.",
      effect: 'changes',
      input: z
        .strictObject({
          memory_id: memoryId,
          text: content.optional().describe('The new text.'),
          metadata: metadataArgument.optional(),
          expiration_date: lastDay.optional(),
        })
        .refine(
          ({ text, metadata, expiration_date }) => (text ?? metadata ?? expiration_date) !== undefined,
          'give text, metadata or expiration_date',
        ),
      output: z.object({
        id: z.string(),
        version: z.int(),
        screening: screeningOutput,
        memory: memoryOutput.optional(),
      }),
      example: { memory_id: '01890000-0000-7000-8000-000000000000', text: 'Ann prefers green tea.' },
      async run({ actor, origin }, { memory_id, text, metadata, expiration_date }) {
        const changes: Changes = {
          ...(text !== undefined && { text }),
          ...(metadata !== undefined && { metadata }),
          ...(expiration_date !== undefined && { expiresOn: expiration_date }),
        };
        const may = authorize(actor, 'memories:write');
        const { id, version, screening, memory } = await memories.update(may, origin, memory_id, changes);
        // Who may only write does not read the rest of the memory by changing a part of it.
        return { id, version, screening, ...(can(actor, 'memories:read') && { memory: shown(memory) }) };
      },
    }),

    tool({
      name: 'delete_memory',
      title: 'Delete a memory',
      description: 'Deletes one memory and every earlier version of it. It cannot be undone.',
      effect: 'deletes',
      input: z.strictObject({ memory_id: memoryId }),
      output: z.object({ status: z.literal('deleted'), memory_id: z.string() }),
      example: { memory_id: '01890000-0000-7000-8000-000000000000' },
      async run({ actor, origin }, { memory_id }) {
        await memories.delete(authorize(actor, 'memories:delete'), origin, memory_id);
        return { status: 'deleted' as const, memory_id };
      },
    }),

    tool({
      name: 'delete_all_memories',
      title: 'Delete all memories of somebody',
      description:
        'Deletes every memory of the user, agent, app or run that is named. It cannot be undone: ask first.',
      effect: 'deletes',
      input: z.strictObject({ ...entityArguments }),
      output: z.object({ deleted: z.int().describe('How many memories.') }),
      example: { user_id: 'ann' },
      async run({ actor, origin }, args) {
        const where = { entities: entitiesOf(args) };
        return { deleted: await memories.deleteMatching(authorize(actor, 'memories:delete'), origin, where) };
      },
    }),
  ];
}
