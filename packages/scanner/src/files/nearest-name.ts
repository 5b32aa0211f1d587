/** The known name that fewest changes make of this one; undefined where none is near: then a guess would mislead. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  if (wanted.length > 64) return undefined;
  const ranked = known.map((one) => ({ one, changes: changesBetween(wanted, one.toLowerCase()) }));
  const [best] = ranked.sort((a, b) => a.changes - b.changes);
  return best !== undefined && best.changes <= Math.max(2, Math.floor(best.one.length / 3))
    ? best.one
    : undefined;
}

/** Insertions, deletions and replacements of one character, and swaps of neighbours (optimal string alignment). */
function changesBetween(a: string, b: string): number {
  let [before, row] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + Number(a[i - 1] !== b[j - 1]);
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, replaced);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) next[j] = Math.min(next[j]!, before[j - 2]! + 1);
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}
