import type { z } from 'zod';
import { parse } from '../http/input.ts';
import type { ToolCaller } from './tool.ts';

/** A prompt as `prompts/list` shows it; its arguments are texts. */
export interface ListedPrompt {
  name: string;
  title: string;
  description: string;
  arguments: { name: string; description: string; required: boolean }[];
}

export interface Prompt {
  readonly listed: ListedPrompt;
  /** The message that a host puts into the conversation. @throws InputError, and what the service throws */
  message(caller: ToolCaller, args: unknown): Promise<string>;
}

export function prompt<I extends z.ZodObject>(definition: {
  name: string;
  title: string;
  description: string;
  input: I;
  message(caller: ToolCaller, args: z.output<I>): Promise<string>;
}): Prompt {
  const { name, title, description, input, message } = definition;
  const fields = Object.entries(input.shape) as [string, z.ZodType][];
  return {
    listed: Object.freeze({
      name,
      title,
      description,
      arguments: fields.map(([field, type]) => ({
        name: field,
        description: type.description ?? '',
        required: !type.safeParse(undefined).success,
      })),
    }),
    message: (caller, args) => message(caller, parse(input, args)),
  };
}
