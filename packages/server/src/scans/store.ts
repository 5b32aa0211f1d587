import type { Expression, Kysely, SqlBool } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { type Statement, statement } from '../database/statement.ts';
import { sizes } from './pages.ts';

const COLUMNS = [
  'scans.id',
  'scans.namespace_id',
  'scans.content_digest',
  'scans.decision',
  'scans.created_at',
  'scans.body',
  'scans.revoked_at',
  'scans.verdict_body',
] as const;

/** Reports, each with the id of the newest one of its place; null where it has no place. */
function scans(db: Kysely<Schema>) {
  return db
    .selectFrom('scans')
    .select(COLUMNS)
    .select((eb) =>
      eb
        .selectFrom('scans as other')
        .select(({ fn }) => fn.max<string | null>('other.id').as('newest'))
        .whereRef('other.namespace_id', '=', 'scans.namespace_id')
        .whereRef('other.place_digest', '=', 'scans.place_digest')
        .as('newest'),
    );
}

export const scanById = statement((db, p: { id: string; namespace: number }) =>
  scans(db).where('scans.id', '=', p.id).where('scans.namespace_id', '=', p.namespace),
);
export type ScanRow = typeof scanById extends Statement<never, infer R> ? R : never;

/** One row where there is such a report, whoever's it is. */
export const scanAnywhere = statement((db, p: { id: string }) =>
  db.selectFrom('scans').select('id').where('id', '=', p.id),
);

export const scanByName = statement((db, p: { namespace: number; name: Uint8Array }) =>
  scans(db).where('scans.namespace_id', '=', p.namespace).where('scans.scan_digest', '=', p.name),
);

/** What a list shows. A value is empty, and its `any…` 1, where it was not asked for. */
export interface Chosen {
  namespace: number;
  before: string;
  project: Uint8Array;
  anyProject: number;
  ref: Uint8Array;
  anyRef: number;
  commit: Uint8Array;
  anyCommit: number;
  decision: string;
  anyDecision: number;
  limit: number;
  /** Of sealed bodies, in all. */
  bytes: number;
}

/** Newest first, as ids grow with time: as many as fit, and at least one; `found` counts those that do not, too. */
export const scansOf = statement((db, p: Chosen) =>
  scans(db)
    .innerJoin(
      (from) =>
        from
          .selectFrom((chosen) =>
            chosen
              .selectFrom('scans')
              .select(({ fn }) => ['id', fn<number>('length', ['body']).as('size')])
              .where('scans.namespace_id', '=', p.namespace)
              .where('scans.id', '<', p.before)
              .where(({ eb, and, or, val }) => {
                const asked = (column: Expression<SqlBool>, any: number) =>
                  or([column, eb(val(any), '=', 1)]);
                return and([
                  asked(eb('scans.project_digest', '=', p.project), p.anyProject),
                  asked(eb('scans.ref_digest', '=', p.ref), p.anyRef),
                  asked(eb('scans.commit_digest', '=', p.commit), p.anyCommit),
                  asked(eb('scans.decision', '=', p.decision), p.anyDecision),
                ]);
              })
              .orderBy('scans.id', 'desc')
              .limit(p.limit)
              .as('chosen'),
          )
          .select(sizes)
          .as('listed'),
      (join) => join.onRef('listed.id', '=', 'scans.id'),
    )
    .select('listed.found')
    .where((eb) => eb(eb('listed.until', '-', eb.ref('listed.size')), '<', p.bytes))
    .orderBy('scans.id', 'desc'),
);

/** One row while a namespace may have one more. */
export const roomForScan = statement((db, p: { namespace: number; most: number }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('room'))
    .where(({ eb }) =>
      eb(
        db
          .selectFrom('scans')
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .where('namespace_id', '=', p.namespace),
        '<',
        p.most,
      ),
    ),
);

/** One row while no report of this namespace has the name. */
export const nameFree = statement((db, p: { namespace: number; name: Uint8Array }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('free'))
    .where(({ not, exists }) =>
      not(
        exists(
          db
            .selectFrom('scans')
            .select('id')
            .where('namespace_id', '=', p.namespace)
            .where('scan_digest', '=', p.name),
        ),
      ),
    ),
);

export interface NewScanRow {
  id: string;
  namespace: number;
  name: Uint8Array;
  content: Uint8Array;
  place: Uint8Array | null;
  project: Uint8Array;
  ref: Uint8Array | null;
  commit: Uint8Array | null;
  decision: string;
  by: string;
  at: number;
  body: Uint8Array;
}

export const insertScan = statement((db, p: NewScanRow) =>
  db.insertInto('scans').values({
    id: p.id,
    namespace_id: p.namespace,
    scan_digest: p.name,
    content_digest: p.content,
    place_digest: p.place,
    project_digest: p.project,
    ref_digest: p.ref,
    commit_digest: p.commit,
    decision: p.decision,
    submitted_by: p.by,
    created_at: p.at,
    body: p.body,
  }),
);

/** One row while no newer report of the same place is there. */
export const stillNewest = statement((db, p: { id: string; namespace: number }) =>
  db
    .selectFrom('scans as own')
    .select('own.id')
    .where('own.id', '=', p.id)
    .where('own.namespace_id', '=', p.namespace)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('scans as other')
            .select('other.id')
            .whereRef('other.namespace_id', '=', 'own.namespace_id')
            .whereRef('other.place_digest', '=', 'own.place_digest')
            .whereRef('other.id', '>', 'own.id'),
        ),
      ),
    ),
);

/** One row while no approval of the report was taken back. */
export const stillUnrevoked = statement((db, p: { id: string; namespace: number }) =>
  db
    .selectFrom('scans')
    .select('id')
    .where('id', '=', p.id)
    .where('namespace_id', '=', p.namespace)
    .where('revoked_at', 'is', null),
);

export interface VerdictRow {
  id: string;
  namespace: number;
  verdict: 'approve' | 'reject';
  by: string;
  at: number;
  expires: number | null;
  body: Uint8Array;
}

/** Of several that decide at once, one changes the row. Never by whoever sent it. */
export const decideScan = statement((db, p: VerdictRow) =>
  db
    .updateTable('scans')
    .set({
      verdict: p.verdict,
      decided_by: p.by,
      decided_at: p.at,
      expires_at: p.expires,
      verdict_body: p.body,
    })
    .where('id', '=', p.id)
    .where('namespace_id', '=', p.namespace)
    .where('decision', '=', 'require_approval')
    .where('submitted_by', '!=', p.by)
    .where('verdict', 'is', null),
);

export const revokeApproval = statement((db, p: { id: string; namespace: number; at: number }) =>
  db
    .updateTable('scans')
    .set({ revoked_at: p.at })
    .where('id', '=', p.id)
    .where('namespace_id', '=', p.namespace)
    .where('verdict', '=', 'approve')
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', p.at),
);

/** The oldest of those that are over, a row for each. */
export const deleteScansUntil = statement((db, p: { until: number; limit: number }) =>
  db
    .deleteFrom('scans')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('scans')
        .select('id')
        .where('created_at', '<=', p.until)
        .orderBy('created_at')
        .limit(p.limit),
    )
    .returning('id'),
);

/** The same in one namespace. */
export const deleteScansOfUntil = statement((db, p: { until: number; limit: number; namespace: number }) =>
  db
    .deleteFrom('scans')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('scans')
        .select('id')
        .where('created_at', '<=', p.until)
        .where('namespace_id', '=', p.namespace)
        .orderBy('created_at')
        .limit(p.limit),
    )
    .returning('id'),
);

export const deleteScansOf = statement((db, p: { namespace: number }) =>
  db.deleteFrom('scans').where('namespace_id', '=', p.namespace),
);
