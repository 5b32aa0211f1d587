import { z } from 'zod';
import { parseCount } from '../checkpoint.ts';

/** A number of events, or a position among them, as it stands in a query. */
const count = z
  .string()
  .refine((value) => parseCount(value) !== undefined, 'must be a whole number, 0 or more')
  .transform(Number);

export const inclusionQuery = z.strictObject({ index: count, size: count.optional() });

export const consistencyQuery = z.strictObject({ first: count, second: count.optional() });

export const checkpointQuery = z.strictObject({
  size: count.optional(),
  format: z.enum(['note', 'json'], 'must be note or json').default('note'),
});

export const checkpointsQuery = z.strictObject({
  after: count.default(-1),
  limit: count.refine((value) => value >= 1 && value <= 1000, 'must be 1 to 1000').default(100),
});
