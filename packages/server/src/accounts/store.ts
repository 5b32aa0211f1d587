import type { ExpressionBuilder, Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { type Statement, statement } from '../database/statement.ts';

function accounts(db: Kysely<Schema>) {
  return db
    .selectFrom('accounts')
    .innerJoin('namespaces', 'namespaces.id', 'accounts.namespace_id')
    .select([
      'accounts.id',
      'accounts.public_id',
      'accounts.namespace_id',
      'namespaces.public_id as namespace_public_id',
      'profile_sealed',
      'password_hash',
      'role',
      'is_active',
      'is_verified',
      'must_change_password',
      'epoch',
      'accounts.created_at',
      'last_login_at',
    ]);
}

export const accountByUsername = statement((db, p: { digest: Uint8Array }) =>
  accounts(db).where('username_digest', '=', p.digest),
);
export const accountByEmail = statement((db, p: { digest: Uint8Array }) =>
  accounts(db).where('email_digest', '=', p.digest),
);
export const accountById = statement((db, p: { id: number }) => accounts(db).where('accounts.id', '=', p.id));
export const accountByPublicId = statement((db, p: { publicId: string }) =>
  accounts(db).where('accounts.public_id', '=', p.publicId),
);
export const accountPage = statement((db, p: { after: number; limit: number }) =>
  accounts(db).where('accounts.id', '>', p.after).orderBy('accounts.id').limit(p.limit),
);
export const countAccounts = statement((db, _: object) =>
  db.selectFrom('accounts').select(({ fn }) => fn.countAll<number>().as('total')),
);
export const firstAdmin = statement((db, _: object) =>
  accounts(db).where('role', '=', 'admin').where('is_active', '=', 1).orderBy('accounts.id').limit(1),
);
export const anyAdmin = statement((db, _: object) =>
  accounts(db).where('role', '=', 'admin').orderBy('accounts.id').limit(1),
);

export type AccountRow = typeof accountById extends Statement<{ id: number }, infer R> ? R : never;

/** One row while nobody has the name: the first steps of a registration. */
export const usernameFree = statement((db, p: { digest: Uint8Array }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('free'))
    .where(({ not, exists }) =>
      not(exists(db.selectFrom('accounts').select('id').where('username_digest', '=', p.digest))),
    ),
);
export const emailFree = statement((db, p: { digest: Uint8Array }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('free'))
    .where(({ not, exists }) =>
      not(exists(db.selectFrom('accounts').select('id').where('email_digest', '=', p.digest))),
    ),
);

export interface NewAccount {
  publicId: string;
  /** Public id of a namespace that an earlier step of the same unit makes. */
  namespace: string;
  username: Uint8Array;
  email: Uint8Array;
  profile: Uint8Array;
  passwordHash: string;
  role: string;
  verified: number;
  mustChangePassword: number;
  at: number;
}

export const insertAccount = statement((db, p: NewAccount) =>
  db.insertInto('accounts').values({
    public_id: p.publicId,
    namespace_id: db.selectFrom('namespaces').select('id').where('public_id', '=', p.namespace),
    username_digest: p.username,
    email_digest: p.email,
    profile_sealed: p.profile,
    password_hash: p.passwordHash,
    role: p.role,
    is_active: 1,
    is_verified: p.verified,
    must_change_password: p.mustChangePassword,
    epoch: 1,
    created_at: p.at,
    last_login_at: null,
  }),
);

interface Verified {
  id: number;
  epoch: number;
  /** The hash that the password was checked against: it may have been changed meanwhile. */
  verified: string;
}

/** The account is as it was when its password was proved. */
export const stillProved = statement((db, p: Verified) =>
  db
    .selectFrom('accounts')
    .select(({ lit }) => lit(1).as('stands'))
    .where('id', '=', p.id)
    .where('epoch', '=', p.epoch)
    .where('password_hash', '=', p.verified)
    .where('is_active', '=', 1),
);

export const markLogin = statement((db, p: { id: number; epoch: number; at: number }) =>
  db
    .updateTable('accounts')
    .set({ last_login_at: p.at })
    .where('id', '=', p.id)
    .where('epoch', '=', p.epoch)
    .where('is_active', '=', 1),
);

/** The same password under better costs: nothing ends. */
export const upgradeHash = statement((db, p: { id: number; verified: string; passwordHash: string }) =>
  db
    .updateTable('accounts')
    .set({ password_hash: p.passwordHash })
    .where('id', '=', p.id)
    .where('password_hash', '=', p.verified),
);

/** After `stillProved` in the same unit. The epoch advances, which ends everything that was proved before. */
export const replacePassword = statement((db, p: { id: number; epoch: number; passwordHash: string }) =>
  db
    .updateTable('accounts')
    .set((eb) => ({ password_hash: p.passwordHash, must_change_password: 0, epoch: eb('epoch', '+', 1) }))
    .where('id', '=', p.id)
    .where('epoch', '=', p.epoch)
    .where('is_active', '=', 1),
);

/** Without the old password, by an administrator. */
export const resetPassword = statement(
  (db, p: { id: number; epoch: number; passwordHash: string; mustChange: number }) =>
    db
      .updateTable('accounts')
      .set((eb) => ({
        password_hash: p.passwordHash,
        must_change_password: p.mustChange,
        epoch: eb('epoch', '+', 1),
      }))
      .where('id', '=', p.id)
      .where('epoch', '=', p.epoch),
);

/** For whoever reads the account's mail: whatever somebody with its password does meanwhile does not hold it up. */
export const resetByMail = statement((db, p: { id: number; email: Uint8Array; passwordHash: string }) =>
  db
    .updateTable('accounts')
    .set((eb) => ({
      password_hash: p.passwordHash,
      must_change_password: 0,
      is_verified: 1,
      epoch: eb('epoch', '+', 1),
    }))
    .where('id', '=', p.id)
    .where('email_digest', '=', p.email)
    .where('is_active', '=', 1),
);

export const markVerified = statement((db, p: { id: number; email: Uint8Array }) =>
  db
    .updateTable('accounts')
    .set({ is_verified: 1 })
    .where('id', '=', p.id)
    .where('email_digest', '=', p.email),
);

export const replaceProfile = statement(
  (db, p: { id: number; epoch: number; email: Uint8Array; profile: Uint8Array; verified: number }) =>
    db
      .updateTable('accounts')
      .set({ email_digest: p.email, profile_sealed: p.profile, is_verified: p.verified })
      .where('id', '=', p.id)
      .where('epoch', '=', p.epoch),
);

/** Role and activity. The epoch advances: whoever is logged in has to log in again. */
export const changeStanding = statement(
  (db, p: { id: number; epoch: number; role: string; active: number }) =>
    db
      .updateTable('accounts')
      .set((eb) => ({ role: p.role, is_active: p.active, epoch: eb('epoch', '+', 1) }))
      .where('id', '=', p.id)
      .where('epoch', '=', p.epoch),
);

/** Ends every session and access token of an account. */
export const advanceEpoch = statement((db, p: { id: number }) =>
  db
    .updateTable('accounts')
    .set((eb) => ({ epoch: eb('epoch', '+', 1) }))
    .where('id', '=', p.id),
);

/** One row while another administrator is there who can log in; `verified` 1 where that needs a verified address. */
export const otherAdmin = statement((db, p: { id: number; verified: number }) =>
  db
    .selectFrom('accounts')
    .select('id')
    .where('role', '=', 'admin')
    .where('is_active', '=', 1)
    .where('is_verified', '>=', p.verified)
    .where('id', '!=', p.id)
    .limit(1),
);

/** Accounts that registered before `before` and never confirmed their address, nor logged in. */
export const neverConfirmed = statement((db, p: { before: number; limit: number }) =>
  accounts(db).where(isUnconfirmed(p.before)).limit(p.limit),
);
export const deleteUnconfirmed = statement((db, p: { id: number; before: number }) =>
  db.deleteFrom('accounts').where('id', '=', p.id).where(isUnconfirmed(p.before)),
);
/** Untouched since it registered: an administrator's change advances the epoch, a certificate may log in daily. */
function isUnconfirmed(before: number) {
  return ({ eb, and, not, exists, selectFrom }: ExpressionBuilder<Schema, 'accounts'>) =>
    and([
      eb('is_verified', '=', 0),
      eb('last_login_at', 'is', null),
      eb('must_change_password', '=', 0),
      eb('epoch', '=', 1),
      eb('accounts.created_at', '<', before),
      not(
        exists(
          selectFrom('certificate_names')
            .select('public_id')
            .whereRef('certificate_names.account_id', '=', 'accounts.id'),
        ),
      ),
    ]);
}

export const deleteAccount = statement((db, p: { id: number; epoch: number }) =>
  db.deleteFrom('accounts').where('id', '=', p.id).where('epoch', '=', p.epoch),
);

export interface NewOneTimeToken {
  digest: Uint8Array;
  purpose: string;
  account: number;
  payload: Uint8Array | null;
  at: number;
  expires: number;
}

export const insertOneTimeToken = statement((db, p: NewOneTimeToken) =>
  db.insertInto('one_time_tokens').values({
    digest: p.digest,
    purpose: p.purpose,
    account_id: p.account,
    payload_sealed: p.payload,
    created_at: p.at,
    expires_at: p.expires,
  }),
);

/** For an account that an earlier step of the same unit may be making. */
export const insertOneTimeTokenFor = statement(
  (db, p: Omit<NewOneTimeToken, 'account'> & { publicId: string }) =>
    db.insertInto('one_time_tokens').values({
      digest: p.digest,
      purpose: p.purpose,
      account_id: db.selectFrom('accounts').select('id').where('public_id', '=', p.publicId),
      payload_sealed: p.payload,
      created_at: p.at,
      expires_at: p.expires,
    }),
);

export const oneTimeToken = statement((db, p: { digest: Uint8Array; purpose: string; now: number }) =>
  db
    .selectFrom('one_time_tokens')
    .select(['account_id', 'payload_sealed'])
    .where('digest', '=', p.digest)
    .where('purpose', '=', p.purpose)
    .where('expires_at', '>', p.now),
);

/** Its use is its end: of two that come at once, one finds a row. */
export const redeemOneTimeToken = statement((db, p: { digest: Uint8Array; purpose: string; now: number }) =>
  db
    .deleteFrom('one_time_tokens')
    .where('digest', '=', p.digest)
    .where('purpose', '=', p.purpose)
    .where('expires_at', '>', p.now),
);

export const deleteOneTimeTokens = statement((db, p: { account: number; purpose: string }) =>
  db.deleteFrom('one_time_tokens').where('account_id', '=', p.account).where('purpose', '=', p.purpose),
);
export const deleteExpiredOneTimeTokens = statement((db, p: { now: number }) =>
  db.deleteFrom('one_time_tokens').where('expires_at', '<=', p.now),
);
