import { statement } from '../database/statement.ts';

/** Changes no row when the nonce was used before. `expires` in epoch milliseconds. */
export const insertNonce = statement((db, p: { digest: Uint8Array; expires: number }) =>
  db
    .insertInto('signature_nonces')
    .values({ digest: p.digest, expires_at: p.expires })
    .onConflict((conflict) => conflict.doNothing()),
);

/** Forgets some nonces whose signatures are too old to be accepted: few at a time, with each new one. */
export const deleteExpiredNonces = statement((db, p: { now: number; limit: number }) =>
  db
    .deleteFrom('signature_nonces')
    .where('digest', 'in', (query) =>
      query
        .selectFrom('signature_nonces')
        .select('digest')
        .where('expires_at', '<', p.now)
        .orderBy('expires_at')
        .limit(p.limit),
    ),
);
