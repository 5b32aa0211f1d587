import { z } from 'zod';
import { storableJson, text } from '../http/input.ts';
import type { Json } from '../json.ts';
import { PROJECT_SETTINGS, type ProjectSettings } from '../projects/settings.ts';

const instructions = text({ min: 0, max: 16_384 }).nullable();
const JSON_DEPTH = 6;
const JSON_CHARACTERS = 16_384;

/** JSON that the clients do not say much about. */
const json = z
  .custom<Json>((value) => storableJson(value, JSON_DEPTH), {
    error: `must be well-formed, at most ${JSON_DEPTH} levels deep`,
    abort: true,
  })
  .refine((value) => JSON.stringify(value).length <= JSON_CHARACTERS, 'must be at most 16 KiB of JSON');
const list = json.refine((value) => value === null || Array.isArray(value), 'must be a list');

const settings = {
  custom_instructions: instructions,
  agent_custom_instructions: instructions,
  /** `[{name: description}]`, in Python's signature also names alone. */
  custom_categories: list,
  multilingual: z.boolean().nullable(),
  decay: z.boolean().nullable(),
  memory_depth: text({ min: 0, max: 100 }).nullable(),
  usecase_setting: json,
  retrieval_criteria: list,
  enable_graph: z.boolean().nullable(),
  version: text({ min: 0, max: 100 }).nullable(),
} satisfies Record<(typeof PROJECT_SETTINGS)[number], z.ZodType>;

/** What both clients send. A setting that is not known is refused: taken in silence, it would seem to be set. */
export const mem0ProjectUpdate = z
  .strictObject({
    ...settings,
    /** Python's client says again what the path says. */
    org_id: z.string().max(128),
    project_id: z.string().max(128),
  })
  .partial()
  .refine(
    (body) => PROJECT_SETTINGS.some((name) => body[name] !== undefined),
    `give one of ${PROJECT_SETTINGS.join(', ')}`,
  )
  .transform(({ org_id, project_id, ...changes }) => ({
    org_id,
    project_id,
    changes: changes as ProjectSettings,
  }));

const field = z.string().max(100);
/** `?fields=a&fields=b`; Python adds `org_id` and `project_id`. */
export const mem0ProjectQuery = z.looseObject({
  fields: z.union([field.transform((one) => [one]), z.array(field).max(50)]).optional(),
});

export const mem0ProjectPath = z.object({ org: z.string(), project: z.string() });
