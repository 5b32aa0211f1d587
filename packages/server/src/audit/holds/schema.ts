import { z } from 'zod';
import { text } from '../../http/input.ts';

const reason = text({ max: 500 });
const publicId = z
  .uuid('must be an id as the service shows it, not a name')
  .transform((id) => id.toLowerCase());
const moment = z.iso.datetime({
  offset: true,
  message: 'must be an ISO 8601 date-time such as 2027-01-31T12:00:00Z',
});

/** Without criteria a hold keeps every event. */
export const newHold = z
  .strictObject({
    reason,
    namespace: publicId.nullish().meta({ description: 'Only events in it, or about it.' }),
    user_id: publicId.nullish().meta({ description: 'Only what this account did, or had done to it.' }),
    from: moment.nullish().meta({ description: 'The first moment, itself included.' }),
    to: moment.nullish().meta({ description: 'The last moment, itself included.' }),
  })
  .refine(({ from, to }) => !from || !to || Date.parse(from) <= Date.parse(to), {
    path: ['to'],
    message: 'must not be before from',
  });
export type NewHold = z.output<typeof newHold>;

export const lifting = z.strictObject({ reason });
export const holdPath = z.strictObject({ id: text({ max: 64 }) });
