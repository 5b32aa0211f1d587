import type { Kysely } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';

/** What proofs, key rotation, retention and alerts of the audit log need, and clusters. */
export async function up({ schema }: Kysely<unknown>, { id, key, int, blob }: ColumnTypes): Promise<void> {
  await schema
    .createTable('audit_tiles')
    .addColumn('tile', key, (c) => c.primaryKey())
    .addColumn('root', blob, (c) => c.notNull())
    .execute();
  await schema
    .createTable('audit_keys')
    .addColumn('generation', key, (c) => c.primaryKey())
    .addColumn('sealed', blob)
    .addColumn('note', 'text', (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .execute();
  await schema
    .createTable('audit_streams')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('next_seq', int, (c) => c.notNull())
    .execute();
  await schema
    .createTable('audit_holds')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('sealed', blob, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('lifted_at', int)
    .execute();
  await schema
    .createTable('canaries')
    .addColumn('memory_id', blob, (c) => c.primaryKey())
    .addColumn('namespace_id', int, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .execute();
  await schema
    .createTable('clusters')
    .addColumn('row', id, (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('subject_id', int, (c) => c.notNull())
    .addColumn('name_digest', blob, (c) => c.notNull())
    .addColumn('topic_digest', blob, (c) => c.notNull())
    .addColumn('category_digest', blob)
    .addColumn('version', int, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('last_built_at', int, (c) => c.notNull())
    .addColumn('body', blob, (c) => c.notNull())
    .addUniqueConstraint('clusters_name', ['subject_id', 'name_digest'])
    .execute();
}
