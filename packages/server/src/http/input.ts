import { z } from 'zod';
import type { Metadata } from '../json.ts';

/** A message may quote names that the caller chose. */
const LONGEST_MESSAGE = 200;

/** Input that does not fit; nothing was stored. `problems` name each field. */
export class InputError extends Error {
  readonly code: string;
  readonly problems: { path: string; message: string }[];

  constructor(message: string, problems: { path: string; message: string }[] = [], code = 'invalid_input') {
    super(message);
    this.name = 'InputError';
    this.code = code;
    this.problems = problems;
  }
}

/**
 * Parses a body or query with a schema.
 * @throws InputError that names every field at fault, never its value.
 */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value ?? {}, { reportInput: false });
  if (result.success) return result.data;
  const problems = result.error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.join('.').slice(0, LONGEST_MESSAGE),
    message: issue.message.slice(0, LONGEST_MESSAGE),
  }));
  const summary = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  throw new InputError(summary, problems);
}

/** Text that can be stored and shown again unchanged: well-formed Unicode without NUL. */
export function text(limits: { min?: number; max: number }) {
  const { min = 1, max } = limits;
  return z
    .string()
    .min(min, min === 1 ? 'must not be empty' : `must have at least ${min} characters`)
    .max(max, `must have at most ${max} characters`)
    .refine(isStorable, 'must be well-formed Unicode without NUL characters');
}

/**
 * `*` is a filter's wildcard: as a name it would be one that nobody can ask for alone. Of `.` and `..` clients make other
 * paths, so that nobody could delete them by name, and who deletes one entity after the other would stop there.
 */
export const entityId = text({ max: 128 })
  .refine((id) => id !== '*', 'must be a name, not the wildcard *')
  .refine((id) => id !== '.' && id !== '..', 'must be a name, not a step of a path');

export function isStorable(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0');
}

const METADATA_DEPTH = 8;
const METADATA_CHARACTERS = 16_384;

/**
 * Whether JSON is well-formed throughout and at most `depth` levels deep. Asked before anything else walks it: a
 * schema, or `JSON.stringify`, runs out of stack on what it is to refuse.
 */
export function storableJson(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isStorable(value);
  // JSON can spell numbers that are none afterwards (1e999), and would come back as null.
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  return Object.entries(value).every(([key, item]) => isStorable(key) && storableJson(item, depth - 1));
}

/** A JSON object of the caller's own: ≤ 16 KiB, at most eight levels deep. */
export const metadata = z
  .custom<Metadata>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object',
  )
  .refine((value) => storableJson(value, METADATA_DEPTH), {
    error: `must be well-formed, at most ${METADATA_DEPTH} levels deep`,
    abort: true,
  })
  .refine((value) => JSON.stringify(value).length <= METADATA_CHARACTERS, 'must be at most 16 KiB of JSON')
  .meta({ type: 'object', description: 'At most 16 KiB of JSON, eight levels deep.' });
