import type { Kysely } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';

/** The first tables. */
export async function up(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await accountTables(db, types);
  await memoryTables(db, types);
  await auditTables(db, types);
}

async function accountTables({ schema }: Kysely<unknown>, { id, int, blob }: ColumnTypes): Promise<void> {
  await schema
    .createTable('namespaces')
    .addColumn('id', id, (c) => c.primaryKey())
    .addColumn('public_id', 'text', (c) => c.notNull().unique())
    .addColumn('name_sealed', blob, (c) => c.notNull())
    .addColumn('settings', 'text', (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .execute();
  await schema
    .createTable('accounts')
    .addColumn('id', id, (c) => c.primaryKey())
    .addColumn('public_id', 'text', (c) => c.notNull().unique())
    .addColumn('namespace_id', int, (c) => c.notNull().references('namespaces.id'))
    .addColumn('username_digest', blob, (c) => c.notNull().unique())
    .addColumn('email_digest', blob, (c) => c.notNull().unique())
    .addColumn('profile_sealed', blob, (c) => c.notNull())
    .addColumn('password_hash', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('is_active', int, (c) => c.notNull())
    .addColumn('is_verified', int, (c) => c.notNull())
    .addColumn('must_change_password', int, (c) => c.notNull())
    .addColumn('epoch', int, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('last_login_at', int)
    .execute();
  await schema
    .createTable('sessions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('account_id', int, (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('expires_at', int, (c) => c.notNull())
    .addColumn('revoked_at', int)
    .execute();
  await schema.createIndex('sessions_account').on('sessions').column('account_id').execute();
  await schema
    .createTable('api_keys')
    .addColumn('id', id, (c) => c.primaryKey())
    .addColumn('public_id', 'text', (c) => c.notNull().unique())
    .addColumn('namespace_id', int, (c) => c.notNull().references('namespaces.id'))
    .addColumn('account_id', int, (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    .addColumn('name_sealed', blob, (c) => c.notNull())
    .addColumn('secret_digest', blob, (c) => c.notNull())
    .addColumn('permissions', 'text', (c) => c.notNull())
    .addColumn('entities', 'text')
    .addColumn('max_trust', 'text')
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('expires_at', int)
    .addColumn('revoked_at', int)
    .execute();
}

async function memoryTables({ schema }: Kysely<unknown>, { id, int, blob }: ColumnTypes): Promise<void> {
  await schema
    .createTable('subjects')
    .addColumn('id', id, (c) => c.primaryKey())
    .addColumn('namespace_id', int, (c) => c.notNull().references('namespaces.id'))
    .addColumn('digest', blob, (c) => c.notNull().unique())
    .addColumn('entity_sealed', blob, (c) => c.notNull())
    .addColumn('key_id', blob, (c) => c.notNull().unique())
    .addColumn('wrapped_key', blob, (c) => c.notNull())
    .addColumn('generation', int, (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('head_seq', int, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .execute();
  await schema.createIndex('subjects_namespace').on('subjects').column('namespace_id').execute();
  // A rowid table with two unique indexes: each further index costs a fifth of the write rate.
  await schema
    .createTable('memories')
    .addColumn('row', id, (c) => c.primaryKey())
    .addColumn('id', blob, (c) => c.notNull().unique())
    .addColumn('subject_id', int, (c) => c.notNull())
    .addColumn('change_seq', int, (c) => c.notNull())
    .addColumn('version', int, (c) => c.notNull())
    .addColumn('state', int, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('updated_at', int, (c) => c.notNull())
    .addColumn('body', blob)
    .addColumn('record', blob)
    .addUniqueConstraint('memories_change', ['subject_id', 'change_seq'])
    .execute();
  await schema
    .createTable('memory_versions')
    .addColumn('row', id, (c) => c.primaryKey())
    .addColumn('memory_id', blob, (c) => c.notNull())
    .addColumn('version', int, (c) => c.notNull())
    .addColumn('event', 'text', (c) => c.notNull())
    .addColumn('at', int, (c) => c.notNull())
    .addColumn('body', blob)
    .addUniqueConstraint('memory_versions_version', ['memory_id', 'version'])
    .execute();
  await schema
    .createTable('memory_originals')
    .addColumn('memory_id', blob, (c) => c.notNull())
    .addColumn('version', int, (c) => c.notNull())
    .addColumn('subject_id', int, (c) => c.notNull())
    .addColumn('expires_at', int, (c) => c.notNull())
    .addColumn('body', blob, (c) => c.notNull())
    .addPrimaryKeyConstraint('memory_originals_key', ['memory_id', 'version'])
    .execute();
  await schema.createIndex('memory_originals_expiry').on('memory_originals').column('expires_at').execute();
}

async function auditTables({ schema }: Kysely<unknown>, { key, int, blob }: ColumnTypes): Promise<void> {
  await schema
    .createTable('audit_events')
    .addColumn('seq', key, (c) => c.primaryKey())
    .addColumn('leaf', blob, (c) => c.notNull())
    .addColumn('skeleton', blob, (c) => c.notNull())
    .addColumn('private_sealed', blob)
    .execute();
  await schema
    .createTable('audit_tree')
    .addColumn('id', key, (c) => c.primaryKey())
    .addColumn('frontier', blob, (c) => c.notNull())
    .execute();
  await schema
    .createTable('audit_checkpoints')
    .addColumn('size', key, (c) => c.primaryKey())
    .addColumn('note', 'text', (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .execute();
  await schema
    .createTable('secrets')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('sealed', blob, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .execute();
}
