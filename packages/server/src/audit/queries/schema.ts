import { z } from 'zod';
import { text } from '../../http/input.ts';
import { type EventType, isEventType, SEVERITIES } from '../events.ts';
import { MOST_HOURS } from './selection.ts';

/** A whole number of a query string. `most` undefined: any that a position can be. */
function whole(least: number, most: number | undefined) {
  const error = `must be a whole number from ${least}${most === undefined ? '' : ` to ${most}`}`;
  return z
    .string({ error })
    .refine((value) => /^\d{1,15}$/.test(value), error)
    .transform(Number)
    .refine((value) => value >= least && value <= (most ?? Infinity), error)
    .meta({ type: 'integer', minimum: least, ...(most !== undefined && { maximum: most }) });
}

const hours = whole(1, MOST_HOURS)
  .default(24)
  .meta({ description: 'Only the last so many hours. Default: 24.' });

export const eventQuery = z.strictObject({
  hours,
  limit: whole(1, 1000).default(100).meta({ description: 'Default: 100.' }),
  offset: whole(0, undefined)
    .optional()
    .meta({ description: 'How many of the newest to leave out; not beside `cursor`.' }),
  cursor: text({ max: 200 }).optional().meta({ description: '`next` of the page before.' }),
  after: whole(0, undefined).optional().meta({ description: 'Only events with a greater `id`.' }),
  event_type: z
    .string()
    .refine(
      (value): value is EventType => isEventType(value),
      'must be one of those that GET /audit/events/types lists',
    )
    .optional()
    .meta({ description: 'One of those that `GET /audit/events/types` lists.' }),
  severity: z.enum(SEVERITIES, `must be one of ${SEVERITIES.join(', ')}`).optional(),
  success: z
    .enum(['true', 'false'], 'must be true or false')
    .transform((value) => value === 'true')
    .optional(),
  user_id: text({ max: 64 }).optional().meta({ description: 'The id of the account behind the actor.' }),
  namespace: text({ max: 64 })
    .optional()
    .meta({ description: 'The id of the namespace that the event names.' }),
});
export type EventQuery = z.output<typeof eventQuery>;

export const userPath = z.strictObject({
  id: text({ max: 64 }).meta({ description: 'The id of an account.' }),
});
export const statisticsQuery = z.strictObject({ hours });
export const noQuery = z.strictObject({});
