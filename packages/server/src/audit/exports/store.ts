import { sql } from 'kysely';
import { statement } from '../../database/statement.ts';

/** How many events were signed before a time (epoch milliseconds): none of them is of that time or later. */
export const signedBefore = statement((db, p: { at: number }) =>
  db
    .selectFrom('audit_checkpoints')
    .select(({ fn }) => fn.coalesce(fn.max('size'), sql<number>`0`).as('size'))
    .where('created_at', '<', p.at),
);
