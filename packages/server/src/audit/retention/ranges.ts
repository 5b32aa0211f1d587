/** Positions of the log that follow each other, both ends included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Positions, in ascending order and each once, as the fewest ranges. */
export function rangesOf(positions: readonly number[]): Range[] {
  const ranges: { first: number; last: number }[] = [];
  for (const position of positions) {
    const range = ranges.at(-1);
    if (range && range.last === position - 1) range.last = position;
    else ranges.push({ first: position, last: position });
  }
  return ranges;
}

/** As the event `audit.records.removed` names it: `"12"`, or `"12-40"`. */
export function rangeText({ first, last }: Range): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

export const lengthOf = ({ first, last }: Range) => last - first + 1;

/** Ranges in portions of at most `ranges` ranges and `positions` positions; a longer range is cut. Order stays. */
export function portionsOf(all: readonly Range[], most: { ranges: number; positions: number }): Range[][] {
  const portions: Range[][] = [];
  let portion: Range[] = [];
  let room = most.positions;
  const close = () => {
    if (portion.length > 0) portions.push(portion);
    portion = [];
    room = most.positions;
  };
  for (const { first, last } of all) {
    for (let from = first; from <= last; ) {
      const to = Math.min(last, from + room - 1);
      portion.push({ first: from, last: to });
      room -= to - from + 1;
      from = to + 1;
      if (room === 0 || portion.length === most.ranges) close();
    }
  }
  close();
  return portions;
}
