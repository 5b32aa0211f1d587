import { statement } from '../../database/statement.ts';

/** What a removed event leaves in the place of its public part. */
export const NOTHING = new Uint8Array(0);

/** Events that were not removed, from a position up to (not with) `end`, without their private parts. */
export const keptEvents = statement(
  (db, p: { from: number; end: number; limit: number; nothing: Uint8Array }) =>
    db
      .selectFrom('audit_events')
      .select(['seq', 'leaf', 'skeleton'])
      .where('seq', '>=', p.from)
      .where('seq', '<', p.end)
      .where('skeleton', '!=', p.nothing)
      .orderBy('seq')
      .limit(p.limit),
);

/** One row while all `count` events of a range are there. */
export const allKept = statement(
  (db, p: { first: number; last: number; count: number; nothing: Uint8Array }) =>
    db
      .selectNoFrom(({ lit }) => lit(1).as('kept'))
      .where(({ eb }) =>
        eb(
          db
            .selectFrom('audit_events')
            .select(({ fn }) => fn.countAll<number>().as('n'))
            .where('seq', '>=', p.first)
            .where('seq', '<=', p.last)
            .where('skeleton', '!=', p.nothing),
          '=',
          p.count,
        ),
      ),
);

/** Takes events out of the log; their leaves stay. */
export const removeEvents = statement((db, p: { first: number; last: number; nothing: Uint8Array }) =>
  db
    .updateTable('audit_events')
    .set({ skeleton: p.nothing, private_sealed: null })
    .where('seq', '>=', p.first)
    .where('seq', '<=', p.last)
    .where('skeleton', '!=', p.nothing),
);
