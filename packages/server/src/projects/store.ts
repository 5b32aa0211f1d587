import { statement } from '../database/statement.ts';

export const projectOf = statement((db, p: { namespace: number }) =>
  db.selectFrom('projects').select(['version', 'updated_at', 'body']).where('namespace_id', '=', p.namespace),
);

interface Sealed {
  namespace: number;
  at: number;
  body: Uint8Array;
}

/** Inserts nothing where somebody was first. */
export const insertProject = statement((db, p: Sealed) =>
  db
    .insertInto('projects')
    .values({ namespace_id: p.namespace, version: 1, updated_at: p.at, body: p.body })
    .onConflict((conflict) => conflict.doNothing()),
);

/** Replaces version `from` by the next one. */
export const replaceProject = statement((db, p: Sealed & { from: number; version: number }) =>
  db
    .updateTable('projects')
    .set({ version: p.version, updated_at: p.at, body: p.body })
    .where('namespace_id', '=', p.namespace)
    .where('version', '=', p.from),
);

export const deleteProjectOf = statement((db, p: { namespace: number }) =>
  db.deleteFrom('projects').where('namespace_id', '=', p.namespace),
);
