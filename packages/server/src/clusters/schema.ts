import { z } from 'zod';
import { entityId, text } from '../http/input.ts';

const topic = text({ max: 200 });
const category = text({ max: 100 });
const summary = text({ max: 4000 });
/** As memories know their ids: in lower case. */
const memoryIds = z
  .array(z.uuid('must be the id of a memory').toLowerCase())
  .min(1, 'must hold at least one id')
  .max(1000, 'must hold at most 1000 ids')
  .refine((ids) => new Set(ids).size === ids.length, 'must not hold an id twice');

export const newCluster = z.strictObject({
  user_id: entityId.optional(),
  topic,
  category: category.nullable().optional(),
  memory_ids: memoryIds,
  summary: summary.nullable().optional(),
});
export type NewCluster = z.output<typeof newCluster>;

export const clusterChanges = z
  .strictObject({
    topic: topic.optional(),
    category: category.nullable().optional(),
    memory_ids: memoryIds.optional(),
    summary: summary.nullable().optional(),
  })
  .refine(
    (changes) => Object.values(changes).some((value) => value !== undefined),
    'give topic, category, memory_ids or summary',
  );
export type ClusterChanges = z.output<typeof clusterChanges>;

export const listQuery = z.strictObject({
  user_id: entityId.optional(),
  topic: topic.optional(),
  category: category.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  after: z.uuid('must be the next of the page before').toLowerCase().optional(),
});
export type ClusterQuery = z.output<typeof listQuery>;
