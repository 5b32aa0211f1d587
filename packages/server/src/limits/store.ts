import { type Expression, expressionBuilder, type Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { statement } from '../database/statement.ts';

/** `account` as in `Attempt`; `network` is the digest that stands in `known_networks`. */
export interface Visitor {
  account: string;
  network: Uint8Array;
}

/** The pair's counter holds for everybody, the other two only where the network is not known to the account. */
export interface Counters extends Visitor {
  pair: Uint8Array;
  wholeAccount: Uint8Array;
  wholeNetwork: Uint8Array;
  at: number;
}

interface Take {
  key: Uint8Array;
  at: number;
  /** A counter without an attempt since then starts again. */
  quietSince: number;
  /** Locks that ended before then make the next one no longer. */
  calmSince: number;
}

const eb = expressionBuilder<Schema>();

/** 1 where the account has logged in from the network, else 0. */
const knownCount = (p: Visitor) =>
  eb
    .selectFrom('known_networks')
    .select(({ fn }) => fn.countAll<number>().as('known'))
    .where('account', '=', p.account)
    .where('network', '=', p.network);

export const networkKnown = statement((db, p: Visitor) => db.selectNoFrom(knownCount(p).as('known')));

const locked = (p: Counters) =>
  eb
    .selectFrom('auth_attempts')
    .where('locked_until', '>', p.at)
    .where((row) =>
      row.or([
        row('key', '=', p.pair),
        row.and([row('key', 'in', [p.wholeAccount, p.wholeNetwork]), row(knownCount(p), '=', row.lit(0))]),
      ]),
    );

/** Finds a row while no counter is locked. It changes nothing: a refusal here costs the writer no rollback. */
export const noneLocked = statement((db, p: Counters) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('free'))
    .where(({ not, exists, lit }) => not(exists(locked(p).select(lit(1).as('locked'))))),
);

/** When the longest lock that refuses ends; null where none does. */
export const refusedUntil = statement((db, p: Counters) =>
  db.selectNoFrom(
    locked(p)
      .select(({ fn }) => fn.max('locked_until').as('until'))
      .as('until'),
  ),
);

/**
 * Adds `failures`, 1 or 0. Locked, the row refuses a 1: none is changed. A 0 leaves it as it is, locked or not.
 * `updated_at` never goes back: with the clock set back, nothing is forgotten sooner.
 */
function take(db: Kysely<Schema>, p: Take, failures: Expression<number>) {
  return db
    .insertInto('auth_attempts')
    .values({ key: p.key, failures, locks: 0, locked_until: 0, updated_at: p.at })
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet((row) => {
          const counts = row('excluded.failures', '=', row.lit(1));
          const updated = row.ref('auth_attempts.updated_at');
          const until = row.ref('auth_attempts.locked_until');
          // A lock that is still noted where an attempt counts has ended: that attempt is the first after it.
          const restarts = row.or([row(updated, '<=', p.quietSince), row(until, '>', row.lit(0))]);
          const calm = row.and([row(updated, '<=', p.calmSince), row(until, '<=', p.calmSince)]);
          const newer = row('excluded.updated_at', '>', updated);
          return {
            failures: row
              .case()
              .when(row.and([counts, restarts]))
              .then(row.lit(1))
              .else(row('auth_attempts.failures', '+', row.ref('excluded.failures')))
              .end(),
            locks: row
              .case()
              .when(row.and([counts, calm]))
              .then(row.lit(0))
              .else(row.ref('auth_attempts.locks'))
              .end(),
            locked_until: row.case().when(counts).then(row.lit(0)).else(until).end(),
            updated_at: row
              .case()
              .when(row.and([counts, newer]))
              .then(row.ref('excluded.updated_at'))
              .else(updated)
              .end(),
          };
        })
        .where((row) =>
          row.or([row('auth_attempts.locked_until', '<=', p.at), row('excluded.failures', '=', row.lit(0))]),
        ),
    );
}

export const takeOfPair = statement((db, p: Take) => take(db, p, eb.lit(1)));

/** Counts only where the network is not known to the account; the row found tells: `known` 0 or 1. */
export const takeUnlessKnown = statement((db, p: Take & Visitor) =>
  take(db, p, eb(eb.lit<number>(1), '-', knownCount(p).$asScalar())).returning(knownCount(p).as('known')),
);

export interface Lock {
  key: Uint8Array;
  limit: number;
  /** Milliseconds of the first lock; each further one lasts twice as long, from the `doublings`-th on `longest`. */
  period: number;
  doublings: number;
  longest: number;
}

/** Locks a counter that has reached its limit; belongs behind its `take…` in the same unit. */
export const lockAtLimit = statement((db, p: Lock) =>
  db
    .updateTable('auth_attempts')
    .set((row) => ({
      locks: row('locks', '+', row.lit(1)),
      locked_until: row(
        'updated_at',
        '+',
        row
          .case()
          .when('locks', '>=', p.doublings)
          .then(p.longest)
          // A shift of eight bytes by four exists on both dialects, a power does not.
          .else(
            row(row.cast<number>(row.val(p.period), 'bigint'), '<<', row.cast<number>('locks', 'integer')),
          )
          .end(),
      ),
    }))
    .where('key', '=', p.key)
    .where('failures', '>=', p.limit)
    .where('locked_until', '=', ({ lit }) => lit(0))
    .returning('locked_until as until'),
);

export const giveBack = statement((db, p: { key: Uint8Array }) =>
  db
    .updateTable('auth_attempts')
    .set((row) => ({ failures: row('failures', '-', row.lit(1)) }))
    .where('key', '=', p.key)
    .where('failures', '>', ({ lit }) => lit(0)),
);

/** Takes back one lock, if it is still that one. */
export const unlock = statement((db, p: { key: Uint8Array; until: number }) =>
  db
    .updateTable('auth_attempts')
    .set((row) => ({ locks: row('locks', '-', row.lit(1)), locked_until: 0 }))
    .where('key', '=', p.key)
    .where('locked_until', '=', p.until),
);

export const deleteCounter = statement((db, p: { key: Uint8Array }) =>
  db.deleteFrom('auth_attempts').where('key', '=', p.key),
);

export const rememberNetwork = statement((db, p: Visitor & { at: number }) =>
  db
    .insertInto('known_networks')
    .values({ account: p.account, network: p.network, last_at: p.at })
    .onConflict((conflict) =>
      conflict
        .columns(['account', 'network'])
        .doUpdateSet({ last_at: (row) => row.ref('excluded.last_at') })
        .whereRef('excluded.last_at', '>', 'known_networks.last_at'),
    ),
);

/** A batch of counters that no longer matter, oldest first; a row for each. */
export const sweepCounters = statement((db, p: { quietSince: number; calmSince: number; batch: number }) =>
  db
    .deleteFrom('auth_attempts')
    .where('updated_at', '<=', p.quietSince)
    .where('key', 'in', (row) =>
      row
        .selectFrom('auth_attempts')
        .select('key')
        .where('updated_at', '<=', p.quietSince)
        .where((old) =>
          old.or([
            old('locks', '=', old.lit(0)),
            old.and([old('updated_at', '<=', p.calmSince), old('locked_until', '<=', p.calmSince)]),
          ]),
        )
        .orderBy('updated_at')
        .limit(p.batch),
    )
    .returning(({ lit }) => lit(1).as('swept')),
);

export const sweepNetworks = statement((db, p: { before: number }) =>
  db.deleteFrom('known_networks').where('last_at', '<', p.before),
);

export const forgetNetworks = statement((db, p: { account: string }) =>
  db.deleteFrom('known_networks').where('account', '=', p.account),
);
