import { type Statement, statement } from '../database/statement.ts';

export const insertMail = statement((db, p: { publicId: string; sealed: Uint8Array; at: number }) =>
  db.insertInto('mail_queue').values({
    public_id: p.publicId,
    sealed: p.sealed,
    attempts: 0,
    next_at: p.at,
    created_at: p.at,
  }),
);

/** What is due, the longest waiting first. */
export const dueMails = statement((db, p: { now: number; limit: number }) =>
  db
    .selectFrom('mail_queue')
    .select(['id', 'public_id', 'sealed', 'attempts', 'created_at'])
    .where('next_at', '<=', p.now)
    .orderBy('next_at')
    .orderBy('id')
    .limit(p.limit),
);
export type DueMail = typeof dueMails extends Statement<{ now: number; limit: number }, infer R> ? R : never;

/** Takes a mail for one try, unless another process took it since it was read. */
export const claimMail = statement((db, p: { id: number; attempts: number; now: number; until: number }) =>
  db
    .updateTable('mail_queue')
    .set(({ eb }) => ({ attempts: eb('attempts', '+', 1), next_at: p.until }))
    .where('id', '=', p.id)
    .where('attempts', '=', p.attempts)
    .where('next_at', '<=', p.now),
);

/** Sets the next try, unless another process took the mail after this one's time was over. */
export const postponeMail = statement((db, p: { id: number; attempts: number; next: number }) =>
  db
    .updateTable('mail_queue')
    .set({ next_at: p.next })
    .where('id', '=', p.id)
    .where('attempts', '=', p.attempts),
);

export const deleteMail = statement((db, p: { id: number }) =>
  db.deleteFrom('mail_queue').where('id', '=', p.id),
);
