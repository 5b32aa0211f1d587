import { z } from 'zod';
import { entityId, metadata, text } from '../http/input.ts';
import { day } from '../memories/schema.ts';
import { mem0Add } from './mem0-schema.ts';

/*
 * Bodies of the simple endpoints. Unlike those of mem0 they name no option that has no effect here, so a field that is
 * not known is refused: in `/forget` it could be one that was meant to narrow.
 */

const user_id = entityId;

export const simpleSearch = z.strictObject({
  user_id,
  query: text({ max: 8192 }),
  limit: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .nullish()
    .transform((limit) => limit ?? 10),
});

export const simpleList = z.strictObject({ user_id });

export const simpleRemember = z.strictObject({
  user_id,
  messages: mem0Add.shape.messages,
  metadata: metadata.nullish(),
  run_id: entityId.nullish(),
  tags: z
    .array(text({ max: 100 }))
    .max(20)
    .nullish(),
  /** A memory is found until the end of the day (UTC) that this names or falls on. */
  expires_at: z
    .union([day, z.iso.datetime({ offset: true })], 'must be a date, or a date-time with its offset')
    .refine((value) => !value.includes('T') || Date.parse(value) > Date.now(), 'must not be past')
    .nullish(),
});

export const simpleForget = z
  .strictObject({
    user_id,
    memory_id: text({ max: 64 }).nullish(),
    confirm: z.literal('all', 'must be "all"').nullish(),
  })
  .refine(({ memory_id, confirm }) => memory_id != null || confirm === 'all', {
    path: ['confirm'],
    message: 'give memory_id, or confirm: "all" to forget everything of this user',
  })
  .refine(({ memory_id, confirm }) => memory_id == null || confirm == null, {
    path: ['confirm'],
    message: 'give memory_id or confirm, not both',
  });
