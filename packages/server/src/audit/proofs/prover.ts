import type { Reader } from '../../database/reader.ts';
import { consistencyRanges, inclusionRanges, type Range } from './ranges.ts';
import { leavesBetween, tilesBetween } from './store.ts';
import { rootOver, TILE_LEAVES } from './tiles.ts';

/** A node of the tree cannot be made: leaves, or the roots over them, are gone. */
export class NodeMissing extends Error {
  override readonly name = 'NodeMissing';
}

/** Makes proofs from the leaves in the database and the roots over each 256 of them. It checks nothing. */
export class Prover {
  private readonly reader: Pick<Reader, 'all'>;

  constructor(reader: Pick<Reader, 'all'>) {
    this.reader = reader;
  }

  /** The Merkle root of the first `size` leaves, 1 or more. @throws NodeMissing */
  root(size: number): Promise<Uint8Array> {
    return this.node([0, size]);
  }

  /** That leaf `index` is in the tree of `size` leaves (RFC 6962 §2.1.1). @throws NodeMissing */
  inclusion(index: number, size: number): Promise<Uint8Array[]> {
    return this.nodes(inclusionRanges(index, size));
  }

  /** That the tree of `second` leaves begins with that of `first`, 1 or more (RFC 6962 §2.1.2). @throws NodeMissing */
  consistency(first: number, second: number): Promise<Uint8Array[]> {
    return this.nodes(consistencyRanges(first, second));
  }

  private async nodes(ranges: readonly Range[]): Promise<Uint8Array[]> {
    const nodes: Uint8Array[] = [];
    for (const range of ranges) nodes.push(await this.node(range));
    return nodes;
  }

  /** A node with as many leaves as a tile begins where a tile does: nodes begin at multiples of their own size. */
  private async node([begin, end]: Range): Promise<Uint8Array> {
    if (end - begin < TILE_LEAVES) return rootOver(await this.leaves(begin, end));
    const [from, to] = [begin / TILE_LEAVES, Math.floor(end / TILE_LEAVES)];
    const rows = await this.reader.all(tilesBetween, { from, to });
    if (rows.length !== to - from) throw new NodeMissing(`tiles ${from} to ${to - 1} are not all there`);
    const roots = rows.map(({ root }) => root);
    // What is left over stands where one more tile would: the tree splits in the same places.
    if (end % TILE_LEAVES > 0) roots.push(rootOver(await this.leaves(to * TILE_LEAVES, end)));
    return rootOver(roots);
  }

  private async leaves(from: number, to: number): Promise<Uint8Array[]> {
    const rows = await this.reader.all(leavesBetween, { from, to });
    if (rows.length !== to - from) throw new NodeMissing(`leaves ${from} to ${to - 1} are not all there`);
    return rows.map(({ leaf }) => leaf);
  }
}
