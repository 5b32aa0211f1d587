import { type Statement, statement } from '../../database/statement.ts';

interface Named {
  namespace: number;
  digest: Uint8Array;
}

/** One row while the record is not there. */
export const overrideFree = statement((db, p: Named) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('free'))
    .where(({ not, exists }) =>
      not(
        exists(
          db
            .selectFrom('scan_overrides')
            .select('id')
            .where('namespace_id', '=', p.namespace)
            .where('digest', '=', p.digest),
        ),
      ),
    ),
);

/** One row while a namespace may have one more. */
export const roomForOverride = statement((db, p: { namespace: number; most: number }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('room'))
    .where(({ eb }) =>
      eb(
        db
          .selectFrom('scan_overrides')
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .where('namespace_id', '=', p.namespace),
        '<',
        p.most,
      ),
    ),
);

export const insertOverride = statement(
  (db, p: Named & { id: string; by: string; at: number; body: Uint8Array }) =>
    db.insertInto('scan_overrides').values({
      id: p.id,
      namespace_id: p.namespace,
      digest: p.digest,
      submitted_by: p.by,
      created_at: p.at,
      body: p.body,
    }),
);

/** Newest first: ids grow with time. */
export const overridesOf = statement((db, p: { namespace: number; before: string; limit: number }) =>
  db
    .selectFrom('scan_overrides')
    .select(['id', 'namespace_id', 'submitted_by', 'created_at', 'body'])
    .where('namespace_id', '=', p.namespace)
    .where('id', '<', p.before)
    .orderBy('id', 'desc')
    .limit(p.limit),
);
export type OverrideRow = typeof overridesOf extends Statement<never, infer R> ? R : never;

/** The oldest of those that are over, a row for each. */
export const deleteOverridesUntil = statement((db, p: { until: number; limit: number }) =>
  db
    .deleteFrom('scan_overrides')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('scan_overrides')
        .select('id')
        .where('created_at', '<=', p.until)
        .orderBy('created_at')
        .limit(p.limit),
    )
    .returning('id'),
);

/** The same in one namespace. */
export const deleteOverridesOfUntil = statement(
  (db, p: { until: number; limit: number; namespace: number }) =>
    db
      .deleteFrom('scan_overrides')
      .where('id', 'in', (eb) =>
        eb
          .selectFrom('scan_overrides')
          .select('id')
          .where('created_at', '<=', p.until)
          .where('namespace_id', '=', p.namespace)
          .orderBy('created_at')
          .limit(p.limit),
      )
      .returning('id'),
);

export const deleteOverridesOf = statement((db, p: { namespace: number }) =>
  db.deleteFrom('scan_overrides').where('namespace_id', '=', p.namespace),
);
