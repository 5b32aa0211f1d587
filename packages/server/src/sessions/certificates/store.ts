import { statement } from '../../database/statement.ts';

export const accountOfCertificate = statement((db, p: { digest: Uint8Array }) =>
  db
    .selectFrom('certificate_names')
    .innerJoin('accounts', 'accounts.id', 'certificate_names.account_id')
    .innerJoin('namespaces', 'namespaces.id', 'accounts.namespace_id')
    .select([
      'certificate_names.public_id',
      'accounts.id as account',
      'accounts.public_id as account_public_id',
      'accounts.namespace_id as namespace',
      'namespaces.public_id as namespace_public_id',
      'namespaces.settings as namespace_settings',
      'accounts.role',
      'accounts.epoch',
      'accounts.is_active',
    ])
    .where('certificate_names.digest', '=', p.digest),
);

/** Finds a row while the name stands for its account, and the account is as it was: the guard of its changes. */
export const certificateStands = statement((db, p: { id: string; epoch: number }) =>
  db
    .selectFrom('certificate_names')
    .innerJoin('accounts', 'accounts.id', 'certificate_names.account_id')
    .select(({ lit }) => lit(1).as('stands'))
    .where('certificate_names.public_id', '=', p.id)
    .where('accounts.epoch', '=', p.epoch)
    .where('accounts.is_active', '=', 1),
);

export const certificateFree = statement((db, p: { digest: Uint8Array }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('free'))
    .where(({ not, exists }) =>
      not(exists(db.selectFrom('certificate_names').select('public_id').where('digest', '=', p.digest))),
    ),
);

export const insertCertificate = statement(
  (db, p: { digest: Uint8Array; id: string; account: number; name: Uint8Array; at: number }) =>
    db.insertInto('certificate_names').values({
      digest: p.digest,
      public_id: p.id,
      account_id: p.account,
      name_sealed: p.name,
      created_at: p.at,
    }),
);

export const certificatesOf = statement((db, p: { account: number }) =>
  db
    .selectFrom('certificate_names')
    .select(['public_id', 'name_sealed', 'created_at'])
    .where('account_id', '=', p.account)
    .orderBy('created_at')
    .orderBy('public_id'),
);

export const deleteCertificate = statement((db, p: { id: string; account: number }) =>
  db.deleteFrom('certificate_names').where('public_id', '=', p.id).where('account_id', '=', p.account),
);
