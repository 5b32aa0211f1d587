/** Leaves from `begin` (inclusive) to `end` (exclusive): a node of the tree. */
export type Range = readonly [begin: number, end: number];

/**
 * The nodes of the audit path of a leaf, in the order of a proof (RFC 6962 §2.1.1): PATH(index, D[size]).
 * `index` is at least 0 and less than `size`.
 */
export function inclusionRanges(index: number, size: number): Range[] {
  const path: Range[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const split = begin + largestPowerBelow(end - begin);
    if (index < split) {
      path.push([split, end]);
      end = split;
    } else {
      path.push([begin, split]);
      begin = split;
    }
  }
  return path.reverse();
}

/**
 * The nodes that prove the tree of `second` leaves to go on from that of `first`, in the order of a proof
 * (RFC 6962 §2.1.2): PROOF(first, D[second]). `first` is at least 1 and at most `second`; equal ones need none.
 */
export function consistencyRanges(first: number, second: number): Range[] {
  const path: Range[] = [];
  let [begin, end] = [0, second];
  while (end !== first) {
    const split = begin + largestPowerBelow(end - begin);
    if (first <= split) {
      path.push([split, end]);
      end = split;
    } else {
      path.push([begin, split]);
      begin = split;
    }
  }
  // The whole first tree is known to whoever asks; a part of it is not.
  if (begin > 0) path.push([begin, end]);
  return path.reverse();
}

/** The largest power of two that is less than `n`, for n ≥ 2. */
function largestPowerBelow(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}
