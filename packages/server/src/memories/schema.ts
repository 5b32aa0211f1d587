import { z } from 'zod';
import { entityId, metadata, storableJson, text } from '../http/input.ts';

/** Entity ids beside a native request; a key without entities must give at least one. */
export const entityFields = {
  user_id: entityId.optional(),
  agent_id: entityId.optional(),
  app_id: entityId.optional(),
  run_id: entityId.optional(),
};

const FILTER_DEPTH = 16;
/** The shape is checked where filters are parsed; here only that walking it is safe. */
export const filterJson = z
  .custom<Record<string, unknown>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object',
  )
  .refine((value) => storableJson(value, FILTER_DEPTH), 'must be well-formed and not nested so deeply')
  .meta({
    type: 'object',
    description: 'Fields and operators, with AND, OR and NOT; see docs/compatibility.md.',
  });

/** A UTC day. */
export const day = z.iso.date('must be a date of the form YYYY-MM-DD');

/** Characters, as a first bound; the exact one is in bytes and a setting. */
const content = text({ max: 16 * 1024 * 1024 });

export const newMemory = z.strictObject({
  content,
  ...entityFields,
  thread_id: text({ max: 128 }).optional(),
  role: text({ max: 32 }).optional(),
  speaker: text({ max: 128 }).optional(),
  metadata: metadata.optional(),
  categories: z
    .array(text({ max: 100 }))
    .max(20)
    .optional(),
  /** When it happened, ISO 8601 with an offset. */
  timestamp: z.iso.datetime({ offset: true }).optional(),
  expires_on: day.optional(),
});

export const memoryChanges = z
  .strictObject({
    content: content.optional(),
    metadata: metadata.optional(),
    expires_on: day.nullable().optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'give content, metadata or expires_on');

export const listQuery = z.strictObject({
  ...entityFields,
  thread_id: text({ max: 128 }).optional(),
  top_k: z.coerce.number().int().min(1).max(1000).default(20),
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
  show_expired: z
    .stringbool()
    .default(false)
    .meta({ enum: ['true', 'false'], description: 'Default: false.' }),
});

export const searchBody = z.strictObject({
  query: text({ max: 8192 }),
  ...entityFields,
  thread_id: text({ max: 128 }).optional(),
  filters: filterJson.optional(),
  top_k: z.number().int().min(1).max(1000).default(10),
  threshold: z.number().min(0).max(1).optional(),
  show_expired: z.boolean().default(false),
});

const memoryId = z.uuid('must be the id of a memory').toLowerCase();
/** The service asks for each once, in any spelling. */
const batch = <T extends z.ZodType>(of: T) =>
  z.array(of).min(1, 'must hold at least one').max(1000, 'must hold at most 1000');

export const batchChanges = z.strictObject({
  memories: batch(
    z
      .strictObject({ id: memoryId, content: content.optional(), metadata: metadata.optional() })
      .refine((change) => Object.keys(change).length > 1, 'give content or metadata'),
  ),
});

export const batchIds = z.strictObject({ ids: batch(memoryId) });

const entityType = z.enum(['user', 'agent', 'app', 'run']);

export const entityQuery = z.strictObject({
  type: entityType.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
});

/** Beside the path of an entity that is deleted: what was meant to narrow it would be passed over. */
export const nothingBeside = z.strictObject({});

export const entityParameters = z.strictObject({ type: entityType, name: entityId });
