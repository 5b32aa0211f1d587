import { statement } from '../database/statement.ts';

/** The feed of a subject: what changed after `after`, oldest first. Deleted memories come with no record. */
export const changesAfter = statement((db, p: { subject: number; after: number }) =>
  db
    .selectFrom('memories')
    .select(['row', 'id', 'change_seq', 'version', 'record'])
    .where('subject_id', '=', p.subject)
    .where('change_seq', '>', p.after)
    .orderBy('change_seq'),
);
