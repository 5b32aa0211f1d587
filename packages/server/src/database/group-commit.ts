import type Database from 'better-sqlite3-multiple-ciphers';
import { DatabaseError, damaged, isDamage, isFull, UnitRefused } from './errors.ts';
import type { Connection } from './sqlite.ts';
import type { ChangeSequence } from './statement.ts';
import { advancesOf, isChangeSequence, type Leaf, type Step, type Unit, type UnitRows } from './unit.ts';

/** The audit tree as the writer sees it: leaves are staged in a group and count only after its COMMIT. */
export interface Ledger {
  append(leaf: Leaf): void;
  /** Writes the tree's state inside the transaction. */
  beforeCommit(): void;
  afterCommit(): void;
  discard(): void;
}

export type Outcome = { ok: true; rows: UnitRows; firstChange: number } | { ok: false; error: Error };

interface Subject {
  head: number;
  start: number;
}

type Prepared = Database.Statement<unknown[]>;
type Row = Record<string, unknown>;

const HEADS_KEPT = 20_000;

/** The sequence of the first change of each subject of a unit. */
type FirstChanges = readonly { id: number; subject: Subject; first: number; changes: number }[];

/**
 * Commits units in groups: one `BEGIN IMMEDIATE`, the statements of every unit, the audit leaves, one COMMIT with a
 * full fsync. Sequence numbers and the audit tree advance only after COMMIT.
 *
 * There are no savepoints (they cost 40%): a unit that is refused before it changed anything is left out; when one
 * fails later, the group is rolled back and its units are replayed one by one.
 */
export class GroupCommit {
  private readonly db: Connection;
  private readonly ledger: Ledger;
  private readonly statements = new Map<string, Prepared>();
  private readonly heads = new Map<number, number>();
  private staged = new Map<number, Subject>();
  private broken: Error | undefined;

  constructor(db: Connection, ledger: Ledger) {
    this.db = db;
    this.ledger = ledger;
  }

  /** Stores the units, each whole or not at all; the answers are in the same order. */
  commit(units: readonly Unit[]): Outcome[] {
    if (this.broken) return units.map(() => this.failed(this.broken));
    try {
      return this.attempt(units);
    } catch (cause) {
      if (isDamage(cause)) this.broken = cause as Error;
      this.rollBack();
      if (this.broken || units.length === 1) return units.map(() => this.failed(cause));
    }
    return units.map((unit) => this.commit([unit])[0]!);
  }

  read(sql: string, parameters: unknown[]): Row[] {
    try {
      return this.prepare(sql).all(...parameters) as Row[];
    } catch (cause) {
      if (!isDamage(cause)) throw cause;
      this.broken ??= cause as Error;
      throw damaged(this.db.name, cause);
    }
  }

  /** True after a failed COMMIT, or on a damaged file: what is on disk is then unknown, nothing more is accepted. */
  get stopped(): boolean {
    return this.broken !== undefined;
  }

  /** Stops for good: something else of the writer's own failed on the disk. */
  stopFor(cause: Error): void {
    this.broken ??= cause;
  }

  private attempt(units: readonly Unit[]): Outcome[] {
    this.db.exec('BEGIN IMMEDIATE');
    const outcomes = units.map((unit) => this.apply(unit));
    const changed = outcomes.some((outcome) => outcome.ok);
    for (const [id, { head, start }] of this.staged)
      if (head !== start) this.prepare('UPDATE subjects SET head_seq = ? WHERE id = ?').run(head, id);
    this.ledger.beforeCommit();
    try {
      this.db.exec(changed ? 'COMMIT' : 'ROLLBACK');
    } catch (cause) {
      // Without room SQLite undoes the transaction by itself, and the next one may fit. Any other failure of a COMMIT
      // leaves the file in an unknown state: retrying would pretend.
      if (!isFull(cause)) this.broken = cause as Error;
      throw cause;
    }
    for (const [id, { head }] of this.staged) this.remember(id, head);
    this.staged.clear();
    this.ledger.afterCommit();
    return outcomes;
  }

  private apply(unit: Unit): Outcome {
    const firsts = this.firstChanges(unit);
    const rows: UnitRows = [];
    let changed = false;
    for (const step of unit.steps) {
      const found = this.step(step, firsts);
      if (found.refused) {
        if (changed) throw new UnitRefused(found.refused);
        return { ok: false, error: new UnitRefused(found.refused) };
      }
      changed ||= found.changed;
      rows.push(found.rows);
    }
    for (const { subject, changes } of firsts) subject.head += changes;
    for (const leaf of unit.leaves) this.ledger.append(leaf);
    return { ok: true, rows, firstChange: firsts[0]?.first ?? 1 };
  }

  private firstChanges(unit: Unit): FirstChanges {
    let before = Number.NEGATIVE_INFINITY;
    return advancesOf(unit).map(({ id, changes }) => {
      // Twice the same subject would number two changes alike.
      if (id <= before) throw new Error('the subjects of a unit are not each once and in order');
      before = id;
      const subject = this.subject(id);
      return { id, subject, first: subject.head + 1, changes };
    });
  }

  private step(step: Step, firsts: FirstChanges): { rows: Row[]; changed: boolean; refused?: string } {
    const { otherwise } = step;
    const bound = step.parameters.map((value) => (isChangeSequence(value) ? sequence(firsts, value) : value));
    const prepared = this.prepare(step.sql);
    if (prepared.reader) {
      const rows = prepared.all(...bound) as Row[];
      if (otherwise && rows.length === 0) return { rows, changed: false, refused: otherwise };
      return { rows, changed: !prepared.readonly && rows.length > 0 };
    }
    const { changes } = prepared.run(...bound);
    if (otherwise && changes === 0) return { rows: [], changed: false, refused: otherwise };
    return { rows: [], changed: changes > 0 };
  }

  private subject(id: number): Subject {
    let subject = this.staged.get(id);
    if (!subject) {
      let head = this.heads.get(id);
      if (head === undefined) {
        const row = this.prepare('SELECT head_seq FROM subjects WHERE id = ?').get(id) as Row | undefined;
        if (!row) throw new UnitRefused('subject_missing');
        head = row.head_seq as number;
      }
      subject = { head, start: head };
      this.staged.set(id, subject);
    }
    return subject;
  }

  private remember(id: number, head: number): void {
    if (this.heads.size >= HEADS_KEPT) this.heads.delete(this.heads.keys().next().value!);
    this.heads.set(id, head);
  }

  private rollBack(): void {
    this.staged.clear();
    this.ledger.discard();
    try {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
    } catch (cause) {
      this.broken = cause as Error;
    }
  }

  private prepare(sql: string): Prepared {
    let prepared = this.statements.get(sql);
    if (!prepared) {
      prepared = this.db.prepare<unknown[]>(sql);
      this.statements.set(sql, prepared);
    }
    return prepared;
  }

  private failed(cause: unknown): Outcome {
    if (cause instanceof UnitRefused || cause instanceof DatabaseError) return { ok: false, error: cause };
    return { ok: false, error: this.broken ? this.stop(cause) : refusedByDisk(cause) };
  }

  private stop(cause: unknown): DatabaseError {
    if (isDamage(this.broken)) return damaged(this.db.name, cause);
    return new DatabaseError('storage_failed', 'The disk refused a write: check it and restart the server.', {
      cause,
    });
  }
}

/** Each subject's place is found by halving: a unit may have a thousand of them, and a step for each. */
function sequence(firsts: FirstChanges, { change, subject }: ChangeSequence): number {
  if (subject === undefined && firsts.length > 1)
    throw new Error('a step does not say which subject it changes');
  if (subject === undefined) return (firsts[0]?.first ?? 1) + change;
  let low = 0;
  let high = firsts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (firsts[middle]!.id < subject) low = middle + 1;
    else high = middle;
  }
  const found = firsts[low];
  if (found?.id !== subject) throw new Error('a step names a subject that its unit does not advance');
  return found.first + change;
}

function refusedByDisk(cause: unknown): DatabaseError {
  const code = String((cause as { code?: string }).code);
  if (isFull(cause) || code.startsWith('SQLITE_IOERR_WRITE'))
    return new DatabaseError('storage_full', 'The disk is full: free some space; nothing was stored.', {
      cause,
    });
  return new DatabaseError('storage_failed', 'The database refused the change; nothing was stored.', {
    cause,
  });
}
