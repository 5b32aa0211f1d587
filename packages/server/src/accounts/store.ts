import type { Kysely } from 'kysely';
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
export const firstAdmin = statement((db, _: object) =>
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
    is_verified: 0,
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

export const markLogin = statement((db, p: Verified & { at: number }) =>
  db
    .updateTable('accounts')
    .set({ last_login_at: p.at })
    .where('id', '=', p.id)
    .where('epoch', '=', p.epoch)
    .where('password_hash', '=', p.verified)
    .where('is_active', '=', 1),
);

export const replacePassword = statement((db, p: Verified & { passwordHash: string }) =>
  db
    .updateTable('accounts')
    .set((eb) => ({ password_hash: p.passwordHash, must_change_password: 0, epoch: eb('epoch', '+', 1) }))
    .where('id', '=', p.id)
    .where('epoch', '=', p.epoch)
    .where('password_hash', '=', p.verified)
    .where('is_active', '=', 1),
);
