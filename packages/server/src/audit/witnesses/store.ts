import { statement } from '../../database/statement.ts';

/** Checkpoints of these sizes, both included. */
export const checkpointsBetween = statement((db, p: { first: number; last: number }) =>
  db
    .selectFrom('audit_checkpoints')
    .select(['size', 'note'])
    .where('size', '>=', p.first)
    .where('size', '<=', p.last),
);
