import type Database from 'better-sqlite3-multiple-ciphers';
import { damaged, isDamage } from './errors.ts';
import type { Connection } from './sqlite.ts';
import type { Statement } from './statement.ts';

/** A read-only connection. Asynchronous by contract, so that a pooled dialect can stand behind the same stores. */
export interface Reader {
  all<P extends object, R>(statement: Statement<P, R>, values: P): Promise<R[]>;
  /** Runs reads that must see one and the same state. */
  snapshot<T>(work: (reader: Reader) => Promise<T>): Promise<T>;
  close(): void;
}

export function sqliteReader(db: Connection): Reader {
  const prepared = new Map<string, Database.Statement<unknown[]>>();
  let depth = 0;
  const reader: Reader = {
    async all<P extends object, R>(statement: Statement<P, R>, values: P): Promise<R[]> {
      const { sql, parameters } = statement.bind(values);
      try {
        let ready = prepared.get(sql);
        if (!ready) {
          ready = db.prepare<unknown[]>(sql);
          prepared.set(sql, ready);
        }
        return ready.all(...parameters) as R[];
      } catch (cause) {
        throw isDamage(cause) ? damaged(db.name, cause) : cause;
      }
    },
    // Snapshots that overlap share the outermost one's state: older than asked for by microseconds, never torn.
    async snapshot(work) {
      if (depth === 0) db.exec('BEGIN');
      depth++;
      try {
        return await work(reader);
      } finally {
        if (--depth === 0) db.exec('COMMIT');
      }
    },
    close: () => db.close(),
  };
  return reader;
}
