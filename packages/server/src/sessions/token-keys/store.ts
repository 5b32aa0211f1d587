import { type Statement, statement } from '../../database/statement.ts';

/** Those that may verify, newest first. */
export const standingKeys = statement((db, p: { since: number }) =>
  db
    .selectFrom('token_keys')
    .select(['id', 'sealed', 'retired_at'])
    .where(({ or, eb }) => or([eb('retired_at', 'is', null), eb('retired_at', '>', p.since)]))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc'),
);
export type TokenKeyRow = typeof standingKeys extends Statement<{ since: number }, infer R> ? R : never;

/** One row while no key signs. */
export const noneSigns = statement((db, _: object) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('none'))
    .where(({ not, exists }) =>
      not(exists(db.selectFrom('token_keys').select('id').where('retired_at', 'is', null))),
    ),
);

export const retireKeys = statement((db, p: { at: number }) =>
  db.updateTable('token_keys').set({ retired_at: p.at }).where('retired_at', 'is', null),
);

export const insertTokenKey = statement(
  (db, p: { id: string; sealed: Uint8Array; publicKey: string; at: number }) =>
    db.insertInto('token_keys').values({
      id: p.id,
      sealed: p.sealed,
      public_key: p.publicKey,
      created_at: p.at,
      retired_at: null,
    }),
);
