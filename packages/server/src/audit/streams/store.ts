import { statement } from '../../database/statement.ts';

export const streamCursor = statement((db, p: { name: string }) =>
  db.selectFrom('audit_streams').select('next_seq').where('name', '=', p.name),
);

/** Only one thread of one server delivers a stream: the later value is the right one. */
export const saveStreamCursor = statement((db, p: { name: string; next: number }) =>
  db
    .insertInto('audit_streams')
    .values({ name: p.name, next_seq: p.next })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet(({ ref }) => ({ next_seq: ref('excluded.next_seq') })),
    ),
);
