import { type Statement, statement } from '../../database/statement.ts';
import { sizes } from '../pages.ts';

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

/** Newest first, as ids grow with time: as many as fit, and at least one; `found` counts those that do not, too. */
export const overridesOf = statement(
  (db, p: { namespace: number; before: string; limit: number; bytes: number }) =>
    db
      .selectFrom('scan_overrides')
      .innerJoin(
        (from) =>
          from
            .selectFrom((chosen) =>
              chosen
                .selectFrom('scan_overrides')
                .select(({ fn }) => ['id', fn<number>('length', ['body']).as('size')])
                .where('namespace_id', '=', p.namespace)
                .where('id', '<', p.before)
                .orderBy('id', 'desc')
                .limit(p.limit)
                .as('chosen'),
            )
            .select(sizes)
            .as('listed'),
        (join) => join.onRef('listed.id', '=', 'scan_overrides.id'),
      )
      .select([
        'scan_overrides.id',
        'scan_overrides.namespace_id',
        'scan_overrides.submitted_by',
        'scan_overrides.created_at',
        'scan_overrides.body',
        'listed.found',
      ])
      .where((eb) => eb(eb('listed.until', '-', eb.ref('listed.size')), '<', p.bytes))
      .orderBy('scan_overrides.id', 'desc'),
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
