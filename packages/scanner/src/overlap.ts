import type { Finding } from './finding.ts';
import { comparePrecedence } from './finding.ts';

type Spanned = Pick<Finding, 'validated' | 'confidence' | 'severity' | 'start' | 'end'> & {
  readonly isGeneric?: boolean;
};

/**
 * Drops each finding whose span lies inside the span of one with higher precedence (equal spans included; the
 * earlier in the list wins a tie). Findings that overlap in part, or that surround a stronger one, stay: no
 * part of a secret may lose its cover. Returns them sorted by start, then end.
 */
export function resolveOverlaps<T extends Spanned>(findings: readonly T[]): T[] {
  const sorted = [...findings].sort((a, b) => a.start - b.start || b.end - a.end);
  const kept = new Set<T>(sorted);
  let open: T[] = [];
  for (const current of sorted) {
    open = open.filter((other) => other.end > current.start);
    for (const other of open) {
      if (!kept.has(other)) continue;
      const currentWins = comparePrecedence(current, other) < 0;
      const isInside = current.end <= other.end;
      const isEqual = isInside && current.start === other.start && current.end === other.end;
      if (isEqual && currentWins) kept.delete(other);
      else if (isInside && !currentWins) kept.delete(current);
    }
    if (kept.has(current)) open.push(current);
  }
  return sorted.filter((finding) => kept.has(finding)).sort((a, b) => a.start - b.start || a.end - b.end);
}
