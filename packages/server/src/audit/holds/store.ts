import { type Statement, statement } from '../../database/statement.ts';

/** Rows are never deleted: how many there are says whether a hold came since they were read. */
export const allHolds = statement((db, _: object) =>
  db.selectFrom('audit_holds').selectAll().orderBy('created_at').orderBy('id'),
);
export type HoldRow = typeof allHolds extends Statement<object, infer R> ? R : never;

export const holdById = statement((db, p: { id: string }) =>
  db.selectFrom('audit_holds').selectAll().where('id', '=', p.id),
);

export const insertHold = statement((db, p: { id: string; sealed: Uint8Array; at: number }) =>
  db.insertInto('audit_holds').values({ id: p.id, sealed: p.sealed, created_at: p.at, lifted_at: null }),
);

export const liftHold = statement((db, p: { id: string; sealed: Uint8Array; at: number }) =>
  db
    .updateTable('audit_holds')
    .set({ sealed: p.sealed, lifted_at: p.at })
    .where('id', '=', p.id)
    .where('lifted_at', 'is', null),
);

/** One row while fewer than `most` holds are in force. */
export const roomForHold = statement((db, p: { most: number }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('room'))
    .where(({ eb }) =>
      eb(
        db
          .selectFrom('audit_holds')
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .where('lifted_at', 'is', null),
        '<',
        p.most,
      ),
    ),
);

/** One row while there are as many holds, lifted ones included, as were read. */
export const noFurtherHold = statement((db, p: { known: number }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('same'))
    .where(({ eb }) =>
      eb(
        db.selectFrom('audit_holds').select(({ fn }) => fn.countAll<number>().as('n')),
        '=',
        p.known,
      ),
    ),
);
