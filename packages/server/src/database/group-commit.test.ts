import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../encryption/randomness.ts';
import { GroupCommit, type Ledger } from './group-commit.ts';
import { migrateSqlite } from './migrate.ts';
import { type Connection, connect } from './sqlite.ts';
import { acrossSubjects, changeSequence, type Leaf, type Step, type Unit } from './unit.ts';

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
    subjects(1);
    let good = 0;
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 12 }), (bads) => {
        commits.commit(bads.map((bad) => changed(1, 1, bad)));
        good += bads.filter((bad) => !bad).length;
        expect(sequences(1)).toEqual(upTo(good));
        expect(heads()).toEqual([good]);
      }),
      { numRuns: 50 },
    );
  });

  it('gives each of several subjects gapless numbers, whichever units across them are refused or fail', () => {
    subjects(4);
    const good = [0, 0, 0, 0];
    const how = fc.constantFrom('good', 'refused at once', 'refused late', 'broken' as const);
    const counts = fc.array(fc.nat(3), { minLength: 4, maxLength: 4 });
    const group = fc.array(fc.record({ counts, how, backwards: fc.boolean() }), { maxLength: 8 });
    fc.assert(
      fc.property(group, (units) => {
        const outcomes = commits.commit(
          units.map(({ counts, how, backwards }) => {
            const parts = counts.flatMap((count, i) =>
              count === 0 ? [] : [changed(i + 1, count, how === 'refused late' && i === 3)],
            );
            const late = how === 'refused late' ? [changed(4, 1, true)] : [];
            const broken = { ...changed(3, 1, false), steps: [insert('a'), insert('a')] };
            const others = parts.filter(({ subject }) => subject!.id !== (how === 'broken' ? 3 : 4));
            const all =
              how === 'broken' ? [...others, broken] : late.length > 0 ? [...others, ...late] : parts;
            return acrossSubjects(
              how === 'refused at once' ? [require('nobody')] : [],
              backwards ? all.reverse() : all,
            );
          }),
        );
        for (const [i, { counts, how }] of units.entries()) {
          expect(outcomes[i]!.ok).toBe(how === 'good');
          if (how === 'good') for (const [subject, count] of counts.entries()) good[subject]! += count;
        }
        expect(heads()).toEqual(good);
        for (const [i, count] of good.entries()) expect(sequences(i + 1)).toEqual(upTo(count));
      }),
      { numRuns: 100 },
    );
  });

  it('refuses a unit that names a subject twice or none that it advances: two changes would have one number', () => {
    subjects(2);
    const twice = {
      ...changed(1, 1),
      subject: undefined,
      subjects: [1, 1].map((id) => ({ id, changes: 1 })),
    };
    const other = {
      ...acrossSubjects([], [changed(1, 1), changed(2, 1)]),
      subjects: [{ id: 1, changes: 1 }],
    };
    const unsaid = {
      ...changed(1, 1),
      subject: undefined,
      subjects: [1, 2].map((id) => ({ id, changes: 1 })),
    };
    expect(codes([twice as unknown as Unit, other, unsaid as unknown as Unit, changed(1, 1)])).toEqual([
      'storage_failed',
      'storage_failed',
      'storage_failed',
      'ok',
    ]);
    expect([sequences(1), sequences(2), heads()]).toEqual([[1], [], [1, 0]]);
  });
});

function subjects(count: number): void {
  db.pragma('foreign_keys=OFF');
  for (let i = 1; i <= count; i++)
    db.exec(
      `INSERT INTO subjects (namespace_id, digest, entity_sealed, key_id, wrapped_key, generation, state, head_seq, created_at)
       VALUES (1, x'0${i}', x'', x'0${i}', x'', 1, 'active', 0, 0)`,
    );
}

/** A unit that adds memories of one subject, and then, if it is a bad one, finds something missing. */
const changed = (subject: number, count: number, bad = false): Unit => ({
  steps: [
    ...Array.from({ length: count }, (_, change) => ({
      sql: 'INSERT INTO memories (id, subject_id, change_seq, version, state, created_at, updated_at) VALUES (?, ?, ?, 1, 1, 0, 0)',
      parameters: [randomBytes(16), subject, changeSequence(change)],
    })),
    ...(bad ? [require('nobody')] : []),
  ],
  leaves: [],
  subject: { id: subject, changes: count },
});
const sequences = (subject: number) =>
  db.prepare('SELECT change_seq FROM memories WHERE subject_id = ? ORDER BY change_seq').pluck().all(subject);
const heads = () => db.prepare('SELECT head_seq FROM subjects ORDER BY id').pluck().all();
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

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
