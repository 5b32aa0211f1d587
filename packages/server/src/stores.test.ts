import { globSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BoundQuery, Dialect } from './database/statement.ts';
import { type InProcessWriter, inProcessWriter } from './database/testing/in-process-writer.ts';

/** Functions of a store that make steps call `bind` themselves: only statements have it as their own method. */
interface AnyStatement {
  bind(values: object, dialect: Dialect): BoundQuery;
}

const values = new Proxy({}, { get: () => 1 });
const stores = globSync('**/store.ts', { cwd: import.meta.dirname }).sort();

let writer: InProcessWriter;
beforeAll(async () => {
  writer = await inProcessWriter();
});
afterAll(() => writer.close());

describe('the statements of every store', () => {
  it('are found', () => {
    expect(stores).toEqual(
      expect.arrayContaining(['accounts/store.ts', 'audit/store.ts', 'memories/store.ts', 'recall/store.ts']),
    );
  });

  it.each(stores)('%s compiles for SQLite and for PostgreSQL, each value a parameter', async (file) => {
    const module = (await import(`./${file}`)) as Record<string, unknown>;
    const statements = Object.entries(module).filter(
      (entry): entry is [string, AnyStatement] =>
        typeof entry[1] === 'object' && typeof (entry[1] as Partial<AnyStatement>).bind === 'function',
    );
    expect(statements.length).toBeGreaterThan(0);
    for (const [name, statement] of statements) {
      const sqlite = statement.bind(values, 'sqlite');
      const postgres = statement.bind(values, 'postgres');
      expect(postgres.sql.match(/\$\d+/g)?.length ?? 0, name).toBe(postgres.parameters.length);
      expect(sqlite.sql.match(/\?/g)?.length ?? 0, name).toBe(sqlite.parameters.length);
      expect(postgres.sql, name).not.toContain('?');
      expect(postgres.sql.replace(/\$\d+/g, '?'), name).toBe(sqlite.sql);
      // Names are resolved only against the tables: an ambiguous column compiles.
      expect(() => writer.db.prepare(sqlite.sql), name).not.toThrow();
    }
  });
});
