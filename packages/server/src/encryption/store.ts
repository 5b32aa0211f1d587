import type { Connection } from '../database/sqlite.ts';
import { statement } from '../database/statement.ts';
import type { Step } from '../database/unit.ts';
import type { SecretStore } from './server-keys.ts';
import type { NewSubject } from './subject-keys.ts';

export const secretByName = statement((db, p: { name: string }) =>
  db.selectFrom('secrets').select('sealed').where('name', '=', p.name),
);

export const insertSecret = statement((db, p: { name: string; sealed: Uint8Array; at: number }) =>
  db
    .insertInto('secrets')
    .values({ name: p.name, sealed: p.sealed, created_at: p.at })
    .onConflict((conflict) => conflict.doNothing()),
);

/** Changes no row where it is gone already. */
export const deleteSecret = statement((db, p: { name: string }) =>
  db.deleteFrom('secrets').where('name', '=', p.name),
);

const SUBJECT_COLUMNS = [
  'id',
  'namespace_id',
  'digest',
  'key_id',
  'wrapped_key',
  'generation',
  'state',
  'head_seq',
] as const;

export const subjectByDigest = statement((db, p: { digest: Uint8Array }) =>
  db.selectFrom('subjects').select(SUBJECT_COLUMNS).where('digest', '=', p.digest),
);

export const subjectById = statement((db, p: { id: number }) =>
  db.selectFrom('subjects').select(SUBJECT_COLUMNS).where('id', '=', p.id),
);

export const subjectByKeyId = statement((db, p: { keyId: Uint8Array }) =>
  db.selectFrom('subjects').select(SUBJECT_COLUMNS).where('key_id', '=', p.keyId),
);

export const subjectsOfNamespace = statement((db, p: { namespace: number }) =>
  db.selectFrom('subjects').select(SUBJECT_COLUMNS).where('namespace_id', '=', p.namespace).orderBy('id'),
);

/** Subjects of a namespace in the order of their rows, beginning with row `from`. */
export const subjectsFrom = statement((db, p: { namespace: number; from: number; limit: number }) =>
  db
    .selectFrom('subjects')
    .select(SUBJECT_COLUMNS)
    .where('namespace_id', '=', p.namespace)
    .where('id', '>=', p.from)
    .orderBy('id')
    .limit(p.limit),
);

/** The subjects of a namespace whose keys are there, in the order in which they came. */
export const activeSubjects = statement((db, p: { namespace: number }) =>
  db
    .selectFrom('subjects')
    .select(['id', 'key_id'])
    .where('namespace_id', '=', p.namespace)
    .where('state', '=', 'active')
    .orderBy('id'),
);

/** One row while no subject came to a namespace after the one of this row. */
export const noSubjectAfter = statement((db, p: { namespace: number; last: number }) =>
  db
    .selectNoFrom(({ lit }) => lit(1).as('complete'))
    .where(({ not, exists }) =>
      not(
        exists(
          db
            .selectFrom('subjects')
            .select('id')
            .where('namespace_id', '=', p.namespace)
            .where('id', '>', p.last)
            .where('state', '=', 'active'),
        ),
      ),
    ),
);

export const insertSubject = statement((db, p: NewSubject) =>
  db
    .insertInto('subjects')
    .values({
      namespace_id: p.namespace,
      digest: p.digest,
      entity_sealed: p.entity,
      key_id: p.keyId,
      wrapped_key: p.wrapped,
      generation: 1,
      state: 'active',
      head_seq: 0,
      created_at: p.at,
    })
    .onConflict((conflict) => conflict.doNothing()),
);

const subjectStillOpen = statement((db, p: { id: number; generation: number }) =>
  db
    .selectFrom('subjects')
    .select('id')
    .where('id', '=', p.id)
    .where('generation', '=', p.generation)
    .where('state', '=', 'active'),
);

/** Refuses the unit when the subject was shredded or restored since its key was read. */
export function requireSubject(id: number, generation: number): Step {
  return { ...subjectStillOpen.bind({ id, generation }), otherwise: 'subject_changed' };
}

/** The first account brings the first namespace, and nothing is sealed before it. */
const anyNamespace = statement((db, _: object) => db.selectFrom('namespaces').select('id').limit(1));

/** The secrets over one connection, for the threads that have one. */
export function sqliteSecretStore(db: Connection, expect: 'existing' | 'new or existing'): SecretStore {
  const { sql, parameters } = anyNamespace.bind({});
  return {
    isNew: expect !== 'existing' && db.prepare<unknown[]>(sql).get(...parameters) === undefined,
    async get(name) {
      const { sql, parameters } = secretByName.bind({ name });
      return db.prepare<unknown[], { sealed: Uint8Array }>(sql).get(...parameters)?.sealed;
    },
    async put(name, sealed) {
      const { sql, parameters } = insertSecret.bind({ name, sealed, at: Date.now() });
      db.prepare<unknown[]>(sql).run(...parameters);
    },
  };
}

/** Crypto-shredding: without its key nothing of a subject opens again, here or in any copy of the rows. */
export const eraseSubjectsOf = statement((db, p: { namespace: number }) =>
  db
    .updateTable('subjects')
    .set((eb) => ({ wrapped_key: new Uint8Array(0), state: 'erased', generation: eb('generation', '+', 1) }))
    .where('namespace_id', '=', p.namespace),
);
