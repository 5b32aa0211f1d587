import { sql } from 'kysely';
import { statement } from '../../database/statement.ts';

/** Roots of the tiles `from` (inclusive) to `to` (exclusive). */
export const tilesBetween = statement((db, p: { from: number; to: number }) =>
  db
    .selectFrom('audit_tiles')
    .select('root')
    .where('tile', '>=', p.from)
    .where('tile', '<', p.to)
    .orderBy('tile'),
);

export const putTile = statement((db, p: { tile: number; root: Uint8Array }) =>
  db
    .insertInto('audit_tiles')
    .values({ tile: p.tile, root: p.root })
    .onConflict((conflict) => conflict.column('tile').doUpdateSet({ root: p.root })),
);

export const lastTile = statement((db, _: object) =>
  db.selectFrom('audit_tiles').select(({ fn }) => fn.coalesce(fn.max('tile'), sql<number>`-1`).as('last')),
);

/** Leaf hashes of the positions `from` (inclusive) to `to` (exclusive). */
export const leavesBetween = statement((db, p: { from: number; to: number }) =>
  db
    .selectFrom('audit_events')
    .select('leaf')
    .where('seq', '>=', p.from)
    .where('seq', '<', p.to)
    .orderBy('seq'),
);

export const publicPartAt = statement((db, p: { seq: number }) =>
  db.selectFrom('audit_events').select(['leaf', 'skeleton']).where('seq', '=', p.seq),
);

/** The first checkpoint of at least this many leaves. */
export const checkpointCovering = statement((db, p: { size: number }) =>
  db
    .selectFrom('audit_checkpoints')
    .select(['size', 'note'])
    .where('size', '>=', p.size)
    .orderBy('size')
    .limit(1),
);

/** Checkpoints of more leaves than `after`, smallest first. */
export const checkpointsAfter = statement((db, p: { after: number; limit: number }) =>
  db
    .selectFrom('audit_checkpoints')
    .select(['size', 'note', 'created_at'])
    .where('size', '>', p.after)
    .orderBy('size')
    .limit(p.limit),
);
