import { type Statement, statement } from '../database/statement.ts';

export interface NewKeyRow {
  publicId: string;
  namespace: number;
  account: number;
  name: Uint8Array;
  digest: Uint8Array;
  permissions: string;
  entities: string | null;
  maxTrust: string | null;
  at: number;
  expires: number | null;
}

export const insertKey = statement((db, p: NewKeyRow) =>
  db.insertInto('api_keys').values({
    public_id: p.publicId,
    namespace_id: p.namespace,
    account_id: p.account,
    name_sealed: p.name,
    secret_digest: p.digest,
    permissions: p.permissions,
    entities: p.entities,
    max_trust: p.maxTrust,
    created_at: p.at,
    expires_at: p.expires,
    revoked_at: null,
  }),
);

const LISTED = [
  'public_id',
  'name_sealed',
  'permissions',
  'entities',
  'max_trust',
  'created_at',
  'expires_at',
] as const;

export const keysOfAccount = statement((db, p: { account: number }) =>
  db
    .selectFrom('api_keys')
    .select(LISTED)
    .where('account_id', '=', p.account)
    .where('revoked_at', 'is', null)
    .orderBy('id'),
);
export const keysOfNamespace = statement((db, p: { namespace: number }) =>
  db
    .selectFrom('api_keys')
    .select(LISTED)
    .where('namespace_id', '=', p.namespace)
    .where('revoked_at', 'is', null)
    .orderBy('id'),
);
export type ListedRow = typeof keysOfAccount extends Statement<{ account: number }, infer R> ? R : never;

export const revokeOfAccount = statement((db, p: { id: string; account: number; at: number }) =>
  db
    .updateTable('api_keys')
    .set({ revoked_at: p.at })
    .where('public_id', '=', p.id)
    .where('account_id', '=', p.account)
    .where('revoked_at', 'is', null),
);
export const revokeOfNamespace = statement((db, p: { id: string; namespace: number; at: number }) =>
  db
    .updateTable('api_keys')
    .set({ revoked_at: p.at })
    .where('public_id', '=', p.id)
    .where('namespace_id', '=', p.namespace)
    .where('revoked_at', 'is', null),
);

/** A key with its maker as they are now. */
export const keyById = statement((db, p: { id: string }) =>
  db
    .selectFrom('api_keys')
    .innerJoin('accounts', 'accounts.id', 'api_keys.account_id')
    .innerJoin('namespaces', 'namespaces.id', 'api_keys.namespace_id')
    .select([
      'api_keys.id',
      'api_keys.public_id',
      'secret_digest',
      'permissions',
      'entities',
      'expires_at',
      'revoked_at',
      'api_keys.namespace_id as namespace',
      'namespaces.public_id as namespace_public_id',
      'accounts.id as account',
      'accounts.public_id as account_public_id',
      'accounts.role',
      'accounts.is_active',
    ])
    .where('api_keys.public_id', '=', p.id),
);
export type KeyRow = typeof keyById extends Statement<{ id: string }, infer R> ? R : never;

/** Finds a row while the key holds and its maker is active in the same role: the guard of the key's changes. */
export const keyStands = statement((db, p: { id: number; role: string; now: number }) =>
  db
    .selectFrom('api_keys')
    .innerJoin('accounts', 'accounts.id', 'api_keys.account_id')
    .select(({ lit }) => lit(1).as('stands'))
    .where('api_keys.id', '=', p.id)
    .where('revoked_at', 'is', null)
    .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', p.now)]))
    .where('is_active', '=', 1)
    .where('role', '=', p.role),
);
