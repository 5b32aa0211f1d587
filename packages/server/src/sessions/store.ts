import type { ExpressionBuilder, Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { type Statement, statement } from '../database/statement.ts';

export interface NewSession {
  id: string;
  account: number;
  namespace: number;
  root: string;
  client: Uint8Array;
  at: number;
  proved: number;
  withMfa: number;
  expires: number;
}

export const insertSession = statement((db, p: NewSession) =>
  db.insertInto('sessions').values({
    id: p.id,
    account_id: p.account,
    namespace_id: p.namespace,
    root: p.root,
    client_sealed: p.client,
    created_at: p.at,
    refreshed_at: p.at,
    proved_at: p.proved,
    with_mfa: p.withMfa,
    expires_at: p.expires,
    revoked_at: null,
  }),
);

/** Sessions that ended by themselves need no row: a token without one is void. */
export const deleteExpired = statement((db, p: { account: number; now: number }) =>
  db.deleteFrom('sessions').where('account_id', '=', p.account).where('expires_at', '<=', p.now),
);
export const deleteAllExpired = statement((db, p: { now: number }) =>
  db.deleteFrom('sessions').where('expires_at', '<=', p.now),
);

/** Nobody reads a list of a thousand sessions, and a login loop must not fill the disk. */
export const deleteBeyond = statement((db, p: { account: number; keep: number }) =>
  db
    .deleteFrom('sessions')
    .where('account_id', '=', p.account)
    .where('id', 'not in', (eb) =>
      eb
        .selectFrom('sessions as newest')
        .select('newest.id')
        .where('newest.account_id', '=', p.account)
        .orderBy('newest.created_at', 'desc')
        .orderBy('newest.id', 'desc')
        .limit(p.keep),
    ),
);

/** With it, the sessions that were begun from it. */
export const revokeSession = statement((db, p: { id: string; at: number }) =>
  db
    .updateTable('sessions')
    .set({ revoked_at: p.at })
    .where(({ or, eb }) => or([eb('id', '=', p.id), eb('root', '=', p.id)]))
    .where('revoked_at', 'is', null),
);
export const revokeOwnSession = statement((db, p: { id: string; account: number; at: number }) =>
  db
    .updateTable('sessions')
    .set({ revoked_at: p.at })
    .where(({ or, eb }) => or([eb('id', '=', p.id), eb('root', '=', p.id)]))
    .where('account_id', '=', p.account)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', p.at),
);
export const revokeSessionsOf = statement((db, p: { account: number; at: number }) =>
  db
    .updateTable('sessions')
    .set({ revoked_at: p.at })
    .where('account_id', '=', p.account)
    .where('revoked_at', 'is', null),
);

/** In one namespace: the account's other sessions go on. */
export const revokeSessionsIn = statement((db, p: { account: number; namespace: number; at: number }) =>
  db
    .updateTable('sessions')
    .set({ revoked_at: p.at })
    .where('account_id', '=', p.account)
    .where('namespace_id', '=', p.namespace)
    .where('revoked_at', 'is', null),
);

/** The password, and where there is one the second factor, was shown again. */
export const markProved = statement((db, p: { id: string; at: number; withMfa: number }) =>
  db
    .updateTable('sessions')
    .set((eb) => ({
      proved_at: p.at,
      // Once a session was proved with a code it stays so.
      with_mfa: eb.case().when('with_mfa', '=', 1).then(1).else(p.withMfa).end(),
    }))
    .where('id', '=', p.id)
    .where('revoked_at', 'is', null),
);

export const sessionsOfAccount = statement((db, p: { account: number; now: number }) =>
  db
    .selectFrom('sessions')
    .innerJoin('namespaces', 'namespaces.id', 'sessions.namespace_id')
    .select([
      'sessions.id',
      'client_sealed',
      'sessions.created_at',
      'refreshed_at',
      'expires_at',
      'with_mfa',
      'namespaces.public_id as namespace_public_id',
    ])
    .where('account_id', '=', p.account)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', p.now)
    .orderBy('sessions.created_at', 'desc')
    .orderBy('sessions.id', 'desc'),
);

/** The role of a session's account where the session acts: its own namespace, or one that it is a member of. */
function roleThere(eb: ExpressionBuilder<Schema, 'sessions' | 'accounts'>) {
  return eb
    .case()
    .whenRef('accounts.namespace_id', '=', 'sessions.namespace_id')
    .then(eb.ref('accounts.role'))
    .else(
      eb
        .selectFrom('memberships')
        .select('memberships.role')
        .whereRef('memberships.account_id', '=', 'sessions.account_id')
        .whereRef('memberships.namespace_id', '=', 'sessions.namespace_id'),
    )
    .end();
}

function standing(db: Kysely<Schema>) {
  return db
    .selectFrom('sessions')
    .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
    .innerJoin('namespaces', 'namespaces.id', 'sessions.namespace_id')
    .select((eb) => [
      'sessions.id as session',
      'sessions.root',
      'sessions.expires_at',
      'sessions.revoked_at',
      'sessions.proved_at',
      'sessions.with_mfa',
      'sessions.client_sealed',
      'accounts.id as account',
      'accounts.public_id as account_public_id',
      'accounts.namespace_id as own_namespace',
      'sessions.namespace_id as namespace',
      'namespaces.public_id as namespace_public_id',
      'namespaces.settings as namespace_settings',
      roleThere(eb).as('role'),
      'accounts.epoch',
      'accounts.is_active',
      'accounts.must_change_password',
    ]);
}

/** A session with what its account may do now. */
export const sessionById = statement((db, p: { id: string }) => standing(db).where('sessions.id', '=', p.id));
export type SessionRow = typeof sessionById extends Statement<{ id: string }, infer R> ? R : never;

/**
 * Finds a row while the session has not ended, and its account is active, in the epoch of the token and in its role:
 * the guard of its changes, so that a request which was under way at a logout changes nothing any more.
 */
export const sessionStands = statement(
  (db, p: { session: string; account: number; epoch: number; role: string }) =>
    db
      .selectFrom('sessions')
      .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
      .select(({ lit }) => lit(1).as('stands'))
      .where('sessions.id', '=', p.session)
      .where('sessions.revoked_at', 'is', null)
      .where('accounts.id', '=', p.account)
      .where('accounts.epoch', '=', p.epoch)
      .where('accounts.is_active', '=', 1)
      .where((eb) => eb(roleThere(eb), '=', p.role)),
);

export const insertRefresh = statement((db, p: { digest: Uint8Array; session: string; at: number }) =>
  db
    .insertInto('refresh_tokens')
    .values({ digest: p.digest, session_id: p.session, created_at: p.at, used_at: null }),
);

/** Those used long ago need not be known as used: unknown ones are refused too. */
export const deleteRefreshBeyond = statement((db, p: { session: string; keep: number }) =>
  db
    .deleteFrom('refresh_tokens')
    .where('session_id', '=', p.session)
    .where('used_at', 'is not', null)
    .where('digest', 'not in', (eb) =>
      eb
        .selectFrom('refresh_tokens as newest')
        .select('newest.digest')
        .where('newest.session_id', '=', p.session)
        .orderBy('newest.created_at', 'desc')
        .limit(p.keep),
    ),
);

/** The compare-and-set of a rotation: of several that come at once, one finds its row. */
export const useRefresh = statement((db, p: { digest: Uint8Array; at: number }) =>
  db
    .updateTable('refresh_tokens')
    .set({ used_at: p.at })
    .where('digest', '=', p.digest)
    .where('used_at', 'is', null),
);

export const markRefreshed = statement((db, p: { id: string; at: number }) =>
  db.updateTable('sessions').set({ refreshed_at: p.at }).where('id', '=', p.id),
);

/** A refresh token with its session as it is now. */
export const refreshByDigest = statement((db, p: { digest: Uint8Array }) =>
  standing(db)
    .innerJoin('refresh_tokens', 'refresh_tokens.session_id', 'sessions.id')
    .select('refresh_tokens.used_at')
    .where('refresh_tokens.digest', '=', p.digest),
);

/** The guard of an operator, who has no session to end. */
export const accountExists = statement((db, p: { id: number }) =>
  db.selectFrom('accounts').select('id').where('id', '=', p.id),
);
