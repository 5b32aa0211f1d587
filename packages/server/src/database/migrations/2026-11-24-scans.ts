import type { Kysely } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';

/** Reports of scans with what a second person decided about them, and records of vetoes that were overridden. */
export async function up({ schema }: Kysely<unknown>, { int, blob }: ColumnTypes): Promise<void> {
  await schema
    .createTable('scans')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('namespace_id', int, (c) => c.notNull())
    .addColumn('scan_digest', blob, (c) => c.notNull())
    .addColumn('content_digest', blob, (c) => c.notNull())
    .addColumn('place_digest', blob)
    .addColumn('project_digest', blob, (c) => c.notNull())
    .addColumn('ref_digest', blob)
    .addColumn('commit_digest', blob)
    .addColumn('decision', 'text', (c) => c.notNull())
    .addColumn('submitted_by', 'text', (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('body', blob, (c) => c.notNull())
    .addColumn('verdict', 'text')
    .addColumn('decided_by', 'text')
    .addColumn('decided_at', int)
    .addColumn('expires_at', int)
    .addColumn('revoked_at', int)
    .addColumn('verdict_body', blob)
    .execute();
  await schema
    .createIndex('scans_name')
    .unique()
    .on('scans')
    .columns(['namespace_id', 'scan_digest'])
    .execute();
  await schema
    .createIndex('scans_place')
    .on('scans')
    .columns(['namespace_id', 'place_digest', 'id'])
    .execute();
  await schema.createIndex('scans_newest').on('scans').columns(['namespace_id', 'id']).execute();
  await schema.createIndex('scans_age').on('scans').column('created_at').execute();
  await schema
    .createTable('scan_overrides')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('namespace_id', int, (c) => c.notNull())
    .addColumn('digest', blob, (c) => c.notNull())
    .addColumn('submitted_by', 'text', (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('body', blob, (c) => c.notNull())
    .execute();
  await schema
    .createIndex('scan_overrides_name')
    .unique()
    .on('scan_overrides')
    .columns(['namespace_id', 'digest'])
    .execute();
  await schema
    .createIndex('scan_overrides_newest')
    .on('scan_overrides')
    .columns(['namespace_id', 'id'])
    .execute();
  await schema.createIndex('scan_overrides_age').on('scan_overrides').column('created_at').execute();
}
