import type { Kysely } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';

/** What the compatibility doors keep beside memories: outcomes of adds, feedback, exports, project settings, webhooks. */
export async function up({ schema }: Kysely<unknown>, { id, int, blob }: ColumnTypes): Promise<void> {
  await schema
    .createTable('memory_events')
    .addColumn('row', id, (c) => c.primaryKey())
    .addColumn('id', blob, (c) => c.notNull().unique())
    .addColumn('subject_id', int, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('body', blob, (c) => c.notNull())
    .execute();
  await schema.createIndex('memory_events_age').on('memory_events').column('created_at').execute();
  await schema
    .createIndex('memory_events_subject')
    .on('memory_events')
    .columns(['subject_id', 'created_at'])
    .execute();
  await schema
    .createTable('memory_feedback')
    .addColumn('memory_id', blob, (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('subject_id', int, (c) => c.notNull())
    .addColumn('updated_at', int, (c) => c.notNull())
    .addColumn('body', blob, (c) => c.notNull())
    .execute();
  await schema
    .createTable('memory_exports')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('namespace_id', int, (c) => c.notNull())
    .addColumn('maker', 'text', (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('body', blob, (c) => c.notNull())
    .execute();
  await schema
    .createTable('projects')
    .addColumn('namespace_id', int, (c) => c.primaryKey())
    .addColumn('version', int, (c) => c.notNull())
    .addColumn('updated_at', int, (c) => c.notNull())
    .addColumn('body', blob, (c) => c.notNull())
    .execute();
  await schema
    .createTable('webhooks')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('namespace_id', int, (c) => c.notNull())
    .addColumn('version', int, (c) => c.notNull())
    .addColumn('next_seq', int, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('updated_at', int, (c) => c.notNull())
    .addColumn('body', blob, (c) => c.notNull())
    .execute();
}
