import { z } from 'zod';
import { metadata, text } from '../http/input.ts';
import { day, entityFields, filterJson } from '../memories/schema.ts';

const content = text({ max: 16 * 1024 * 1024 });

/** A message's content: text, or parts of which the text ones count. */
const messageContent = z.union([
  content,
  z
    .array(z.looseObject({ type: z.string(), text: content.optional() }))
    .min(1)
    .max(100),
]);

const message = z.looseObject({
  role: text({ max: 32 }),
  content: messageContent,
  name: text({ max: 128 }).optional(),
});

/** Seconds since 1970; the clients send whole numbers. */
const timestamp = z.number().min(-8.64e12).max(8.64e12);

/** Options that this server does not know pass through, as the clients' newer ones do: see docs/compatibility.md. */
export const mem0Add = z.looseObject({
  messages: z.union([content, z.array(message).min(1).max(100)]),
  ...entityFields,
  metadata: metadata.nullish(),
  infer: z.boolean().default(true),
  expiration_date: day.nullish(),
  timestamp: timestamp.nullish(),
  /** The Python client's option class nests the ids here. */
  filters: z.looseObject(entityFields).optional(),
});

export const mem0Search = z.looseObject({
  query: text({ max: 8192 }),
  ...entityFields,
  filters: filterJson.nullish(),
  metadata: filterJson.nullish(),
  categories: z.array(z.string()).max(100).nullish(),
  top_k: z.number().int().min(1).max(1000).default(10),
  threshold: z.number().min(0).max(1).nullish(),
  show_expired: z.boolean().default(false),
});

export const mem0List = z.looseObject({
  ...entityFields,
  filters: filterJson.nullish(),
  categories: z.array(z.string()).max(100).nullish(),
  start_date: z.string().max(40).nullish(),
  end_date: z.string().max(40).nullish(),
  show_expired: z.boolean().default(false),
});

export const mem0Page = z.looseObject({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  page_size: z.coerce.number().int().min(1).max(1000).default(100),
});

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

export const mem0DeleteAll = z.looseObject(entityFields);
export type Mem0Message = z.output<typeof message>;
