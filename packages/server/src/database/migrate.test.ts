import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../encryption/randomness.ts';
import { migrateSqlite } from './migrate.ts';
import { type Connection, connect } from './sqlite.ts';

let folder: string;
let db: Connection;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memhold-migrate-'));
  db = connect(join(folder, 'test.db'), randomBytes(32), 'write');
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const tables = () =>
  db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();

/** A connection on which the n-th statement that changes the tables fails, as on a full disk. */
function failingAt(n: number): Connection {
  let seen = 0;
  return new Proxy(db, {
    get(target, name) {
      if (name === 'prepare')
        return (sql: string) => {
          if (/^create/i.test(sql) && ++seen === n)
            throw Object.assign(new Error('full'), { code: 'SQLITE_FULL' });
          return target.prepare(sql);
        };
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('migrations', () => {
  it('leave nothing behind when they fail at any statement, and succeed at the next start', async () => {
    for (let n = 1; ; n++) {
      const outcome = await migrateSqlite(failingAt(n)).then(
        () => 'done',
        () => 'failed',
      );
      if (outcome === 'done') {
        expect(n).toBeGreaterThan(10);
        break;
      }
      expect(tables()).toEqual(['migrations']);
    }
    expect(tables()).toEqual(expect.arrayContaining(['accounts', 'audit_events', 'memories', 'subjects']));
  });

  it('run once', async () => {
    await migrateSqlite(db);
    await migrateSqlite(db);
    expect(db.prepare('SELECT count(*) FROM migrations').pluck().get()).toBe(1);
  });

  it('refuse a folder that a newer version has used', async () => {
    await migrateSqlite(db);
    db.exec("INSERT INTO migrations VALUES ('2099-01-01-later', 0)");
    await expect(migrateSqlite(db)).rejects.toMatchObject({ code: 'database_newer' });
  });
});
