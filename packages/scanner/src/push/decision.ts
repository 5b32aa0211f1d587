import type { LocatedFinding } from '../files/suppressions.ts';
import { isCertain, type Severity } from '../finding.ts';

export type Posture = 'medium' | 'high';
export type Verdict = 'BLOCK' | 'WARN' | 'ALLOW';

/** What a push may do, and why. */
export interface Decision {
  readonly posture: Posture;
  /** The markers of regulated data that raised the posture; empty where it was set, or is medium. */
  readonly escalatedBy: readonly LocatedFinding[];
  readonly verdict: Verdict;
  readonly reason: string;
  /** Whether a reason that names this report lets the push through, this once. */
  readonly canOverride: boolean;
  /** What blocks, the most severe first as they came. */
  readonly blocking: readonly LocatedFinding[];
}

/** Markers of fields whose data is regulated: health, children, money, government. */
const isMarker = ({ finding }: LocatedFinding) => finding.ruleId.startsWith('marker-');

/**
 * The severity that decides. Critical needs corroboration, because nothing overrides it: what is neither validated
 * nor sure counts as high.
 */
export function decidingSeverity({ finding }: Pick<LocatedFinding, 'finding'>): Severity {
  return finding.severity === 'critical' && !isCertain(finding) ? 'high' : finding.severity;
}
/**
 * Decides on a push. In medium posture critical findings block and nothing overrides them, high ones block unless
 * overridden, medium ones warn. In high posture medium ones block too, and nothing is overridden. Markers of
 * regulated data among the findings raise medium to high.
 */
export function decidePush(findings: readonly LocatedFinding[], set: Posture): Decision {
  const escalatedBy = set === 'high' ? [] : findings.filter(isMarker);
  const posture: Posture = set === 'high' || escalatedBy.length > 0 ? 'high' : 'medium';
  const has = (severity: Severity) => findings.filter((one) => decidingSeverity(one) === severity);
  const [critical, high, medium] = [has('critical'), has('high'), has('medium')];
  const blocking = [...critical, ...high, ...(posture === 'high' ? medium : [])];
  const base = { posture, escalatedBy, blocking };
  if (blocking.length > 0) {
    const worst = critical.length > 0 ? 'Critical' : high.length > 0 ? 'High' : 'Medium';
    const raised = posture === 'high' ? ', in high security posture' : '';
    return {
      ...base,
      verdict: 'BLOCK',
      reason: `${worst} security issues detected${raised}`,
      canOverride: critical.length === 0 && posture === 'medium',
    };
  }
  if (medium.length > 0)
    return { ...base, verdict: 'WARN', reason: 'Medium security issues detected', canOverride: false };
  return { ...base, verdict: 'ALLOW', reason: 'Nothing that blocks', canOverride: false };
}
