import { statement } from '../../database/statement.ts';

/** Puts a secret that is not in use yet, in place of an earlier one that is not in use either. */
export const putUnconfirmed = statement((db, p: { account: number; secret: Uint8Array; at: number }) =>
  db
    .insertInto('account_mfa')
    .values({
      account_id: p.account,
      secret_sealed: p.secret,
      created_at: p.at,
      confirmed_at: null,
      last_step: 0,
    })
    .onConflict((conflict) =>
      conflict
        .column('account_id')
        .doUpdateSet(({ ref }) => ({
          secret_sealed: ref('excluded.secret_sealed'),
          created_at: ref('excluded.created_at'),
          last_step: ref('excluded.last_step'),
        }))
        .where('account_mfa.confirmed_at', 'is', null),
    ),
);

export const factorOf = statement((db, p: { account: number }) =>
  db.selectFrom('account_mfa').select(['secret_sealed', 'confirmed_at']).where('account_id', '=', p.account),
);

/** Finds a row while the account has a factor in use. */
export const factorStands = statement((db, p: { account: number }) =>
  db
    .selectFrom('account_mfa')
    .select(({ lit }) => lit(1).as('stands'))
    .where('account_id', '=', p.account)
    .where('confirmed_at', 'is not', null),
);

/** A step, and the secret that it was found with: it may have been replaced meanwhile. */
interface ProvedStep {
  account: number;
  secret: Uint8Array;
  step: number;
}

export const confirmFactor = statement((db, p: ProvedStep & { at: number }) =>
  db
    .updateTable('account_mfa')
    .set({ confirmed_at: p.at, last_step: p.step })
    .where('account_id', '=', p.account)
    .where('secret_sealed', '=', p.secret)
    .where('confirmed_at', 'is', null),
);

/** Uses up a step and all before it. */
export const takeStep = statement((db, p: ProvedStep) =>
  db
    .updateTable('account_mfa')
    .set({ last_step: p.step })
    .where('account_id', '=', p.account)
    .where('secret_sealed', '=', p.secret)
    .where('confirmed_at', 'is not', null)
    .where('last_step', '<', p.step),
);

export const deleteFactor = statement((db, p: { account: number }) =>
  db.deleteFrom('account_mfa').where('account_id', '=', p.account),
);

interface Code {
  account: number;
  digest: Uint8Array;
}

export const insertRecoveryCode = statement((db, p: Code) =>
  db.insertInto('recovery_codes').values({ digest: p.digest, account_id: p.account }),
);

export const recoveryCodeStands = statement((db, p: Code) =>
  db
    .selectFrom('recovery_codes')
    .select(({ lit }) => lit(1).as('stands'))
    .where('digest', '=', p.digest)
    .where('account_id', '=', p.account),
);

export const takeRecoveryCode = statement((db, p: Code) =>
  db.deleteFrom('recovery_codes').where('digest', '=', p.digest).where('account_id', '=', p.account),
);

export const deleteRecoveryCodes = statement((db, p: { account: number }) =>
  db.deleteFrom('recovery_codes').where('account_id', '=', p.account),
);

/** When the factor was turned on, and how many recovery codes are left; no row without a factor in use. */
export const factorStatus = statement((db, p: { account: number }) =>
  db
    .selectFrom('account_mfa')
    .select((eb) => [
      'confirmed_at',
      eb
        .selectFrom('recovery_codes')
        .select(({ fn }) => fn.countAll().as('codes'))
        .whereRef('recovery_codes.account_id', '=', 'account_mfa.account_id')
        .as('codes'),
    ])
    .where('account_id', '=', p.account)
    .where('confirmed_at', 'is not', null),
);

/** What sessions proved with a factor holds no longer than the factor. */
export const forgetProofs = statement((db, p: { account: number }) =>
  db.updateTable('sessions').set({ with_mfa: 0 }).where('account_id', '=', p.account),
);

/** The session that turned the factor on has shown its first code. */
export const markSession = statement((db, p: { id: string; account: number }) =>
  db.updateTable('sessions').set({ with_mfa: 1 }).where('id', '=', p.id).where('account_id', '=', p.account),
);
