import { statement } from '../database/statement.ts';

/** Counts over what other slices keep, for nobody but an administrator who asks how the server stands. */

/** Active accounts, those with a second factor in use, and the same of administrators. */
export const accountCounts = statement((db, p: { idleBefore: number }) =>
  db
    .selectFrom('accounts')
    .leftJoin('account_mfa', (join) =>
      join.onRef('account_mfa.account_id', '=', 'accounts.id').on('account_mfa.confirmed_at', 'is not', null),
    )
    .select(({ fn, eb }) => [
      fn.countAll<number>().as('active'),
      fn.count<number>('account_mfa.account_id').as('with_mfa'),
      fn.count<number>(eb.case().when('role', '=', 'admin').then(1).end()).as('admins'),
      fn
        .count<number>(eb.case().when('role', '=', 'admin').then(eb.ref('account_mfa.account_id')).end())
        .as('admins_with_mfa'),
      fn.count<number>(eb.case().when('must_change_password', '=', 1).then(1).end()).as('first_passwords'),
      fn
        .count<number>(
          eb
            .case()
            .when(fn.coalesce('last_login_at', 'accounts.created_at'), '<', p.idleBefore)
            .then(1)
            .end(),
        )
        .as('idle'),
    ])
    .where('is_active', '=', 1),
);

/** The stored hashes of active accounts, for what they cost; they do not leave the service. */
export const passwordHashes = statement((db, p: { after: number; limit: number }) =>
  db
    .selectFrom('accounts')
    .select(['id', 'password_hash'])
    .where('is_active', '=', 1)
    .where('id', '>', p.after)
    .orderBy('id')
    .limit(p.limit),
);

/** Keys in use, without names and secrets, those that were made first. */
export const keysInUse = statement((db, p: { now: number; limit: number }) =>
  db
    .selectFrom('api_keys')
    .select([
      'public_id',
      'permissions',
      'entities',
      'created_at',
      'rotated_at',
      'expires_at',
      'last_used_at',
      'rotate_after_days',
    ])
    .where('revoked_at', 'is', null)
    .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', p.now)]))
    .orderBy('id')
    .limit(p.limit),
);
export const countKeysInUse = statement((db, p: { now: number }) =>
  db
    .selectFrom('api_keys')
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .where('revoked_at', 'is', null)
    .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', p.now)])),
);

/** When the log's key began to sign: its newest rotation, else the first checkpoint. */
export const logKeySince = statement((db, _: object) =>
  db.selectNoFrom((eb) => [
    eb
      .selectFrom('audit_keys')
      .select(({ fn }) => fn.max('created_at').as('at'))
      .as('rotated_at'),
    eb
      .selectFrom('audit_checkpoints')
      .select(({ fn }) => fn.min('created_at').as('at'))
      .as('first_at'),
  ]),
);
/** When the key of access tokens began to sign; null where none is in the database. */
export const tokenKeySince = statement((db, _: object) =>
  db
    .selectFrom('token_keys')
    .select(({ fn }) => fn.max('created_at').as('at'))
    .where('retired_at', 'is', null),
);
export const newestCheckpoint = statement((db, _: object) =>
  db.selectFrom('audit_checkpoints').select(['size', 'created_at']).orderBy('size', 'desc').limit(1),
);
