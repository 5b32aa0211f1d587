import { z } from 'zod';
import type { Actor } from '../access/actor.ts';
import { parse } from '../http/input.ts';
import type { Origin } from '../http/origin.ts';

/** Who calls a tool, and through which request: from the credential and the headers, never from an argument. */
export interface ToolCaller {
  actor: Actor;
  origin: Origin;
  /** Whose memories a caller that may name anybody means when it names nobody. */
  defaultUser?: string;
}

/** What a tool does to what is stored, for the hints that a host shows before it asks a person. */
type Effect = 'reads' | 'adds' | 'changes' | 'deletes';

const HINTS: Record<Effect, { readOnlyHint: boolean; destructiveHint: boolean; idempotentHint: boolean }> = {
  reads: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  adds: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
  // What an update overwrites stays in the history, but nobody finds it any more.
  changes: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
  deletes: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
};

type JsonSchema = { type: 'object'; [keyword: string]: unknown };

/** A tool as `tools/list` shows it (MCP 2026-07-28, "Tools"); made once, at the start. */
export interface ListedTool {
  name: string;
  title: string;
  description: string;
  inputSchema: JsonSchema;
  outputSchema: JsonSchema;
  annotations: (typeof HINTS)[Effect] & { title: string; openWorldHint: false };
}

export interface Tool {
  readonly listed: ListedTool;
  /** Arguments that work, for the error that says how to call it right. */
  readonly example: object;
  /** @throws what the service throws, InputError for arguments that do not fit */
  call(caller: ToolCaller, args: unknown): Promise<Record<string, unknown>>;
}

interface Definition<I extends z.ZodObject, O extends z.ZodObject> {
  name: string;
  title: string;
  description: string;
  effect: Effect;
  input: I;
  output: O;
  example: z.input<I>;
  run(caller: ToolCaller, args: z.output<I>): Promise<z.input<O>>;
}

/** A tool of a slice. Its schemas become JSON Schema here, not once a request. */
export function tool<I extends z.ZodObject, O extends z.ZodObject>(definition: Definition<I, O>): Tool {
  const { name, title, description, effect, input, output, example, run } = definition;
  return {
    listed: Object.freeze<ListedTool>({
      name,
      title,
      description,
      inputSchema: jsonSchema(input, 'input'),
      outputSchema: jsonSchema(output, 'output'),
      annotations: { title, ...HINTS[effect], openWorldHint: false },
    }),
    example,
    call: (caller, args) => run(caller, parse(input, withoutNulls(args))),
  };
}

/** Hosts send null for an argument that the model left out. */
function withoutNulls(args: unknown): unknown {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return args;
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
}

/** Keywords that draft 7 and draft 2020-12 read alike: clients of both protocol eras validate with it. */
function jsonSchema(schema: z.ZodObject, io: 'input' | 'output'): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io,
    unrepresentable: 'any',
    // A client that remembers this schema must still take the answer of a newer server.
    override: ({ jsonSchema }) => {
      if (io === 'output') delete jsonSchema.additionalProperties;
    },
  });
  return rest as JsonSchema;
}
