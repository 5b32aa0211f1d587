import { z } from 'zod';
import { entityId, metadata, text } from '../http/input.ts';
import { ENTITY_FIELDS } from '../memories/memory.ts';
import { day, entityFields, filterJson } from '../memories/schema.ts';

const content = text({ max: 16 * 1024 * 1024 });

/** A message's content: text, or parts of which the text ones count; null where an assistant only called tools. */
const messageContent = z.union([
  content,
  z
    .array(z.looseObject({ type: z.string(), text: content.optional() }))
    .min(1)
    .max(100),
  z.null(),
]);

const message = z.looseObject({
  role: text({ max: 32 }),
  content: messageContent,
  name: text({ max: 128 }).optional(),
});
export type Mem0Message = z.output<typeof message>;

/** Milliseconds, from seconds since 1970 or an ISO 8601 time with an offset: the clients send either. */
const timestamp = z.union([
  z
    .number()
    .min(-8.64e12)
    .max(8.64e12)
    .transform((seconds) => Math.round(seconds * 1000)),
  z.iso.datetime({ offset: true }).transform((time) => Date.parse(time)),
]);

/** The ids as JavaScript spells them: they would be passed over in silence, and more be found or deleted than meant. */
export const misspelt = Object.fromEntries(
  ENTITY_FIELDS.map((field) => {
    const camel = field.replace('_id', 'Id');
    return [camel, z.undefined({ error: `is not known here: write ${field}` }).optional()];
  }),
);

/** The ids of a request, beside what else is in it. */
export const entities = { ...entityFields, ...misspelt };

/** Options that have no effect here, checked all the same: docs/compatibility.md. */
const searchOptions = {
  rerank: z.boolean().nullish(),
  keyword_search: z.boolean().nullish(),
  latest_only: z.boolean().nullish(),
  reference_date: z.union([z.string().max(40), z.number()]).nullish(),
};
/** Names of fields of the answer; those that a memory does not have are none of it. */
const fields = z
  .array(text({ max: 64 }))
  .max(50)
  .nullish();
const showExpired = z
  .boolean()
  .nullish()
  .transform((shown) => shown ?? false);
const categories = z
  .array(text({ max: 100 }))
  .max(100)
  .nullish();
const moment = z.string().max(40).nullish();
const topK = z.number().int().min(1).max(1000);

/** Options that this server does not know pass through, as the clients' newer ones do. */
export const mem0Add = z.looseObject({
  messages: z.union([content, z.array(message).min(1).max(100)]),
  ...entities,
  metadata: metadata.nullish(),
  infer: z.boolean().default(true),
  expiration_date: day.nullish(),
  timestamp: timestamp.nullish(),
  output_format: z.string().max(16).nullish(),
  /** The Python client's option class nests the ids here. */
  filters: z.looseObject(entities).optional(),
});

/** `limit` is what older clients call `top_k`. */
export const mem0Search = z.looseObject({
  query: text({ max: 8192 }),
  ...entities,
  filters: filterJson.nullish(),
  metadata: filterJson.nullish(),
  categories,
  top_k: topK.nullish(),
  limit: topK.nullish(),
  threshold: z.number().min(0).max(1).nullish(),
  show_expired: showExpired,
  fields,
  output_format: z.string().max(16).nullish(),
  ...searchOptions,
});

export const mem0List = z.looseObject({
  ...entities,
  filters: filterJson.nullish(),
  categories,
  start_date: moment,
  end_date: moment,
  show_expired: showExpired,
  fields,
  latest_only: searchOptions.latest_only,
});

const page = z.coerce.number().int().min(1).max(1_000_000);
const pageSize = z.coerce.number().int().min(1).max(1000);

export const mem0Page = z.looseObject({ page: page.default(1), page_size: pageSize.default(100) });

/** Clients before the third version wrote their organisation into every query. */
const ownProject = Object.fromEntries(
  ['org_id', 'project_id', 'org_name', 'project_name'].map((name) => [name, text({ max: 128 }).optional()]),
);

/** A narrower question than can be asked is refused: its answer would hold more than was asked for. */
export const mem0Events = z.strictObject({
  page: page.default(1),
  page_size: pageSize.max(100).default(50),
  ...ownProject,
});

/** One value of a query, or the same key repeated. */
const several = z
  .union([text({ max: 100 }), z.array(text({ max: 100 })).max(100)])
  .transform((values) => [values].flat())
  .optional();

/** JSON within a query, as the first clients sent their metadata. */
const jsonObject = text({ max: 16_384 })
  .transform((json, context) => {
    try {
      return JSON.parse(json) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a JSON object' });
      return z.NEVER;
    }
  })
  .pipe(filterJson)
  .optional();

/** The first version's list. With `page` or `page_size` its answer is a page, else a bare array. */
export const mem0OldList = z.looseObject({
  ...entities,
  metadata: jsonObject,
  categories: several,
  fields: several,
  keywords: text({ max: 200 }).optional(),
  start_date: moment,
  end_date: moment,
  show_expired: z.stringbool().default(false),
  page: page.optional(),
  page_size: pageSize.optional(),
  limit: pageSize.optional(),
  top_k: pageSize.optional(),
  output_format: z.string().max(16).optional(),
  ...ownProject,
});

/** Whether the second version's list was asked for pages. */
export const mem0OldPage = z.looseObject({ page: page.optional(), page_size: pageSize.optional() });

export const mem0Update = z
  .looseObject({
    text: content.optional(),
    metadata: metadata.optional(),
    timestamp: timestamp.optional(),
    expiration_date: day.nullable().optional(),
  })
  .refine(
    (body) => ['text', 'metadata', 'timestamp', 'expiration_date'].some((key) => key in body),
    'give text, metadata, timestamp or expiration_date',
  );

/** There are no linked memories here: the option is understood and finds none. */
export const mem0Delete = z.looseObject({ delete_linked: z.stringbool().default(false) });

/** A narrowing that is not understood would delete more than was meant, so nothing else passes. */
export const mem0DeleteAll = z.strictObject({ ...entities, ...ownProject });

/** What stands beside the path of an entity that is deleted, or in the body of a deletion: nothing that could narrow it. */
export const mem0Beside = z.strictObject(ownProject, 'nothing here can narrow a deletion');

const MOST_IN_A_BATCH = 1000;
const batch = <T extends z.ZodRawShape>(shape: T) =>
  z
    .array(z.looseObject({ memory_id: text({ max: 128 }), ...shape }))
    .min(1)
    .max(MOST_IN_A_BATCH);

export const mem0BatchUpdate = z.looseObject({
  memories: batch({ text: content.optional(), metadata: metadata.optional() }).refine(
    (memories) => memories.every((one) => one.text !== undefined || one.metadata !== undefined),
    'give text or metadata for each memory',
  ),
});

export const mem0BatchDelete = z.looseObject({ memories: batch({}) });

export const mem0Entity = z.strictObject({
  type: z.enum(['user', 'agent', 'app', 'run'], 'must be user, agent, app or run'),
  name: entityId,
});
