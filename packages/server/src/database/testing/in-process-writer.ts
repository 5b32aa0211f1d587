import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from '../../encryption/randomness.ts';
import { GroupCommit } from '../group-commit.ts';
import { migrateSqlite } from '../migrate.ts';
import { type Connection, connect } from '../sqlite.ts';
import type { Leaf } from '../unit.ts';
import type { WriterClient } from '../writer-client.ts';

/** The real database behind the writer's contract, without its thread. */
export interface InProcessWriter extends Pick<WriterClient, 'commit' | 'read'> {
  db: Connection;
  /** The leaves of every unit that was committed, in order. */
  leaves: Leaf[];
  /** Folder of the database file. */
  folder: string;
  close(): void;
}

const pageKey = randomBytes(32);
const newFolder = () => mkdtempSync(join(tmpdir(), 'memhold-writer-'));
let migrated: Promise<Buffer> | undefined;

/** The file of an empty database. Made once: to migrate takes longer than most tests that want one. */
async function emptyDatabase(): Promise<Buffer> {
  const folder = newFolder();
  const file = join(folder, 'memhold.db');
  const db = connect(file, pageKey, 'write');
  await migrateSqlite(db);
  db.close();
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true });
  return bytes;
}

/** A new database in a folder of its own, for tests. */
export async function inProcessWriter(): Promise<InProcessWriter> {
  migrated ??= emptyDatabase();
  const folder = newFolder();
  const file = join(folder, 'memhold.db');
  writeFileSync(file, await migrated);
  const db = connect(file, pageKey, 'write');
  const leaves: Leaf[] = [];
  let staged: Leaf[] = [];
  const commits = new GroupCommit(db, {
    append: (leaf) => void staged.push(leaf),
    beforeCommit() {},
    afterCommit() {
      leaves.push(...staged);
      staged = [];
    },
    discard() {
      staged = [];
    },
  });
  return {
    db,
    leaves,
    folder,
    async commit(unit) {
      const outcome = commits.commit([unit])[0]!;
      if (!outcome.ok) throw outcome.error;
      return structuredClone({ rows: outcome.rows, firstChange: outcome.firstChange });
    },
    async read(statement, values) {
      const { sql, parameters } = statement.bind(values);
      // What comes from another thread is a copy, and its bytes are plain Uint8Arrays.
      return structuredClone(commits.read(sql, parameters)) as never;
    },
    close() {
      db.close();
      rmSync(folder, { recursive: true });
    },
  };
}
