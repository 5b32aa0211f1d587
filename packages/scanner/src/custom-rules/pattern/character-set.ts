/** Code units as ranges, both ends inclusive. */
export type CharacterSet = readonly (readonly [from: number, to: number])[];

const last = 0xffff;

export const digits: CharacterSet = [[48, 57]];
export const wordCharacters: CharacterSet = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
/** White space and line ends as in ECMAScript. */
export const blanks: CharacterSet = [
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const lineEnds: CharacterSet = [
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
];

/** Sorted, without overlaps. */
export function union(...sets: readonly CharacterSet[]): CharacterSet {
  const sorted = sets.flat().sort(([a], [b]) => a - b);
  const merged: [number, number][] = [];
  for (const [from, to] of sorted) {
    const before = merged.at(-1);
    if (before !== undefined && from <= before[1] + 1) before[1] = Math.max(before[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

export function complement(set: CharacterSet): CharacterSet {
  const gaps: [number, number][] = [];
  let at = 0;
  for (const [from, to] of union(set)) {
    if (from > at) gaps.push([at, from - 1]);
    at = to + 1;
  }
  if (at <= last) gaps.push([at, last]);
  return gaps;
}

export const anyButLineEnds = complement(lineEnds);
export const isLineEnd = (code: number) => code === 10 || code === 13 || code === 0x2028 || code === 0x2029;

/** Both cases of every ASCII letter in the set; other letters stay as they are. */
export function withBothCases(set: CharacterSet): CharacterSet {
  const other: [number, number][] = [];
  const add = (from: number, to: number, first: number, shift: number) => {
    const [low, high] = [Math.max(from, first), Math.min(to, first + 25)];
    if (low <= high) other.push([low + shift, high + shift]);
  };
  for (const [from, to] of set) {
    add(from, to, 65, 32);
    add(from, to, 97, -32);
  }
  return union(set, other);
}

export function hasCharacter(set: CharacterSet, code: number): boolean {
  return set.some(([from, to]) => code >= from && code <= to);
}

/** The same of a set whose ranges lie in one row, from and to by turns, in order. */
export function isInRanges(ranges: Uint16Array, code: number): boolean {
  let low = 0;
  let high = ranges.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (code > ranges[middle * 2 + 1]!) low = middle + 1;
    else high = middle;
  }
  return low * 2 < ranges.length && code >= ranges[low * 2]!;
}
