import { statement } from '../../database/statement.ts';

/** The public parts in order of position; empty where an event was removed. */
export const skeletonsFrom = statement((db, p: { from: number; limit: number }) =>
  db
    .selectFrom('audit_events')
    .select(['seq', 'skeleton'])
    .where('seq', '>=', p.from)
    .orderBy('seq')
    .limit(p.limit),
);
export type SkeletonRow = { seq: number; skeleton: Uint8Array };

export const eventAt = statement((db, p: { seq: number }) =>
  db.selectFrom('audit_events').selectAll().where('seq', '=', p.seq),
);
