import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_ROOT, Frontier, leafHash, nodeHash, verifyConsistency, verifyInclusion } from './merkle.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();

// The definitions of RFC 6962 §2.1, written as they stand there.
const split = (n: number) => 2 ** Math.ceil(Math.log2(n) - 1);
function naiveRoot(entries: Uint8Array[]): Uint8Array {
  if (entries.length === 0) return sha();
  if (entries.length === 1) return sha(Buffer.of(0), entries[0]!);
  const k = split(entries.length);
  return sha(Buffer.of(1), naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)));
}
function naivePath(m: number, entries: Uint8Array[]): Uint8Array[] {
  if (entries.length === 1) return [];
  const k = split(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m < k ? [...naivePath(m, left), naiveRoot(right)] : [...naivePath(m - k, right), naiveRoot(left)];
}
function naiveSubproof(m: number, entries: Uint8Array[], whole: boolean): Uint8Array[] {
  if (m === entries.length) return whole ? [] : [naiveRoot(entries)];
  const k = split(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m <= k
    ? [...naiveSubproof(m, left, whole), naiveRoot(right)]
    : [...naiveSubproof(m - k, right, false), naiveRoot(left)];
}

const treeOf = (entries: Uint8Array[]) => {
  const tree = new Frontier();
  for (const entry of entries) tree.append(leafHash(entry));
  return tree;
};
const entriesArbitrary = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 70 });

describe('the Merkle tree', () => {
  // Inputs and roots of the certificate-transparency reference implementation.
  const inputs = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ];
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];

  it.each(roots.map((root, size) => [size, root] as const))('has the known root at size %i', (size, root) => {
    const tree = treeOf(inputs.slice(0, size).map((input) => Buffer.from(input, 'hex')));
    expect(hex(tree.root())).toBe(root);
    if (size === 0) expect(hex(EMPTY_ROOT)).toBe(root);
  });

  it('has at every size the root of the naive definition, also after decode(encode()) and clone()', () => {
    fc.assert(
      fc.property(entriesArbitrary, fc.nat(), (entries, cut) => {
        const size = cut % (entries.length + 1);
        const before = treeOf(entries.slice(0, size));
        const stored = Frontier.decode(before.encode());
        const copy = before.clone();
        for (const entry of entries.slice(size)) {
          stored.append(leafHash(entry));
          copy.append(leafHash(entry));
        }
        expect(hex(before.root())).toBe(hex(naiveRoot(entries.slice(0, size))));
        expect(hex(stored.root())).toBe(hex(naiveRoot(entries)));
        expect(hex(copy.root())).toBe(hex(naiveRoot(entries)));
        expect(stored.size).toBe(entries.length);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps no reference to the hashes and roots that pass through it', () => {
    const leaf = leafHash(Buffer.from('a'));
    const tree = new Frontier();
    tree.append(leaf);
    leaf.fill(0);
    tree.root().fill(0);
    expect(hex(tree.root())).toBe(hex(leafHash(Buffer.from('a'))));
    new Frontier().root().fill(0);
    expect(hex(EMPTY_ROOT)).toBe(roots[0]);
  });

  it('hashes entries of any size', () => {
    for (const size of [0, 1, 4095, 4096, 65_535, 65_536, 1_000_000]) {
      const entry = Buffer.alloc(size, 7);
      expect(hex(leafHash(entry))).toBe(hex(sha(Buffer.of(0), entry)));
    }
    const [a, b] = [sha(Buffer.of(1)), sha(Buffer.of(2))];
    expect(hex(nodeHash(a, b))).toBe(hex(sha(Buffer.of(1), a, b)));
  });

  it('refuses stored bytes that are no frontier', () => {
    const good = treeOf([Buffer.of(1), Buffer.of(2), Buffer.of(3)]).encode();
    expect(good.length).toBe(9 + 2 * 32);
    const bad = [
      new Uint8Array(0),
      good.subarray(0, -1),
      Buffer.concat([good, Buffer.of(0)]),
      good.with(0, 2),
    ];
    for (const bytes of [...bad, good.with(8, 4), good.with(1, 255)]) {
      expect(() => Frontier.decode(bytes)).toThrow(RangeError);
    }
    expect(() => new Frontier().append(new Uint8Array(31))).toThrow(RangeError);
  });

  it('decodes from a view inside a larger buffer', () => {
    const tree = treeOf([Buffer.of(1), Buffer.of(2), Buffer.of(3)]);
    const framed = Buffer.concat([Buffer.alloc(5, 9), tree.encode()]).subarray(5);
    expect(hex(Frontier.decode(framed).root())).toBe(hex(tree.root()));
  });
});

describe('proofs', () => {
  it('accepts naive inclusion proofs and refuses every other index, size, length, leaf and root', () => {
    fc.assert(
      fc.property(entriesArbitrary, fc.nat(), fc.nat(), (values, at, flip) => {
        const entries = values.map((value, i) => Buffer.concat([value, Buffer.of(i)]));
        const size = entries.length;
        const index = at % size;
        const proof = naivePath(index, entries);
        const leaf = leafHash(entries[index]!);
        const root = naiveRoot(entries);
        expect(verifyInclusion(index, size, leaf, proof, root)).toBe(true);
        const wrong = Buffer.from(leaf);
        wrong[flip % 32]! ^= 1;
        expect(verifyInclusion(index, size, wrong, proof, root)).toBe(false);
        expect(verifyInclusion(index, size, leaf, [...proof, wrong], root)).toBe(false);
        expect(verifyInclusion(index, size, leaf, [wrong, ...proof], root)).toBe(false);
        expect(verifyInclusion(index, size, leaf, proof, wrong)).toBe(false);
        for (const bad of [-1, size, 0.5, Number.NaN, 2 ** 64]) {
          expect(verifyInclusion(bad, size, leaf, proof, root)).toBe(false);
        }
        if (proof.length > 0) {
          expect(verifyInclusion(index, size, leaf, proof.slice(1), root)).toBe(false);
          expect(verifyInclusion(index, size, leaf, proof.slice(0, -1), root)).toBe(false);
          expect(verifyInclusion(index ^ 1, size, leaf, proof, root) && (index ^ 1) < size).toBe(false);
        }
      }),
    );
  });

  it('accepts naive consistency proofs and refuses changed ones', () => {
    fc.assert(
      fc.property(entriesArbitrary, fc.nat(), fc.nat(), (entries, cut, flip) => {
        const size2 = entries.length;
        const size1 = 1 + (cut % size2);
        const proof = naiveSubproof(size1, entries, true);
        const [root1, root2] = [naiveRoot(entries.slice(0, size1)), naiveRoot(entries)];
        expect(verifyConsistency(size1, size2, proof, root1, root2)).toBe(true);
        const wrong = Buffer.from(root1);
        wrong[flip % 32]! ^= 1;
        expect(verifyConsistency(size1, size2, proof, wrong, root2)).toBe(false);
        expect(verifyConsistency(size1, size2, proof, root1, wrong)).toBe(false);
        expect(verifyConsistency(size1, size2, [...proof, wrong], root1, root2)).toBe(false);
        expect(verifyConsistency(size1, size2, [wrong, ...proof], root1, root2)).toBe(false);
        if (proof.length > 0)
          expect(verifyConsistency(size1, size2, proof.slice(0, -1), root1, root2)).toBe(false);
        if (size1 < size2) expect(verifyConsistency(size2, size1, proof, root2, root1)).toBe(false);
        expect(verifyConsistency(0, size2, [], EMPTY_ROOT, root2)).toBe(false);
      }),
    );
  });
});

const vectors = fileURLToPath(
  new URL('../../../../../shared/data/vectors/merkle/testdata/', import.meta.url),
);
const present = existsSync(vectors);
if (!present) console.warn(`SKIPPED: the transparency-dev Merkle vectors are not at ${vectors}`);

describe.skipIf(!present)('the transparency-dev vectors', () => {
  type Vector = { proof: string[] | null; wantErr: boolean; desc: string } & Record<string, unknown>;
  const read = (folder: string): Vector[] =>
    readdirSync(join(vectors, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(vectors, folder, name), 'utf8')) as Vector);
  const bytes = (text: unknown) => Buffer.from((text as string | null) ?? '', 'base64');

  it('of two trees without leaves prove nothing, equal roots or not', () => {
    const zero = read('consistency').filter((v) => v.size1 === 0 && v.size2 === 0);
    expect(zero.some((v) => v.root1 === v.root2)).toBe(true);
    expect(zero.some((v) => v.root1 !== v.root2)).toBe(true);
    for (const v of zero)
      expect(verifyConsistency(0, 0, [], bytes(v.root1), bytes(v.root2)), v.desc).toBe(false);
  });

  it.each(['inclusion', 'consistency'])('all hold: %s', (folder) => {
    const all = read(folder);
    for (const v of all) {
      const proof = (v.proof ?? []).map(bytes);
      const holds =
        folder === 'inclusion'
          ? verifyInclusion(
              v.leafIdx as number,
              v.treeSize as number,
              bytes(v.leafHash),
              proof,
              bytes(v.root),
            )
          : verifyConsistency(v.size1 as number, v.size2 as number, proof, bytes(v.root1), bytes(v.root2));
      expect(holds, v.desc).toBe(!v.wantErr);
    }
    const valid = all.filter((v) => !v.wantErr).length;
    const empty = all.filter((v) => v.treeSize === 0 || v.size1 === 0).length;
    console.info(
      `transparency-dev ${folder}: ${all.length} vectors, ${valid} of them valid, ${empty} of a tree without leaves`,
    );
    expect(all.length).toBe(98);
    expect(empty).toBeGreaterThan(0);
  });
});
