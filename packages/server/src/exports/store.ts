import { statement } from '../database/statement.ts';

interface Made {
  namespace: number;
  /** Public id of the key or account. */
  maker: string;
}

const COLUMNS = ['id', 'created_at', 'body'] as const;

/** While it is kept: made after `since`. */
export const exportById = statement((db, p: Made & { id: string; since: number }) =>
  db
    .selectFrom('memory_exports')
    .select(COLUMNS)
    .where('id', '=', p.id)
    .where('namespace_id', '=', p.namespace)
    .where('maker', '=', p.maker)
    .where('created_at', '>', p.since),
);

/** The newest first: ids grow with time. */
export const exportsOf = statement((db, p: Made & { since: number; limit: number }) =>
  db
    .selectFrom('memory_exports')
    .select(COLUMNS)
    .where('namespace_id', '=', p.namespace)
    .where('maker', '=', p.maker)
    .where('created_at', '>', p.since)
    .orderBy('id', 'desc')
    .limit(p.limit),
);

export const insertExport = statement((db, p: Made & { id: string; at: number; body: Uint8Array }) =>
  db
    .insertInto('memory_exports')
    .values({ id: p.id, namespace_id: p.namespace, maker: p.maker, created_at: p.at, body: p.body }),
);

/** All but the newest `kept` of one maker. */
export const deleteSurplus = statement((db, p: Made & { kept: number }) =>
  db
    .deleteFrom('memory_exports')
    .where(
      'id',
      'in',
      db
        .selectFrom('memory_exports')
        .select('id')
        .where('namespace_id', '=', p.namespace)
        .where('maker', '=', p.maker)
        .orderBy('id', 'desc')
        .limit(1_000_000)
        .offset(p.kept),
    ),
);

export const deleteExportsUntil = statement((db, p: { until: number }) =>
  db.deleteFrom('memory_exports').where('created_at', '<=', p.until),
);

export const deleteExportsOf = statement((db, p: { namespace: number }) =>
  db.deleteFrom('memory_exports').where('namespace_id', '=', p.namespace),
);
