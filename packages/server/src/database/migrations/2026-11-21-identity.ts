import type { Kysely } from 'kysely';
import type { ColumnTypes } from '../column-types.ts';

/** Accounts, sessions and keys that stand up to attack. */
export async function up(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  await sessionTables(db, types);
  await accountTables(db, types);
  await keyTables(db, types);
  await limitTables(db, types);
}

async function sessionTables({ schema }: Kysely<unknown>, { int, blob }: ColumnTypes): Promise<void> {
  // Sessions lasted as long as one access token until now: whoever had one logs in again.
  await schema.dropTable('sessions').execute();
  await schema
    .createTable('sessions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('account_id', int, (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    .addColumn('namespace_id', int, (c) => c.notNull().references('namespaces.id'))
    .addColumn('root', 'text', (c) => c.notNull())
    .addColumn('client_sealed', blob, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('refreshed_at', int, (c) => c.notNull())
    .addColumn('proved_at', int, (c) => c.notNull())
    .addColumn('with_mfa', int, (c) => c.notNull())
    .addColumn('expires_at', int, (c) => c.notNull())
    .addColumn('revoked_at', int)
    .execute();
  await schema.createIndex('sessions_account').on('sessions').column('account_id').execute();
  await schema.createIndex('sessions_root').on('sessions').column('root').execute();
  await schema
    .createTable('refresh_tokens')
    .addColumn('digest', blob, (c) => c.primaryKey())
    .addColumn('session_id', 'text', (c) => c.notNull().references('sessions.id').onDelete('cascade'))
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('used_at', int)
    .execute();
  await schema.createIndex('refresh_tokens_session').on('refresh_tokens').column('session_id').execute();
  await schema
    .createTable('token_keys')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('sealed', blob, (c) => c.notNull())
    .addColumn('public_key', 'text', (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('retired_at', int)
    .execute();
}

async function accountTables({ schema }: Kysely<unknown>, { id, int, blob }: ColumnTypes): Promise<void> {
  await schema
    .createTable('memberships')
    .addColumn('account_id', int, (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    .addColumn('namespace_id', int, (c) => c.notNull().references('namespaces.id').onDelete('cascade'))
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addPrimaryKeyConstraint('memberships_key', ['account_id', 'namespace_id'])
    .execute();
  await schema.createIndex('memberships_namespace').on('memberships').column('namespace_id').execute();
  await schema
    .createTable('invitations')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('namespace_id', int, (c) => c.references('namespaces.id').onDelete('cascade'))
    .addColumn('invited_by', int, (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    .addColumn('email_sealed', blob)
    .addColumn('email_digest', blob)
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('digest', blob, (c) => c.notNull().unique())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('expires_at', int, (c) => c.notNull())
    .addColumn('accepted_at', int)
    .execute();
  await schema.createIndex('invitations_namespace').on('invitations').column('namespace_id').execute();
  await schema
    .createTable('one_time_tokens')
    .addColumn('digest', blob, (c) => c.primaryKey())
    .addColumn('purpose', 'text', (c) => c.notNull())
    .addColumn('account_id', int, (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    .addColumn('payload_sealed', blob)
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('expires_at', int, (c) => c.notNull())
    .execute();
  await schema
    .createIndex('one_time_tokens_account')
    .on('one_time_tokens')
    .columns(['account_id', 'purpose'])
    .execute();
  await schema
    .createTable('account_mfa')
    .addColumn('account_id', int, (c) => c.primaryKey().references('accounts.id').onDelete('cascade'))
    .addColumn('secret_sealed', blob, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .addColumn('confirmed_at', int)
    .addColumn('last_step', int, (c) => c.notNull())
    .execute();
  await schema
    .createTable('recovery_codes')
    .addColumn('digest', blob, (c) => c.primaryKey())
    .addColumn('account_id', int, (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    .execute();
  await schema.createIndex('recovery_codes_account').on('recovery_codes').column('account_id').execute();
  await schema
    .createTable('certificate_names')
    .addColumn('digest', blob, (c) => c.primaryKey())
    .addColumn('public_id', 'text', (c) => c.notNull().unique())
    .addColumn('account_id', int, (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    .addColumn('name_sealed', blob, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .execute();
  await schema
    .createTable('mail_queue')
    .addColumn('id', id, (c) => c.primaryKey())
    .addColumn('public_id', 'text', (c) => c.notNull().unique())
    .addColumn('sealed', blob, (c) => c.notNull())
    .addColumn('attempts', int, (c) => c.notNull())
    .addColumn('next_at', int, (c) => c.notNull())
    .addColumn('created_at', int, (c) => c.notNull())
    .execute();
}

async function keyTables({ schema }: Kysely<unknown>, { int, blob }: ColumnTypes): Promise<void> {
  const add = (name: string, type: typeof int | typeof blob | 'text') =>
    schema.alterTable('api_keys').addColumn(name, type).execute();
  await add('previous_digest', blob);
  await add('previous_until', int);
  await add('rotated_at', int);
  await add('rotate_after_days', int);
  await add('reminded_at', int);
  await add('last_used_at', int);
  await add('signing_algorithm', 'text');
  await add('signing_key_sealed', blob);
  await schema
    .alterTable('api_keys')
    .addColumn('signature_required', int, (c) => c.notNull().defaultTo(0))
    .execute();
  await schema
    .createTable('signature_nonces')
    .addColumn('digest', blob, (c) => c.primaryKey())
    .addColumn('expires_at', int, (c) => c.notNull())
    .execute();
  await schema.createIndex('signature_nonces_expiry').on('signature_nonces').column('expires_at').execute();
}

async function limitTables({ schema }: Kysely<unknown>, { int, blob }: ColumnTypes): Promise<void> {
  await schema
    .createTable('auth_attempts')
    .addColumn('key', blob, (c) => c.primaryKey())
    .addColumn('failures', int, (c) => c.notNull())
    .addColumn('locks', int, (c) => c.notNull())
    .addColumn('locked_until', int, (c) => c.notNull())
    .addColumn('updated_at', int, (c) => c.notNull())
    .execute();
  await schema.createIndex('auth_attempts_age').on('auth_attempts').column('updated_at').execute();
  await schema
    .createTable('known_networks')
    .addColumn('account', 'text', (c) => c.notNull())
    .addColumn('network', blob, (c) => c.notNull())
    .addColumn('last_at', int, (c) => c.notNull())
    .addPrimaryKeyConstraint('known_networks_key', ['account', 'network'])
    .execute();
}
