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

const columns = (table: string) => db.prepare(`SELECT name FROM pragma_table_info('${table}')`).pluck().all();

/** A connection on which the n-th statement that changes the tables fails, as on a full disk. */
function failingAt(n: number): Connection {
  let seen = 0;
  return new Proxy(db, {
    get(target, name) {
      if (name === 'prepare')
        return (sql: string) => {
          if (/^(create|drop|alter)/i.test(sql) && ++seen === n)
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
      // Each migration is there as a whole, with its mark, or not at all.
      const whole = db.prepare('SELECT name FROM migrations ORDER BY at, name').pluck().all();
      expect(tables().includes('accounts')).toBe(whole.includes('2026-11-21-foundation'));
      expect(tables().includes('memberships')).toBe(whole.includes('2026-11-21-identity'));
      expect(columns('api_keys').includes('last_used_at')).toBe(whole.includes('2026-11-21-identity'));
    }
    expect(tables()).toEqual(expect.arrayContaining(['accounts', 'audit_events', 'memberships', 'memories']));
  });

  it('keep what an earlier version has stored', async () => {
    await migrateSqlite(db, ['2026-11-21-foundation']);
    db.exec(`INSERT INTO namespaces VALUES (1, 'n', x'01', '{"audit_reads":"durable"}', 5);
      INSERT INTO accounts VALUES (1, 'a', 1, x'01', x'02', x'03', 'hash', 'user', 1, 0, 0, 1, 5, NULL);
      INSERT INTO api_keys VALUES (1, 'k', 1, 1, x'01', x'02', '[]', NULL, NULL, 5, NULL, NULL);`);
    const before = db.prepare('SELECT * FROM accounts').all();
    await migrateSqlite(db);
    expect(db.prepare('SELECT * FROM accounts').all()).toEqual(before);
    expect(db.prepare('SELECT public_id, signature_required, last_used_at FROM api_keys').get()).toEqual({
      public_id: 'k',
      signature_required: 0,
      last_used_at: null,
    });
  });

  it('run once', async () => {
    await migrateSqlite(db);
    await migrateSqlite(db);
    expect(db.prepare('SELECT count(*) FROM migrations').pluck().get()).toBe(5);
  });

  it('refuse a folder that a newer version has used', async () => {
    await migrateSqlite(db);
    db.exec("INSERT INTO migrations VALUES ('2099-01-01-later', 0)");
    await expect(migrateSqlite(db)).rejects.toMatchObject({ code: 'database_newer' });
  });
});
