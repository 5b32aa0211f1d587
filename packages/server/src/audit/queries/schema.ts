import { z } from 'zod';
import { text } from '../../http/input.ts';
import { type EventType, isEventType, SEVERITIES } from '../events.ts';
import { MOST_HOURS } from './selection.ts';

/** A whole number of a query string. `most` undefined: any that a position can be. */
function whole(least: number, most: number | undefined) {
  const error = `must be a whole number from ${least}${most === undefined ? '' : ` to ${most}`}`;
  return z
    .string({ error })
    .regex(/^\d{1,15}$/, error)
    .transform(Number)
    .refine((value) => value >= least && value <= (most ?? Infinity), error);
}

const hours = whole(1, MOST_HOURS).default(24);

export const eventQuery = z.strictObject({
  hours,
  limit: whole(1, 1000).default(100),
  offset: whole(0, undefined).optional(),
  /** `next` of the page before. */
  cursor: text({ max: 200 }).optional(),
  /** Only events with a greater `id`. */
  after: whole(0, undefined).optional(),
  event_type: z
    .string()
    .refine(
      (value): value is EventType => isEventType(value),
      'must be one of those that GET /audit/events/types lists',
    )
    .optional(),
  severity: z.enum(SEVERITIES, `must be one of ${SEVERITIES.join(', ')}`).optional(),
  success: z
    .enum(['true', 'false'], 'must be true or false')
    .transform((value) => value === 'true')
    .optional(),
  user_id: text({ max: 64 }).optional(),
  namespace: text({ max: 64 }).optional(),
});
export type EventQuery = z.output<typeof eventQuery>;

export const userPath = z.strictObject({ id: text({ max: 64 }) });
export const statisticsQuery = z.strictObject({ hours });
export const noQuery = z.strictObject({});
