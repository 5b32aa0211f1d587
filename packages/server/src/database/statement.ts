import {
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Schema } from './schema.ts';

export type Dialect = 'sqlite' | 'postgres';

/** Builds and compiles queries without a connection: connections live in worker threads. */
const builders: Record<Dialect, () => Kysely<Schema>> = {
  sqlite: () =>
    new Kysely({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    }),
  postgres: () =>
    new Kysely({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (db) => new PostgresIntrospector(db),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
    }),
};
const built = new Map<Dialect, Kysely<Schema>>();

function builder(dialect: Dialect): Kysely<Schema> {
  const existing = built.get(dialect);
  if (existing) return existing;
  const created = builders[dialect]();
  built.set(dialect, created);
  return created;
}

class Parameter {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Stands for the change sequence that the writer gives the n-th change of a unit, or of one of its subjects. */
export interface ChangeSequence {
  change: number;
  /** Which of several subjects; absent where the unit is of one. */
  subject?: number;
}

export interface BoundQuery {
  sql: string;
  parameters: unknown[];
}

/** A query written once with Kysely, compiled once a dialect, and bound to values many times. */
export interface Statement<P extends object, R> {
  bind(values: P, dialect?: Dialect): BoundQuery;
  /** Only a type: what a row of the result looks like. */
  readonly row?: R;
}

/**
 * Defines a statement. In `build`, `p.name` stands for the value that is bound later:
 *
 *     const byId = statement((db, p: { id: Uint8Array }) => db.selectFrom('memories').selectAll().where('id', '=', p.id));
 *
 * Compiling is 30–60 µs a query, more than everything else that a write costs on its thread: hence once.
 */
export function statement<P extends object, R>(
  build: (db: Kysely<Schema>, p: P) => Compilable<R>,
): Statement<P, R> {
  const compiled = new Map<Dialect, { sql: string; parts: unknown[] }>();
  const parameters = new Proxy({}, { get: (_, name) => new Parameter(String(name)) }) as P;
  return {
    bind(values, dialect = 'sqlite') {
      let ready = compiled.get(dialect);
      if (!ready) {
        const query = build(builder(dialect), parameters).compile();
        ready = { sql: query.sql, parts: [...query.parameters] };
        compiled.set(dialect, ready);
      }
      const bound = new Array<unknown>(ready.parts.length);
      for (let i = 0; i < bound.length; i++) {
        const part = ready.parts[i];
        bound[i] = part instanceof Parameter ? values[part.name as keyof P] : part;
      }
      return { sql: ready.sql, parameters: bound };
    },
  };
}
