import { z } from 'zod';
import { authorize } from '../access/actor.ts';
import { entityId, text } from '../http/input.ts';
import { fenced } from '../mcp/fence.ts';
import { type Prompt, prompt } from '../mcp/prompt.ts';
import { entitiesOf } from './routes.ts';
import type { MemoryService } from './service.ts';
import { shown } from './tool-schema.ts';
import { whose } from './whose.ts';

const RECALLED = 10;
const user_id = entityId.optional().describe("Whose memories: a user's id. Left out: the caller's own.");

/** Prompts that a person picks in a host: what is known about something, and keep what matters of this. */
export function memoryPrompts(memories: MemoryService): Prompt[] {
  return [
    prompt({
      name: 'recall',
      title: 'Recall',
      description: 'Puts what is remembered about a topic into the conversation.',
      input: z.strictObject({
        topic: text({ max: 8192 }).describe('What to recall, in plain words.'),
        user_id,
      }),
      async message(caller, args) {
        const actor = authorize(caller.actor, 'memories:read');
        const where = { entities: whose(caller, entitiesOf(args)) };
        const query = { text: args.topic, topK: RECALLED };
        const found = await memories.search(actor, caller.origin, where, query);
        return `Use what was remembered about this topic where it helps: ${args.topic}\n\n${fenced({ results: found.memories.map(shown) })}`;
      },
    }),

    prompt({
      name: 'save',
      title: 'Save',
      description: 'Asks the model to keep what of this conversation will matter later.',
      input: z.strictObject({
        about: text({ max: 8192 }).optional().describe('Only what concerns this.'),
        user_id,
      }),
      async message(_caller, { about, user_id }) {
        const of = about === undefined ? '' : ` Only what concerns this: ${about}`;
        const whom = user_id === undefined ? '' : ` Pass user_id ${JSON.stringify(user_id)}.`;
        return (
          'Save what of this conversation will still matter in a later one: preferences, decisions with their ' +
          'reasons, facts about people and projects. Call add_memory once for each, as one plain sentence that can ' +
          `be understood alone. Leave out secrets, small talk, and what search_memories finds already.${whom}${of}`
        );
      },
    }),
  ];
}
