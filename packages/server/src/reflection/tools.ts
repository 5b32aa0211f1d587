import { z } from 'zod';
import { authorize } from '../access/actor.ts';
import { type Tool, type ToolCaller, tool } from '../mcp/tool.ts';
import { entitiesOf } from '../memories/routes.ts';
import type { MemoryService } from '../memories/service.ts';
import { entityArguments } from '../memories/tool-schema.ts';
import { whose } from '../memories/whose.ts';
import { reflect } from './reflect.ts';
import { suggestions } from './suggestions.ts';

const { user_id } = entityArguments;
/** How many of the newest memories a suggestion looks at. */
const LOOKED_AT = 100;
const counted = <N extends string>(name: N) =>
  z.array(z.object({ [name]: z.string(), count: z.int() } as Record<N | 'count', z.ZodType>));

/** The reflection tools of MCP-MITM-Mem0. They count words; no model is asked, and nothing is stored. */
export function reflectionTools(memories: MemoryService): Tool[] {
  const newest = async (caller: ToolCaller, args: { user_id?: string | undefined }, limit: number) => {
    const actor = authorize(caller.actor, 'memories:read');
    const where = { entities: whose(caller, entitiesOf(args)) };
    const found = await memories.list(actor, caller.origin, where, { offset: 0, limit });
    return found.memories.map(({ text }) => text);
  };

  return [
    tool({
      name: 'analyze_conversations',
      title: 'Analyse recent conversations',
      description:
        'Counts what stands out in the newest memories: questions asked often, topics, ways of solving problems.',
      effect: 'reads',
      input: z.strictObject({
        user_id,
        limit: z.int().min(1).max(1000).default(20).describe('How many of the newest memories to look at.'),
      }),
      output: z.object({
        analyzed: z
          .int()
          .describe('How many memories were looked at: fewer than asked for where they are long.'),
        frequent_questions: counted('question'),
        focus_areas: counted('topic'),
        problem_solving_patterns: counted('pattern'),
      }),
      example: { user_id: 'ann', limit: 20 },
      async run(caller, args) {
        const texts = await newest(caller, args, args.limit);
        const { analyzed, questions, focus, patterns } = reflect(texts);
        return {
          analyzed,
          frequent_questions: questions,
          focus_areas: focus,
          problem_solving_patterns: patterns,
        };
      },
    }),

    tool({
      name: 'suggest_next_actions',
      title: 'Suggest next actions',
      description: 'Suggests at most ten things to do next, from what stands out in the newest memories.',
      effect: 'reads',
      input: z.strictObject({ user_id }),
      output: z.object({ suggestions: z.array(z.string()).max(10) }),
      example: { user_id: 'ann' },
      async run(caller, args) {
        return { suggestions: suggestions(reflect(await newest(caller, args, LOOKED_AT))) };
      },
    }),
  ];
}
