import { type Statement, statement } from '../database/statement.ts';

export const insertSession = statement(
  (db, p: { id: string; account: number; at: number; expires: number }) =>
    db.insertInto('sessions').values({
      id: p.id,
      account_id: p.account,
      created_at: p.at,
      expires_at: p.expires,
      revoked_at: null,
    }),
);

/** Sessions that ended by themselves need no row: a token without one is void. */
export const deleteExpired = statement((db, p: { account: number; now: number }) =>
  db.deleteFrom('sessions').where('account_id', '=', p.account).where('expires_at', '<=', p.now),
);

export const revokeSession = statement((db, p: { id: string; at: number }) =>
  db.updateTable('sessions').set({ revoked_at: p.at }).where('id', '=', p.id).where('revoked_at', 'is', null),
);

export const revokeSessionsOf = statement((db, p: { account: number; at: number }) =>
  db
    .updateTable('sessions')
    .set({ revoked_at: p.at })
    .where('account_id', '=', p.account)
    .where('revoked_at', 'is', null),
);

/** A session with what its account may do now. */
export const sessionById = statement((db, p: { id: string }) =>
  db
    .selectFrom('sessions')
    .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
    .innerJoin('namespaces', 'namespaces.id', 'accounts.namespace_id')
    .select([
      'sessions.expires_at',
      'sessions.revoked_at',
      'accounts.id as account',
      'accounts.public_id as account_public_id',
      'accounts.namespace_id as namespace',
      'namespaces.public_id as namespace_public_id',
      'accounts.role',
      'accounts.epoch',
      'accounts.is_active',
      'accounts.must_change_password',
    ])
    .where('sessions.id', '=', p.id),
);

export type SessionRow = typeof sessionById extends Statement<{ id: string }, infer R> ? R : never;

/**
 * Finds a row while the session has not ended, and its account is active and still in the epoch of the token: the
 * guard of its changes, so that a request which was under way at a logout changes nothing any more.
 */
export const sessionStands = statement((db, p: { session: string; account: number; epoch: number }) =>
  db
    .selectFrom('sessions')
    .innerJoin('accounts', 'accounts.id', 'sessions.account_id')
    .select(({ lit }) => lit(1).as('stands'))
    .where('sessions.id', '=', p.session)
    .where('sessions.revoked_at', 'is', null)
    .where('accounts.id', '=', p.account)
    .where('accounts.epoch', '=', p.epoch)
    .where('accounts.is_active', '=', 1),
);
