/** Milliseconds that calls of different kinds took. */
export type Samples = Record<string, number[]>;

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The chance that a sample of `b` is larger than one of `a`: the area under the ROC curve of telling them apart by
 * their size, which is the Mann-Whitney U divided by the number of pairs. 0.5 tells nothing.
 */
export function areaUnderCurve(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((value) => ({ value, of: 0 })), ...b.map((value) => ({ value, of: 1 }))];
  all.sort((x, y) => x.value - y.value);
  let rankSum = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    while (end < all.length && all[end]!.value === all[start]!.value) end++;
    // Ranks from 1; equal ones share the mean of theirs.
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) if (all[i]!.of === 1) rankSum += rank;
    start = end;
  }
  return (rankSum - (b.length * (b.length + 1)) / 2) / (a.length * b.length);
}

/** Each kind `count` times, in random order, so that whatever drifts over time falls on all alike. */
export function shuffledKinds<K extends string>(kinds: readonly K[], count: number): K[] {
  const order = kinds.flatMap((kind) => new Array<K>(count).fill(kind));
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Calls `work` for each kind `count` times, one at a time: how long each took, in milliseconds. */
export async function timed<K extends string>(
  kinds: readonly K[],
  count: number,
  work: (kind: K, turn: number) => Promise<void>,
): Promise<Record<K, number[]>> {
  const samples = Object.fromEntries(kinds.map((kind) => [kind, [] as number[]])) as Record<K, number[]>;
  for (const kind of shuffledKinds(kinds, count)) {
    const turn = samples[kind].length;
    const began = performance.now();
    await work(kind, turn);
    samples[kind].push(performance.now() - began);
  }
  return samples;
}
