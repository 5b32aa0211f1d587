import { z } from 'zod';
import { moment } from '../../http/describe.ts';

const account = z.string().meta({ description: 'The id of an account.' });

export const legalHold = z
  .object({
    id: z.uuid(),
    reason: z.string(),
    namespace: z.string().nullable(),
    user_id: account.nullable(),
    from: moment.nullable(),
    to: moment.nullable(),
    placed_at: moment,
    placed_by: account,
    lifted_at: moment.nullable().meta({ description: 'Null while it is in force.' }),
    lifted_by: account.nullable(),
    lift_reason: z.string().nullable(),
  })
  .meta({ id: 'LegalHold' });

export const holdList = z.object({ holds: z.array(legalHold) });
