import { type Statement, statement } from '../database/statement.ts';

export const insertNamespace = statement(
  (db, p: { publicId: string; name: Uint8Array; settings: string; at: number }) =>
    db
      .insertInto('namespaces')
      .values({ public_id: p.publicId, name_sealed: p.name, settings: p.settings, created_at: p.at }),
);

export const namespaceById = statement((db, p: { id: number }) =>
  db.selectFrom('namespaces').selectAll().where('id', '=', p.id),
);
export type NamespaceRow = typeof namespaceById extends Statement<{ id: number }, infer R> ? R : never;

/** A portion of all namespaces, in the order of their rows. */
export const namespacesAfter = statement((db, p: { after: number; limit: number }) =>
  db
    .selectFrom('namespaces')
    .select(['id', 'public_id'])
    .where('id', '>', p.after)
    .orderBy('id')
    .limit(p.limit),
);

export const namespaceExists = statement((db, p: { id: number }) =>
  db.selectFrom('namespaces').select('id').where('id', '=', p.id),
);

export const updateSettings = statement((db, p: { id: number; before: string; settings: string }) =>
  db
    .updateTable('namespaces')
    .set({ settings: p.settings })
    .where('id', '=', p.id)
    .where('settings', '=', p.before),
);

/** A role in a namespace that is not the account's own; a later step of a unit may name the account by public id. */
export const insertMembership = statement(
  (db, p: { account: string; namespace: number; role: string; at: number }) =>
    db
      .insertInto('memberships')
      .values({
        account_id: db.selectFrom('accounts').select('id').where('public_id', '=', p.account),
        namespace_id: p.namespace,
        role: p.role,
        created_at: p.at,
      })
      .onConflict((conflict) => conflict.columns(['account_id', 'namespace_id']).doNothing()),
);
/** The founder's, in the unit that makes the namespace. */
export const insertFounder = statement((db, p: { account: number; namespace: string; at: number }) =>
  db.insertInto('memberships').values({
    account_id: p.account,
    namespace_id: db.selectFrom('namespaces').select('id').where('public_id', '=', p.namespace),
    role: 'admin',
    created_at: p.at,
  }),
);

export const membershipOf = statement((db, p: { account: number; namespace: string }) =>
  db
    .selectFrom('memberships')
    .innerJoin('namespaces', 'namespaces.id', 'memberships.namespace_id')
    .select(['namespaces.id', 'namespaces.public_id', 'memberships.role'])
    .where('memberships.account_id', '=', p.account)
    .where('namespaces.public_id', '=', p.namespace),
);

export const namespacesOf = statement((db, p: { account: number }) =>
  db
    .selectFrom('memberships')
    .innerJoin('namespaces', 'namespaces.id', 'memberships.namespace_id')
    .select([
      'namespaces.id',
      'namespaces.public_id',
      'name_sealed',
      'memberships.role',
      'namespaces.created_at',
    ])
    .where('memberships.account_id', '=', p.account)
    .orderBy('namespaces.id'),
);

/** One row while nobody but this account is at home in a namespace. */
export const nobodyElse = statement((db, p: { namespace: number; account: number }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('alone'))
    .where(({ not, exists }) =>
      not(
        exists(
          db
            .selectFrom('memberships')
            .select('account_id')
            .where('namespace_id', '=', p.namespace)
            .where('account_id', '!=', p.account),
        ),
      ),
    )
    .where(({ not, exists }) =>
      not(
        exists(
          db
            .selectFrom('accounts')
            .select('id')
            .where('namespace_id', '=', p.namespace)
            .where('id', '!=', p.account),
        ),
      ),
    ),
);

/** A namespace in which nothing was ever stored goes with the account that it came with. */
export const deleteEmptyNamespace = statement((db, p: { id: number }) =>
  db
    .deleteFrom('namespaces')
    .where('id', '=', p.id)
    .where(({ not, exists, and }) =>
      and([
        not(exists(db.selectFrom('subjects').select('id').where('namespace_id', '=', p.id))),
        not(exists(db.selectFrom('memberships').select('role').where('namespace_id', '=', p.id))),
        not(exists(db.selectFrom('accounts').select('id').where('namespace_id', '=', p.id))),
        not(exists(db.selectFrom('sessions').select('id').where('namespace_id', '=', p.id))),
        not(exists(db.selectFrom('api_keys').select('id').where('namespace_id', '=', p.id))),
      ]),
    ),
);

/** How many an account has founded or joined: one row while there is room for one more. */
export const roomForNamespace = statement((db, p: { account: number; most: number }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('room'))
    .where(({ eb }) =>
      eb(
        db
          .selectFrom('memberships')
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .where('account_id', '=', p.account),
        '<',
        p.most,
      ),
    ),
);

/** The members of a namespace, beside the account whose own it is. */
export const membersOf = statement((db, p: { namespace: number }) =>
  db
    .selectFrom('memberships')
    .innerJoin('accounts', 'accounts.id', 'memberships.account_id')
    .select(['accounts.id as account', 'accounts.public_id', 'memberships.role', 'memberships.created_at'])
    .where('memberships.namespace_id', '=', p.namespace)
    .orderBy('memberships.created_at')
    .orderBy('accounts.id'),
);
export const ownersOf = statement((db, p: { namespace: number }) =>
  db
    .selectFrom('accounts')
    .select(['id as account', 'public_id', 'role', 'created_at'])
    .where('namespace_id', '=', p.namespace)
    .orderBy('id'),
);

export const memberByPublicId = statement((db, p: { namespace: number; account: string }) =>
  db
    .selectFrom('memberships')
    .innerJoin('accounts', 'accounts.id', 'memberships.account_id')
    .select(['accounts.id as account', 'memberships.role'])
    .where('memberships.namespace_id', '=', p.namespace)
    .where('accounts.public_id', '=', p.account),
);

/** One row while somebody else who can log in is an administrator of the namespace: a member, or whose own it is. */
export const otherNamespaceAdmin = statement(
  (db, p: { namespace: number; account: number; verified: number }) =>
    db
      .selectFrom('accounts')
      .leftJoin('memberships', (join) =>
        join
          .onRef('memberships.account_id', '=', 'accounts.id')
          .on('memberships.namespace_id', '=', p.namespace),
      )
      .select('accounts.id')
      .where('accounts.id', '!=', p.account)
      .where('accounts.is_active', '=', 1)
      .where('accounts.is_verified', '>=', p.verified)
      .where(({ or, and, eb }) =>
        or([
          eb('memberships.role', '=', 'admin'),
          and([eb('accounts.namespace_id', '=', p.namespace), eb('accounts.role', '=', 'admin')]),
        ]),
      )
      .limit(1),
);

export const updateMembership = statement(
  (db, p: { namespace: number; account: number; before: string; role: string }) =>
    db
      .updateTable('memberships')
      .set({ role: p.role })
      .where('namespace_id', '=', p.namespace)
      .where('account_id', '=', p.account)
      .where('role', '=', p.before),
);
export const deleteMembership = statement((db, p: { namespace: number; account: number; before: string }) =>
  db
    .deleteFrom('memberships')
    .where('namespace_id', '=', p.namespace)
    .where('account_id', '=', p.account)
    .where('role', '=', p.before),
);
