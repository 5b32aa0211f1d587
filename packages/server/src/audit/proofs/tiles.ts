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

  /** Stores what is missing of a log with this many leaves: all of it, in one that was written before. */
  catchUp(size: number): void {
    const { last } = this.ready(lastTile, {}).get() as { last: number };
    this.complete((last + 1) * TILE_LEAVES, size);
  }

  /**
   * Stores the roots of the tiles that became complete as the log grew from `before` to `size` leaves; inside the
   * transaction that adds them. Leaves out a tile of which leaves are gone: no proof goes through it any more.
   */
  complete(before: number, size: number): void {
    const end = Math.floor(size / TILE_LEAVES);
    let tile = Math.floor(before / TILE_LEAVES);
    if (tile >= end) return;
    const read = this.ready(leavesBetween, { from: 0, to: 0 });
    const put = this.ready(putTile, { tile: 0, root: new Uint8Array(0) });
    for (; tile < end; tile++) {
      const range = { from: tile * TILE_LEAVES, to: (tile + 1) * TILE_LEAVES };
      const rows = read.all(...leavesBetween.bind(range).parameters) as { leaf: Uint8Array }[];
      if (rows.length < TILE_LEAVES) continue;
      const root = rootOver(rows.map(({ leaf }) => leaf));
      put.run(...putTile.bind({ tile, root }).parameters);
    }
  }

  private ready<P extends object>(statement: Statement<P, unknown>, values: P) {
    return this.prepared(statement, statement.bind(values).sql);
  }
}
