import type Database from 'better-sqlite3-multiple-ciphers';
import type { Statement } from '../../database/statement.ts';
import { Frontier } from '../merkle.ts';
import { lastTile, leavesBetween, putTile } from './store.ts';

/** Leaves under one stored root: a proof then reads a row for each 256 leaves, and some hundred leaves beside. */
export const TILE_LEAVES = 256;

/** Merkle root over hashes in order, each of which is a leaf or the root of a perfect subtree of one and the same size. */
export function rootOver(hashes: readonly Uint8Array[]): Uint8Array {
  const frontier = new Frontier();
  for (const hash of hashes) frontier.append(hash);
  return frontier.root();
}

/** A statement ready to run on the writer's connection. */
export type Prepare = (statement: object, sql: string) => Database.Statement<unknown[]>;

/**
 * Keeps `audit_tiles` up with the log, in the writer thread. Nothing here is trusted later: a proof that was made
 * with a wrong root does not fit what the log signed, and is not handed out.
 */
export class Tiles {
  private readonly prepared: Prepare;

  constructor(prepared: Prepare) {
    this.prepared = prepared;
  }

  /**
   * Stores what is missing of a log with this many leaves: all of it, in one that was written before. Leaves out a tile
   * of which leaves are gone: no proof goes through it any more.
   */
  catchUp(size: number): void {
    const { last } = this.ready(lastTile, {}).get() as { last: number };
    const read = this.ready(leavesBetween, { from: 0, to: 0 });
    for (let end = (last + 2) * TILE_LEAVES; end <= size; end += TILE_LEAVES) {
      const range = { from: end - TILE_LEAVES, to: end };
      const rows = read.all(...leavesBetween.bind(range).parameters) as { leaf: Uint8Array }[];
      if (rows.length === TILE_LEAVES) this.put(end, rootOver(rows.map(({ leaf }) => leaf)));
    }
  }

  /** Stores the root of the tile that a log of `size` leaves ends with; inside the transaction that adds its last leaf. */
  put(size: number, root: Uint8Array): void {
    const values = { tile: size / TILE_LEAVES - 1, root };
    this.ready(putTile, values).run(...putTile.bind(values).parameters);
  }

  private ready<P extends object>(statement: Statement<P, unknown>, values: P) {
    return this.prepared(statement, statement.bind(values).sql);
  }
}
