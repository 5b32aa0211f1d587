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

/** How much of the end of a public part holds its type. */
export const LONGEST_END = 96;

/** Only the end of each public part: whoever looks at every event as it comes need not read most of them whole. */
export const eventEndsFrom = statement((db, p: { from: number; limit: number }) =>
  db
    .selectFrom('audit_events')
    .select([
      'seq',
      sql<Uint8Array>`case when length(skeleton) > ${sql.lit(LONGEST_END)} then substr(skeleton, length(skeleton) - ${sql.lit(LONGEST_END - 1)}) else skeleton end`.as(
        'end',
      ),
    ])
    .where('seq', '>=', p.from)
    .orderBy('seq')
    .limit(p.limit),
);

/** Public parts alone: a pass over the whole log reads these in half the time of whole rows. */
export const publicPartsFrom = statement((db, p: { from: number; limit: number }) =>
  db
    .selectFrom('audit_events')
    .select(['seq', 'skeleton'])
    .where('seq', '>=', p.from)
    .orderBy('seq')
    .limit(p.limit),
);

/** How many events there are: they are numbered from 0 without gaps. */
export const logSize = statement((db, _: object) =>
  db.selectFrom('audit_events').select(({ fn }) => fn.coalesce(fn.max('seq'), sql<number>`-1`).as('last')),
);

/** The note of every rotation, oldest first. */
export const keyNotes = statement((db, _: object) =>
  db.selectFrom('audit_keys').select('note').orderBy('generation'),
);

export const newestKey = statement((db, _: object) =>
  db.selectFrom('audit_keys').select(['generation', 'sealed', 'note']).orderBy('generation', 'desc').limit(1),
);

export const insertKey = statement(
  (db, p: { generation: number; sealed: Uint8Array; note: string; at: number }) =>
    db
      .insertInto('audit_keys')
      .values({ generation: p.generation, sealed: p.sealed, note: p.note, created_at: p.at }),
);

/** Changes no row where this key is gone already. */
export const forgetKey = statement((db, p: { generation: number }) =>
  db
    .updateTable('audit_keys')
    .set({ sealed: null })
    .where('generation', '=', p.generation)
    .where('sealed', 'is not', null),
);
