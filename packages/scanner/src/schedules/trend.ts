import type { Severity } from '../finding.ts';

/** Something that a run found; of the same key it is the same thing as in the run before. */
export interface Entry {
  readonly key: string;
  readonly severity: Severity;
  readonly title: string;
  /** A file and a line, a package, an item of the checklist. */
  readonly where: string;
}

export type Counts = Readonly<Record<Severity, number>>;

export interface Point {
  /** ISO 8601. */
  readonly time: string;
  readonly counts: Counts;
}

/** How a run differs from the one before; without one before everything is new. */
export interface Trend {
  /** When the run before was; null for the first. */
  readonly since: string | null;
  readonly added: readonly Entry[];
  readonly fixed: readonly Entry[];
  readonly open: number;
  /** Runs in the order of time, with this one as the last. */
  readonly history: readonly Point[];
}

export interface Past {
  readonly time: string;
  readonly entries: readonly Entry[];
  readonly history: readonly Point[];
}

const mostPoints = 60;

/** Compares by key, each as often as it is there: of two equal secrets one can be gone. */
export function trendOf(entries: readonly Entry[], time: string, past: Past | undefined): Trend {
  const before = past?.entries ?? [];
  const added = without(entries, before);
  return {
    since: past?.time ?? null,
    added,
    fixed: without(before, entries),
    open: entries.length - added.length,
    history: [...(past?.history ?? []), { time, counts: countsOf(entries) }].slice(-mostPoints),
  };
}

/** What of `some` is not in `others`. */
function without(some: readonly Entry[], others: readonly Entry[]): Entry[] {
  const left = new Map<string, number>();
  for (const { key } of others) left.set(key, (left.get(key) ?? 0) + 1);
  return some.filter(({ key }) => {
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
}

export function countsOf(entries: readonly Entry[]): Counts {
  const counts = { critical: 0, high: 0, medium: 0, low: 0 };
  for (const { severity } of entries) counts[severity]++;
  return counts;
}

export const totalOf = ({ critical, high, medium, low }: Counts) => critical + high + medium + low;

export const findingsOf = (count: number) => (count === 1 ? '1 finding' : `${count} findings`);

const bars = '▁▂▃▄▅▆▇█';

/** Totals over time as one word of bars: `▁▃█▂`. */
export function sparkline(history: readonly Point[]): string {
  const totals = history.map(({ counts }) => totalOf(counts));
  const most = Math.max(1, ...totals);
  return totals.map((total) => bars[Math.round((total / most) * (bars.length - 1))]).join('');
}
