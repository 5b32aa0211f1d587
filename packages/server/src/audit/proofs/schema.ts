import { z } from 'zod';
import { parseCount } from '../checkpoint.ts';

/** A number of events, or a position among them, as it stands in a query. */
const count = z
  .string()
  .refine((value) => parseCount(value) !== undefined, 'must be a whole number, 0 or more')
  .transform(Number)
  .meta({ type: 'integer', minimum: 0 });

export const inclusionQuery = z.strictObject({
  index: count.meta({ description: 'The position of the event, from 0.' }),
  size: count.optional().meta({ description: 'The proof is that it is one of the first so many events.' }),
});

export const consistencyQuery = z.strictObject({
  first: count.meta({ description: 'How many events there were then, at least 1.' }),
  second: count
    .optional()
    .meta({ description: 'How many came to be; default: those of the newest checkpoint.' }),
});

export const checkpointQuery = z.strictObject({
  size: count.optional().meta({ description: 'Over the first so many events; default: the newest one.' }),
  format: z.enum(['note', 'json'], 'must be note or json').default('note'),
});

export const checkpointsQuery = z.strictObject({
  after: count.default(-1).meta({ description: 'Only those over more events than this.' }),
  limit: count
    .refine((value) => value >= 1 && value <= 1000, 'must be 1 to 1000')
    .default(100)
    .meta({ minimum: 1, maximum: 1000, description: 'Default: 100.' }),
});
