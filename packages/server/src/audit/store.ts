import { sql } from 'kysely';
import { statement } from '../database/statement.ts';

export const insertEvent = statement(
  (db, p: { seq: number; leaf: Uint8Array; skeleton: Uint8Array; private: Uint8Array | null }) =>
    db
      .insertInto('audit_events')
      .values({ seq: p.seq, leaf: p.leaf, skeleton: p.skeleton, private_sealed: p.private }),
);

export const insertTree = statement((db, p: { frontier: Uint8Array }) =>
  db.insertInto('audit_tree').values({ id: 1, frontier: p.frontier }),
);

export const updateTree = statement((db, p: { frontier: Uint8Array }) =>
  db.updateTable('audit_tree').set({ frontier: p.frontier }).where('id', '=', 1),
);

export const selectTree = statement((db, _: object) =>
  db.selectFrom('audit_tree').select('frontier').where('id', '=', 1),
);

export const insertCheckpoint = statement((db, p: { size: number; note: string; at: number }) =>
  db
    .insertInto('audit_checkpoints')
    .values({ size: p.size, note: p.note, created_at: p.at })
    .onConflict((conflict) => conflict.doNothing()),
);

export const lastCheckpoint = statement((db, _: object) =>
  db.selectFrom('audit_checkpoints').selectAll().orderBy('size', 'desc').limit(1),
);

export const checkpointsUpTo = statement((db, p: { size: number }) =>
  db
    .selectFrom('audit_checkpoints')
    .select(['size', 'note', 'created_at'])
    .where('size', '<=', p.size)
    .orderBy('size'),
);

export const eventsFrom = statement((db, p: { from: number; limit: number }) =>
  db.selectFrom('audit_events').selectAll().where('seq', '>=', p.from).orderBy('seq').limit(p.limit),
);

/** How many events there are: they are numbered from 0 without gaps. */
export const logSize = statement((db, _: object) =>
  db.selectFrom('audit_events').select(({ fn }) => fn.coalesce(fn.max('seq'), sql<number>`-1`).as('last')),
);
