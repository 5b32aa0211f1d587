import type { ExpressionBuilder, Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { type Statement, statement } from '../database/statement.ts';

/** Clusters whose subject's key is there, each with what that key is found by. */
function clusters(db: Kysely<Schema>) {
  return db
    .selectFrom('clusters')
    .innerJoin('subjects', 'subjects.id', 'clusters.subject_id')
    .where('subjects.state', '=', 'active');
}
const COLUMNS = [
  'clusters.id as cluster',
  'clusters.version',
  'clusters.created_at as created',
  'clusters.last_built_at',
  'clusters.body',
  'subjects.id',
  'subjects.namespace_id',
  'subjects.digest',
  'subjects.key_id',
  'subjects.wrapped_key',
  'subjects.generation',
  'subjects.state',
  'subjects.head_seq',
] as const;

export const clusterById = statement((db, p: { id: string }) =>
  clusters(db).select(COLUMNS).where('clusters.id', '=', p.id),
);
export type ClusterRow = typeof clusterById extends Statement<{ id: string }, infer R> ? R : never;

/** What a list shows. Digests are empty, and `any…` 1, where no topic or no category was asked for. */
export interface OfSubject {
  subject: number;
  topic: Uint8Array;
  anyTopic: number;
  category: Uint8Array;
  anyCategory: number;
}

function chosen(p: OfSubject) {
  return ({ eb, and, or, val }: ExpressionBuilder<Schema, 'clusters' | 'subjects'>) =>
    and([
      eb('clusters.subject_id', '=', p.subject),
      or([eb('topic_digest', '=', p.topic), eb(val(p.anyTopic), '=', 1)]),
      or([eb('category_digest', '=', p.category), eb(val(p.anyCategory), '=', 1)]),
    ]);
}

/** Ids grow with time: oldest first. */
export const clustersOfSubject = statement((db, p: OfSubject & { after: string; limit: number }) =>
  clusters(db)
    .select(COLUMNS)
    .where(chosen(p))
    .where('clusters.id', '>', p.after)
    .orderBy('clusters.id')
    .limit(p.limit),
);

export const countOfSubject = statement((db, p: OfSubject) =>
  clusters(db)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .where(chosen(p)),
);

export const clustersOfNamespace = statement((db, p: { namespace: number; after: string; limit: number }) =>
  clusters(db)
    .select(COLUMNS)
    .where('subjects.namespace_id', '=', p.namespace)
    .where('clusters.id', '>', p.after)
    .orderBy('clusters.id')
    .limit(p.limit),
);

export const countOfNamespace = statement((db, p: { namespace: number }) =>
  clusters(db)
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .where('subjects.namespace_id', '=', p.namespace),
);

/** One row while the subject has no other cluster of this name; `id` is the cluster that may have it. */
export const nameFree = statement((db, p: { subject: number; name: Uint8Array; id: string }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('free'))
    .where(({ not, exists }) =>
      not(
        exists(
          db
            .selectFrom('clusters')
            .select('id')
            .where('subject_id', '=', p.subject)
            .where('name_digest', '=', p.name)
            .where('id', '!=', p.id),
        ),
      ),
    ),
);

/** One row while there is room for one more. */
export const roomForCluster = statement((db, p: { subject: number; most: number }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('room'))
    .where(({ eb }) =>
      eb(
        db
          .selectFrom('clusters')
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .where('subject_id', '=', p.subject),
        '<',
        p.most,
      ),
    ),
);

interface Sealed {
  id: string;
  name: Uint8Array;
  topic: Uint8Array;
  category: Uint8Array | null;
  built: number;
  body: Uint8Array;
}

export const insertCluster = statement((db, p: Sealed & { subject: number; at: number }) =>
  db.insertInto('clusters').values({
    id: p.id,
    subject_id: p.subject,
    name_digest: p.name,
    topic_digest: p.topic,
    category_digest: p.category,
    version: 1,
    created_at: p.at,
    last_built_at: p.built,
    body: p.body,
  }),
);

/** Replaces version `from` by the next one. */
export const replaceCluster = statement((db, p: Sealed & { from: number; version: number }) =>
  db
    .updateTable('clusters')
    .set({
      name_digest: p.name,
      topic_digest: p.topic,
      category_digest: p.category,
      version: p.version,
      last_built_at: p.built,
      body: p.body,
    })
    .where('id', '=', p.id)
    .where('version', '=', p.from),
);

export const deleteCluster = statement((db, p: { id: string; version: number }) =>
  db.deleteFrom('clusters').where('id', '=', p.id).where('version', '=', p.version),
);

export const deleteClustersOf = statement((db, p: { namespace: number }) =>
  db
    .deleteFrom('clusters')
    .where(
      'subject_id',
      'in',
      db.selectFrom('subjects').select('id').where('namespace_id', '=', p.namespace),
    ),
);
