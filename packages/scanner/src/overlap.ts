import type { Category, Finding } from './finding.ts';
import { comparePrecedence, isGraver } from './finding.ts';

type Spanned = Pick<Finding, 'validated' | 'confidence' | 'severity' | 'start' | 'end'> & {
  readonly isGeneric?: boolean;
  readonly isOwn?: boolean;
  readonly category?: Category;
  readonly rule?: { readonly raisesPosture?: boolean };
};

/**
 * Drops each finding whose span lies inside the span of one with higher precedence (equal spans included; the
 * earlier in the list wins a tie). Findings that overlap in part, or that surround a stronger one, stay: no
 * part of a secret may lose its cover. One of the user's own rules never drops a built-in one that is graver or of
 * another category, nor one that raises the posture. Returns them sorted by start, then end.
 * @param ownOnlyAdd the user's own rules drop nothing of the others
 */
export function resolveOverlaps<T extends Spanned>(findings: readonly T[], ownOnlyAdd = false): T[] {
  const mayDrop = (stronger: T, weaker: T) => {
    if (stronger.isOwn !== true) return true;
    if (weaker.rule?.raisesPosture === true && stronger.rule?.raisesPosture !== true) return false;
    if (weaker.isOwn === true) return true;
    return (
      !ownOnlyAdd && stronger.category === weaker.category && !isGraver(weaker.severity, stronger.severity)
    );
  };
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
      if (isEqual && currentWins && mayDrop(current, other)) kept.delete(other);
      else if (isInside && !currentWins && mayDrop(other, current)) kept.delete(current);
    }
    if (kept.has(current)) open.push(current);
  }
  return sorted.filter((finding) => kept.has(finding)).sort((a, b) => a.start - b.start || a.end - b.end);
}
