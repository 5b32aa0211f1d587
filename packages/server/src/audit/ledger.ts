import type Database from 'better-sqlite3-multiple-ciphers';
import type { Ledger } from '../database/group-commit.ts';
import type { Connection } from '../database/sqlite.ts';
import type { Statement } from '../database/statement.ts';
import type { Leaf } from '../database/unit.ts';
import type { DataKey } from '../encryption/seal.ts';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import type { SharedLogEnds } from './log-ends.ts';
import { Frontier } from './merkle.ts';
import type { Signer } from './note.ts';
import { TILE_LEAVES, Tiles } from './proofs/tiles.ts';
import {
  insertCheckpoint,
  insertEvent,
  insertTree,
  lastCheckpoint,
  selectTree,
  updateTree,
} from './store.ts';
import { typeIn } from './tail.ts';
import { openFrontier, sealFrontier, treeMissing } from './tree-state.ts';

/** A checkpoint is signed at the latest after this many leaves (or a second, by the writer's clock). */
const LEAVES_PER_CHECKPOINT = 1000;

/**
 * The audit tree in the writer thread. Leaves get their positions here, inside the transaction of the change that
 * they tell of. Only the frontier (the roots of the perfect subtrees) is kept: reading 100,000 leaf hashes at a
 * start took 228 ms.
 */
export class AuditLedger implements Ledger {
  private readonly db: Connection;
  private signer: Signer;
  /** While the group under way hands the log over to another key. */
  private next: Signer | undefined;
  private readonly key: DataKey;
  private readonly now: () => number;
  private readonly tiles: Tiles;
  private readonly prepared = new Map<object, Database.Statement<unknown[]>>();
  private committed: Frontier;
  private staged: Frontier;
  private checkpointed: number;
  private checkpointStaged = 0;
  /** Something in the group under way must not stand in the log without a checkpoint over it. */
  private signStaged = false;
  private lastTime: number;
  private readonly ends: SharedLogEnds | undefined;
  /** Of the group under way: the end of each type of event. */
  private readonly stagedTypes = new Map<string, number>();

  /**
   * @param options `mayBeNew`: whether the log may have no state yet: else one that is gone was taken away, and a log
   * that began again at 0 would have the same name and key. `ends`: told after each commit.
   * @throws DatabaseError `audit_log_tampered`.
   */
  constructor(
    db: Connection,
    signer: Signer,
    key: DataKey,
    now: () => number,
    { mayBeNew = true, ends }: { mayBeNew?: boolean; ends?: SharedLogEnds } = {},
  ) {
    this.db = db;
    this.ends = ends;
    this.signer = signer;
    this.key = key;
    this.now = now;
    const tree = this.get(selectTree, {}) as { frontier: Uint8Array } | undefined;
    const last = this.get(lastCheckpoint, {}) as { size: number; note: string } | undefined;
    if (!tree && !mayBeNew) throw treeMissing();
    this.committed = tree ? openFrontier(key, tree.frontier, last, signer) : new Frontier();
    if (!tree) this.run(insertTree, { frontier: sealFrontier(key, this.committed) });
    this.tiles = new Tiles((statement, sql) => this.prepare(statement, sql));
    db.transaction(() => this.tiles.catchUp(this.committed.size))();
    this.staged = this.committed.clone();
    this.ends?.publish(this.committed.size);
    this.checkpointed = last?.size ?? -1;
    // The note's own time: the number beside it in the row is anybody's, and what is signed next is not earlier.
    this.lastTime = (last && openCheckpoint(last.note, [signer]).time) ?? 0;
  }

  /** Leaves that are committed. */
  get size(): number {
    return this.committed.size;
  }

  append(leaf: Leaf): void {
    const { hash, skeleton, privateSealed } = leaf;
    this.run(insertEvent, { seq: this.staged.size, leaf: hash, skeleton, private: privateSealed });
    if (leaf.signed) this.signStaged = true;
    const tile = this.staged.append(hash, TILE_LEAVES);
    if (tile) this.tiles.put(this.staged.size, tile);
    if (this.ends) this.stagedTypes.set(typeIn(skeleton), this.staged.size);
  }

  beforeCommit(): void {
    if (this.staged.size === this.committed.size) return;
    this.run(updateTree, { frontier: sealFrontier(this.key, this.staged) });
    if (this.next) {
      if (this.checkpointed !== this.committed.size) this.sign(this.committed, this.signer);
      this.sign(this.staged, this.next);
    } else if (this.signStaged || this.staged.size - this.checkpointed >= LEAVES_PER_CHECKPOINT)
      this.sign(this.staged, this.signer);
  }

  afterCommit(): void {
    if (this.staged.size === this.committed.size) return;
    this.committed = this.staged.clone();
    this.ends?.publish(this.committed.size, this.stagedTypes);
    this.stagedTypes.clear();
    this.checkpointed = Math.max(this.checkpointed, this.checkpointStaged);
    this.signer = this.next ?? this.signer;
    this.signStaged = false;
  }

  discard(): void {
    this.staged = this.committed.clone();
    this.stagedTypes.clear();
    this.checkpointStaged = 0;
    this.signStaged = false;
  }

  /** Signs what was committed since the last checkpoint, in a transaction of its own. */
  checkpoint(): void {
    if (this.checkpointed === this.committed.size) return;
    this.sign(this.committed, this.signer);
    this.checkpointed = this.committed.size;
  }

  /**
   * Runs `commit` so that the log changes hands with it: in its transaction the old key signs what was there before,
   * `next` signs what it appends and goes on from there. Where nothing is committed the old key goes on.
   */
  handOver<T>(next: Signer, commit: () => T): T {
    this.next = next;
    try {
      return commit();
    } finally {
      this.next = undefined;
    }
  }

  private sign(tree: Frontier, signer: Signer): void {
    const { size } = tree;
    // A clock that was set back must not make the log look rewound.
    const time = Math.max(this.now(), this.lastTime);
    this.lastTime = time;
    const note = signCheckpoint({ origin: signer.name, size, root: tree.root(), time }, signer);
    this.run(insertCheckpoint, { size, note, at: time });
    this.checkpointStaged = size;
  }

  private run<P extends object>(statement: Statement<P, unknown>, values: P): void {
    const { sql, parameters } = statement.bind(values);
    this.prepare(statement, sql).run(...parameters);
  }

  private get<P extends object>(statement: Statement<P, unknown>, values: P): unknown {
    const { sql, parameters } = statement.bind(values);
    return this.prepare(statement, sql).get(...parameters);
  }

  private prepare(statement: object, sql: string): Database.Statement<unknown[]> {
    let ready = this.prepared.get(statement);
    if (!ready) {
      ready = this.db.prepare<unknown[]>(sql);
      this.prepared.set(statement, ready);
    }
    return ready;
  }
}
