import { statement } from '../database/statement.ts';

const LIVE = 1;

/** One row while a memory is no canary of this namespace: of another one, nothing is said. */
export const noCanary = statement((db, p: { memory: Uint8Array; namespace: number }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('free'))
    .where(({ not, exists }) =>
      not(
        exists(
          db
            .selectFrom('canaries')
            .select('memory_id')
            .where('memory_id', '=', p.memory)
            .where('namespace_id', '=', p.namespace),
        ),
      ),
    ),
);

/** One row while a namespace may have one more. */
export const roomForCanary = statement((db, p: { namespace: number; most: number }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('room'))
    .where(({ eb }) =>
      eb(
        db
          .selectFrom('canaries')
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .where('namespace_id', '=', p.namespace),
        '<',
        p.most,
      ),
    ),
);

/** Only what is alive in this very namespace becomes one. */
export const insertCanary = statement((db, p: { memory: Uint8Array; namespace: number; at: number }) =>
  db
    .insertInto('canaries')
    .columns(['memory_id', 'namespace_id', 'created_at'])
    .expression((expression) =>
      expression
        .selectFrom('memories')
        .innerJoin('subjects', 'subjects.id', 'memories.subject_id')
        .select(({ val }) => ['memories.id', 'subjects.namespace_id', val(p.at).as('created_at')])
        .where('memories.id', '=', p.memory)
        .where('memories.state', '=', LIVE)
        .where('subjects.state', '=', 'active')
        .where('subjects.namespace_id', '=', p.namespace),
    ),
);

export const deleteCanary = statement((db, p: { memory: Uint8Array; namespace: number }) =>
  db.deleteFrom('canaries').where('memory_id', '=', p.memory).where('namespace_id', '=', p.namespace),
);

export const canariesOf = statement((db, p: { namespace: number }) =>
  db
    .selectFrom('canaries')
    .select(['memory_id', 'created_at'])
    .where('namespace_id', '=', p.namespace)
    .orderBy('created_at')
    .orderBy('memory_id'),
);

export const allCanaries = statement((db, _: object) => db.selectFrom('canaries').select('memory_id'));
