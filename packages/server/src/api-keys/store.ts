import type { ExpressionBuilder } from 'kysely';
import type { Schema } from '../database/schema.ts';
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
  rotateAfterDays: number | null;
  signingAlgorithm: string | null;
  signingKey: Uint8Array | null;
  signatureRequired: number;
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
    rotate_after_days: p.rotateAfterDays,
    signing_algorithm: p.signingAlgorithm,
    signing_key_sealed: p.signingKey,
    signature_required: p.signatureRequired,
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
  'last_used_at',
  'rotated_at',
  'previous_until',
  'rotate_after_days',
  'signing_algorithm',
  'signature_required',
] as const;

export const keysOfAccount = statement((db, p: { account: number; namespace: number }) =>
  db
    .selectFrom('api_keys')
    .select(LISTED)
    .where('account_id', '=', p.account)
    .where('namespace_id', '=', p.namespace)
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
export type ListedRow = typeof keysOfNamespace extends Statement<{ namespace: number }, infer R> ? R : never;

/** One row while an account has room for one more key. */
export const roomForKey = statement((db, p: { account: number; most: number }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('room'))
    .where(({ eb }) =>
      eb(
        db
          .selectFrom('api_keys')
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .where('account_id', '=', p.account)
          .where('revoked_at', 'is', null),
        '<',
        p.most,
      ),
    ),
);

/** `anyone` 1 for those who manage the namespace, else the key has to be the account's own. */
export interface Reach {
  id: string;
  namespace: number;
  account: number;
  anyone: number;
}
function within(p: Reach) {
  return ({ eb, and, or, val }: ExpressionBuilder<Schema, 'api_keys'>) =>
    and([
      eb('api_keys.public_id', '=', p.id),
      eb('api_keys.namespace_id', '=', p.namespace),
      or([eb('api_keys.account_id', '=', p.account), eb(val(p.anyone), '=', 1)]),
      eb('api_keys.revoked_at', 'is', null),
    ]);
}

export const revokeKey = statement((db, p: Reach & { at: number }) =>
  db.updateTable('api_keys').set({ revoked_at: p.at, previous_digest: null }).where(within(p)),
);

export const revokeKeysOf = statement((db, p: { account: number; namespace: number; at: number }) =>
  db
    .updateTable('api_keys')
    .set({ revoked_at: p.at, previous_digest: null })
    .where('account_id', '=', p.account)
    .where('namespace_id', '=', p.namespace)
    .where('revoked_at', 'is', null),
);
export const revokeAllKeysOf = statement((db, p: { account: number; at: number }) =>
  db
    .updateTable('api_keys')
    .set({ revoked_at: p.at, previous_digest: null })
    .where('account_id', '=', p.account)
    .where('revoked_at', 'is', null),
);

export const keyInReach = statement((db, p: Reach) =>
  db.selectFrom('api_keys').select(LISTED).where(within(p)),
);

/** A new secret; the one before it is good until `until`. An expired key is not brought back by it. */
export const rotateKey = statement(
  (db, p: Reach & { digest: Uint8Array; until: number; at: number; signingKey: Uint8Array | null }) =>
    db
      .updateTable('api_keys')
      .set((eb) => ({
        previous_digest: eb.ref('secret_digest'),
        previous_until: p.until,
        secret_digest: p.digest,
        rotated_at: p.at,
        reminded_at: null,
        signing_key_sealed: eb.fn.coalesce(eb.val(p.signingKey), eb.ref('signing_key_sealed')),
      }))
      .where(within(p))
      .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', p.at)])),
);

/** The maker's role where the key acts: in the maker's own namespace, or one that the maker is a member of. */
function roleThere(eb: ExpressionBuilder<Schema, 'api_keys' | 'accounts'>) {
  return eb
    .case()
    .whenRef('accounts.namespace_id', '=', 'api_keys.namespace_id')
    .then(eb.ref('accounts.role'))
    .else(
      eb
        .selectFrom('memberships')
        .select('memberships.role')
        .whereRef('memberships.account_id', '=', 'api_keys.account_id')
        .whereRef('memberships.namespace_id', '=', 'api_keys.namespace_id'),
    )
    .end();
}

/** One row when the namespace is the account's own, not one that it is a member of. */
export const isOwnNamespace = statement((db, p: { account: number; namespace: number }) =>
  db
    .selectFrom('accounts')
    .select(({ lit }) => lit(1).as('own'))
    .where('id', '=', p.account)
    .where('namespace_id', '=', p.namespace),
);

/** The row itself, while it is of this secret. */
export const deleteKey = statement((db, p: { id: number; digest: Uint8Array }) =>
  db.deleteFrom('api_keys').where('id', '=', p.id).where('secret_digest', '=', p.digest),
);

/** A key with its maker as they are now. */
export const keyById = statement((db, p: { id: string }) =>
  db
    .selectFrom('api_keys')
    .innerJoin('accounts', 'accounts.id', 'api_keys.account_id')
    .innerJoin('namespaces', 'namespaces.id', 'api_keys.namespace_id')
    .select((eb) => [
      'api_keys.id',
      'api_keys.public_id',
      'secret_digest',
      'previous_digest',
      'previous_until',
      'permissions',
      'entities',
      'expires_at',
      'revoked_at',
      'last_used_at',
      'signing_algorithm',
      'signing_key_sealed',
      'signature_required',
      'api_keys.namespace_id as namespace',
      'namespaces.public_id as namespace_public_id',
      'namespaces.settings as namespace_settings',
      'accounts.id as account',
      'accounts.public_id as account_public_id',
      'accounts.namespace_id as own_namespace',
      roleThere(eb).as('role'),
      'accounts.is_active',
    ])
    .where('api_keys.public_id', '=', p.id),
);
export type KeyRow = typeof keyById extends Statement<{ id: string }, infer R> ? R : never;

/**
 * Finds a row while the key holds with the secret that was shown, and its maker is active in the same role: the guard
 * of the key's changes.
 */
export const keyStands = statement((db, p: { id: number; role: string; digest: Uint8Array; now: number }) =>
  db
    .selectFrom('api_keys')
    .innerJoin('accounts', 'accounts.id', 'api_keys.account_id')
    .select(({ lit }) => lit(1).as('stands'))
    .where('api_keys.id', '=', p.id)
    .where('revoked_at', 'is', null)
    .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', p.now)]))
    .where(({ or, and, eb }) =>
      or([
        eb('secret_digest', '=', p.digest),
        and([eb('previous_digest', '=', p.digest), eb('previous_until', '>', p.now)]),
      ]),
    )
    .where('is_active', '=', 1)
    .where((eb) => eb(roleThere(eb), '=', p.role)),
);

export const markUsed = statement((db, p: { id: string; at: number }) =>
  db
    .updateTable('api_keys')
    .set({ last_used_at: p.at })
    .where('public_id', '=', p.id)
    .where(({ or, eb }) => or([eb('last_used_at', 'is', null), eb('last_used_at', '<', p.at)])),
);

const WITH_OWNER = [
  'api_keys.id',
  'api_keys.public_id',
  'api_keys.name_sealed',
  'api_keys.created_at',
  'expires_at',
  'rotated_at',
  'rotate_after_days',
  'account_id as account',
  'namespaces.public_id as namespace_public_id',
] as const;

/** Keys that have come to their end by themselves and are not marked so yet. */
export const expiredKeys = statement((db, p: { now: number; limit: number }) =>
  db
    .selectFrom('api_keys')
    .innerJoin('namespaces', 'namespaces.id', 'api_keys.namespace_id')
    .select(WITH_OWNER)
    .where('revoked_at', 'is', null)
    .where('expires_at', '<=', p.now)
    .limit(p.limit),
);
export const endExpired = statement((db, p: { id: string; now: number }) =>
  db
    .updateTable('api_keys')
    .set({ revoked_at: p.now, previous_digest: null })
    .where('public_id', '=', p.id)
    .where('revoked_at', 'is', null)
    .where('expires_at', '<=', p.now),
);

/** Keys whose rotation is due, or that end before `soon`, and whose owner was not told yet. */
export const keysToRemind = statement(
  (db, p: { now: number; soon: number; day: number; after: number; limit: number }) =>
    db
      .selectFrom('api_keys')
      .innerJoin('namespaces', 'namespaces.id', 'api_keys.namespace_id')
      .select(WITH_OWNER)
      .where('revoked_at', 'is', null)
      .where('reminded_at', 'is', null)
      .where('api_keys.id', '>', p.after)
      .orderBy('api_keys.id')
      .where(({ or, and, eb, fn }) =>
        or([
          and([eb('expires_at', '>', p.now), eb('expires_at', '<=', p.soon)]),
          eb(
            eb(fn.coalesce('rotated_at', 'api_keys.created_at'), '+', eb('rotate_after_days', '*', p.day)),
            '<=',
            p.now,
          ),
        ]),
      )
      .limit(p.limit),
);
export type DueRow = typeof keysToRemind extends Statement<infer _P extends object, infer R> ? R : never;

export const markReminded = statement((db, p: { id: string; at: number }) =>
  db
    .updateTable('api_keys')
    .set({ reminded_at: p.at })
    .where('public_id', '=', p.id)
    .where('reminded_at', 'is', null)
    .where('revoked_at', 'is', null),
);
