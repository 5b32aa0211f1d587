import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../encryption/randomness.ts';
import { GroupCommit, type Ledger } from './group-commit.ts';
import { migrateSqlite } from './migrate.ts';
import { type Connection, connect } from './sqlite.ts';
import { changeSequence, type Leaf, type Step, type Unit } from './unit.ts';

let folder: string;
let db: Connection;
let ledger: RecordingLedger;
let commits: GroupCommit;

/** Keeps what a real ledger would store, with the same rule: staged until COMMIT. */
class RecordingLedger implements Ledger {
  committed: string[] = [];
  private staged: string[] = [];
  append = (leaf: Leaf) => void this.staged.push(Buffer.from(leaf.hash).toString());
  beforeCommit = () => undefined;
  afterCommit = () => {
    this.committed.push(...this.staged);
    this.staged = [];
  };
  discard = () => {
    this.staged = [];
  };
}

const leaf = (name: string): Leaf => ({
  hash: Buffer.from(name),
  skeleton: Buffer.alloc(0),
  privateSealed: null,
});
const insert = (name: string): Step => ({
  sql: 'INSERT INTO secrets (name, sealed, created_at) VALUES (?, ?, 0)',
  parameters: [name, Buffer.from(name)],
});
const require = (name: string): Step => ({
  sql: 'SELECT name FROM secrets WHERE name = ?',
  parameters: [name],
  otherwise: 'missing',
});
const unit = (name: string, ...more: Step[]): Unit => ({
  steps: [insert(name), ...more],
  leaves: [leaf(name)],
});
const stored = () =>
  (db.prepare('SELECT name FROM secrets ORDER BY name').all() as { name: string }[]).map((r) => r.name);
const codes = (units: Unit[], by = commits) =>
  by.commit(units).map((outcome) => (outcome.ok ? 'ok' : (outcome.error as { code?: string }).code));

/** A connection whose COMMIT fails while `failing` says so, after `effect`. */
function failingCommit(
  failing: () => boolean,
  code: string,
  effect: (target: Connection) => unknown,
): Connection {
  return new Proxy(db, {
    get(target, name) {
      if (name === 'exec')
        return (sql: string) => {
          if (sql !== 'COMMIT' || !failing()) return target.exec(sql);
          effect(target);
          throw Object.assign(new Error('the disk'), { code });
        };
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'memhold-group-'));
  db = connect(join(folder, 'test.db'), randomBytes(32), 'write');
  await migrateSqlite(db);
  ledger = new RecordingLedger();
  commits = new GroupCommit(db, ledger);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

describe('a group of units', () => {
  it('is stored with full synchronisation, so that an acknowledged write survives a power cut', () => {
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('secure_delete', { simple: true })).toBe(1);
  });

  it('leaves out a unit that is refused, with its audit leaf, and stores the others', () => {
    const refused: Unit = { steps: [require('nobody'), insert('b')], leaves: [leaf('b')] };
    expect(codes([unit('a'), refused, unit('c')])).toEqual(['ok', 'missing', 'ok']);
    expect(stored()).toEqual(['a', 'c']);
    expect(ledger.committed).toEqual(['a', 'c']);
  });

  it('undoes a unit that is refused or fails after it changed something, and only that one', () => {
    const late = unit('b', require('nobody'));
    const failing = unit('d', insert('a'));
    expect(codes([unit('a'), late, unit('c'), failing])).toEqual(['ok', 'missing', 'ok', 'storage_failed']);
    expect(stored()).toEqual(['a', 'c']);
    expect(ledger.committed).toEqual(['a', 'c']);
  });

  it('gives changes of a subject gapless numbers in any mix of good and bad units', () => {
    const subject =
      'INSERT INTO subjects (namespace_id, digest, entity_sealed, key_id, wrapped_key, generation, state, head_seq, created_at)';
    db.pragma('foreign_keys=OFF');
    db.exec(`${subject} VALUES (1, x'01', x'', x'01', x'', 1, 'active', 0, 0)`);
    const memory = (id: Buffer, bad: boolean): Unit => ({
      steps: [
        {
          sql: 'INSERT INTO memories (id, subject_id, change_seq, version, state, created_at, updated_at) VALUES (?, 1, ?, 1, 1, 0, 0)',
          parameters: [id, changeSequence()],
        },
        ...(bad ? [require('nobody')] : []),
      ],
      leaves: [],
      subject: { id: 1, changes: 1 },
    });
    let good = 0;
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 12 }), (bads) => {
        commits.commit(bads.map((bad) => memory(randomBytes(16), bad)));
        good += bads.filter((bad) => !bad).length;
        const sequences = db.prepare('SELECT change_seq FROM memories ORDER BY change_seq').pluck().all();
        expect(sequences).toEqual(Array.from({ length: good }, (_, i) => i + 1));
        expect(db.prepare('SELECT head_seq FROM subjects').pluck().get()).toBe(good);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a disk that fails', () => {
  it('refuses with storage_full while there is no room, and goes on by itself when there is', () => {
    const pages = db.pragma('page_count', { simple: true }) as number;
    db.pragma(`max_page_count=${pages}`);
    const big: Unit = {
      steps: [{ ...insert('big'), parameters: ['big', randomBytes(64 * 4096)] }],
      leaves: [leaf('big')],
    };
    expect(codes([big])).toEqual(['storage_full']);
    expect(ledger.committed).toEqual([]);
    db.pragma('max_page_count=100000');
    expect(codes([big])).toEqual(['ok']);
    expect(stored()).toEqual(['big']);
  });

  it('goes on when there is room again after a COMMIT that SQLite undid by itself', () => {
    let full = true;
    const faulty = failingCommit(
      () => full,
      'SQLITE_FULL',
      (target) => target.exec('ROLLBACK'),
    );
    const recovering = new GroupCommit(faulty, ledger);
    expect(codes([unit('a'), unit('b')], recovering)).toEqual(['storage_full', 'storage_full']);
    expect(recovering.stopped).toBe(false);
    full = false;
    expect(codes([unit('c')], recovering)).toEqual(['ok']);
    expect(stored()).toEqual(['c']);
    expect(ledger.committed).toEqual(['c']);
  });

  it('stops for good after a failed COMMIT: what is on disk is then unknown', () => {
    let failing = true;
    const faulty = failingCommit(
      () => failing,
      'SQLITE_IOERR_FSYNC',
      () => undefined,
    );
    const broken = new GroupCommit(faulty, ledger);
    expect(codes([unit('a'), unit('b')], broken)).toEqual(['storage_failed', 'storage_failed']);
    failing = false;
    expect(codes([unit('c')], broken)).toEqual(['storage_failed']);
    expect(broken.stopped).toBe(true);
    expect(stored()).toEqual([]);
    expect(ledger.committed).toEqual([]);
  });
});
