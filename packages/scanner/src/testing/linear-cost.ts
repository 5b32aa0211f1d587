/** Milliseconds of processor time of this process: what else runs on the machine does not count. */
function cost(work: () => unknown): number {
  // Not that of the thread: its clock is too coarse on some kernels.
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Below this the clock says nothing. A quadratic rule would be far above it at four times the size. */
const shortestMeasurable = 0.5;
/** Four times the text costs four times as much; quadratic cost would be sixteen times as much. */
const mostForFourTimes = 8;
const fewestRuns = 3;
const mostRuns = 30;

/**
 * Whether the scan of so many code units of repeated `unit` costs in proportion to their number: the least of
 * interleaved runs on them and on four times as many, repeated as long as the two do not fit. A neighbour can only
 * make a run dearer, so that enough of them find a quiet moment, and a cost that is not linear stays in all of them.
 */
export function isLinear(scan: (text: string) => unknown, unit: string, size: number): boolean {
  const text = unit.repeat(Math.ceil(size / unit.length));
  const larger = text.repeat(4);
  let [least, leastOfLarger] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let run = 1; run <= mostRuns; run++) {
    least = Math.min(
      least,
      cost(() => scan(text)),
    );
    leastOfLarger = Math.min(
      leastOfLarger,
      cost(() => scan(larger)),
    );
    const ratio = leastOfLarger / Math.max(least, shortestMeasurable);
    if (run >= fewestRuns && ratio < mostForFourTimes) return true;
  }
  return false;
}
