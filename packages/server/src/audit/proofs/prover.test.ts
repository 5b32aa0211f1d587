import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqliteReader } from '../../database/reader.ts';
import { type InProcessWriter, inProcessWriter } from '../../database/testing/in-process-writer.ts';
import { Frontier, verifyConsistency, verifyInclusion } from '../merkle.ts';
import { NodeMissing, Prover } from './prover.ts';
import { leavesBetween } from './store.ts';
import { testLog } from './testing/log.ts';
import { TILE_LEAVES, Tiles } from './tiles.ts';

const SIZE = 10_000;

let writer: InProcessWriter;
let prover: Prover;
let leaves: Uint8Array[];
/** Root of the tree at each size, made by appending. */
const roots: Uint8Array[] = [];

beforeAll(async () => {
  writer = await inProcessWriter();
  const log = testLog(writer);
  // Groups of odd sizes: tiles are completed within them, at their ends, and several by one.
  for (let count = 1; log.size() < SIZE; count = ((count * 7) % 601) + 1)
    log.append(Math.min(count, SIZE - log.size()));
  const reader = sqliteReader(writer.db);
  prover = new Prover(reader);
  leaves = (await reader.all(leavesBetween, { from: 0, to: SIZE })).map(({ leaf }) => leaf);
  const frontier = new Frontier();
  for (const leaf of leaves) {
    roots.push(frontier.root());
    frontier.append(leaf);
  }
  roots.push(frontier.root());
});
afterAll(() => writer.close());

async function expectInclusion(index: number, size: number): Promise<void> {
  const proof = await prover.inclusion(index, size);
  expect(verifyInclusion(index, size, leaves[index]!, proof, roots[size]!), `${index} of ${size}`).toBe(true);
}
async function expectConsistency(first: number, second: number): Promise<void> {
  const proof = await prover.consistency(first, second);
  const holds = verifyConsistency(first, second, proof, roots[first]!, roots[second]!);
  expect(holds, `${first} to ${second}`).toBe(true);
}

/** Sizes of all kinds, and often those next to where a tile ends. */
const size = fc.oneof(
  fc.integer({ min: 1, max: SIZE }),
  fc
    .tuple(fc.integer({ min: 1, max: Math.floor(SIZE / TILE_LEAVES) }), fc.integer({ min: -2, max: 2 }))
    .map(([tile, by]) => Math.min(tile * TILE_LEAVES + by, SIZE)),
);

describe('every proof holds before the verifier', () => {
  it('of each leaf and each earlier size, up to 70 leaves', async () => {
    for (let second = 1; second <= 70; second++)
      for (let first = 1; first <= second; first++) {
        await expectInclusion(first - 1, second);
        await expectConsistency(first, second);
      }
  });

  it('at random places up to 10,000 leaves, with roots that are those of appending', async () => {
    await fc.assert(
      fc.asyncProperty(size, size, async (a, b) => {
        const [first, second] = a <= b ? [a, b] : [b, a];
        await expectInclusion(first - 1, second);
        await expectConsistency(first, second);
        expect(Buffer.from(await prover.root(first))).toEqual(Buffer.from(roots[first]!));
      }),
      { numRuns: 400 },
    );
  });

  it('reads no more leaves than three tiles have', async () => {
    let read = 0;
    const inner = sqliteReader(writer.db);
    const counting = new Prover({
      async all(statement, values) {
        const rows = await inner.all(statement, values);
        if ((statement as unknown) === leavesBetween) read = read + rows.length;
        return rows;
      },
    });
    for (const [index, of] of [
      [0, SIZE],
      [SIZE - 1, SIZE],
      [5000, 9999],
    ] as const) {
      read = 0;
      await counting.inclusion(index, of);
      await counting.consistency(index + 1, of);
      expect(read, `${index} of ${of}`).toBeLessThan(3 * TILE_LEAVES);
    }
  });
});

describe('what a proof is made of', () => {
  it('is missed where leaves or roots over them are gone', async () => {
    writer.db.exec('BEGIN');
    writer.db.exec('DELETE FROM audit_events WHERE seq = 4');
    await expect(prover.inclusion(5, 100)).rejects.toThrow(NodeMissing);
    writer.db.exec('DELETE FROM audit_tiles WHERE tile = 1');
    await expect(prover.inclusion(3000, SIZE)).rejects.toThrow(NodeMissing);
    writer.db.exec('ROLLBACK');
    await expectInclusion(5, 100);
  });
});

describe('the stored roots over tiles', () => {
  const tiles = ({ db }: InProcessWriter) => db.prepare('SELECT * FROM audit_tiles ORDER BY tile').all();

  it('are made up for in a log that was written without them', async () => {
    const before = tiles(writer);
    expect(before).toHaveLength(Math.floor(SIZE / TILE_LEAVES));
    writer.db.exec('BEGIN');
    writer.db.exec('DELETE FROM audit_tiles');
    new Tiles((_, sql) => writer.db.prepare(sql)).catchUp(SIZE);
    expect(tiles(writer)).toEqual(before);
    writer.db.exec('ROLLBACK');
  });

  it('go with the transaction: a group that is rolled back leaves none', async () => {
    const other = await inProcessWriter();
    const log = testLog(other);
    log.append(200);
    log.append(100, 'rollback');
    expect(tiles(other)).toHaveLength(0);
    log.append(700);
    expect(tiles(other)).toHaveLength(3);
    const reader = sqliteReader(other.db);
    const rows = await reader.all(leavesBetween, { from: 0, to: 900 });
    const frontier = new Frontier();
    for (const { leaf } of rows) frontier.append(leaf);
    expect(Buffer.from(await new Prover(reader).root(900))).toEqual(Buffer.from(frontier.root()));
    other.close();
  });
});
