import { statement } from '../database/statement.ts';

const LIVE = 1;

export const feedbackOn = statement((db, p: { memory: Uint8Array; subject: number }) =>
  db
    .selectFrom('memory_feedback')
    .select(['id', 'updated_at', 'body'])
    .where('memory_id', '=', p.memory)
    .where('subject_id', '=', p.subject),
);

export const deleteFeedback = statement((db, p: { memory: Uint8Array }) =>
  db.deleteFrom('memory_feedback').where('memory_id', '=', p.memory),
);

/** One row while the memory is alive and this subject's. */
export const aliveOf = statement((db, p: { memory: Uint8Array; subject: number }) =>
  db
    .selectFrom('memories')
    .select('id')
    .where('id', '=', p.memory)
    .where('subject_id', '=', p.subject)
    .where('state', '=', LIVE),
);

interface Given {
  memory: Uint8Array;
  id: string;
  subject: number;
  at: number;
  body: Uint8Array;
}

export const insertFeedback = statement((db, p: Given) =>
  db
    .insertInto('memory_feedback')
    .values({ memory_id: p.memory, id: p.id, subject_id: p.subject, updated_at: p.at, body: p.body }),
);

export const deleteFeedbackOf = statement((db, p: { namespace: number }) =>
  db
    .deleteFrom('memory_feedback')
    .where(
      'subject_id',
      'in',
      db.selectFrom('subjects').select('id').where('namespace_id', '=', p.namespace),
    ),
);
