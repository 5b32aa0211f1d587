import { isCertain } from '@memhold/scanner';
import { type DECISIONS, type KeptFinding, type NewScan, SEVERITIES } from './schema.ts';

export type DeploymentDecision = (typeof DECISIONS)[number];
export type Counts = Record<(typeof SEVERITIES)[number], number>;

export interface Judged {
  decision: DeploymentDecision;
  /** As the report says, or raised to high by markers of regulated data in it. */
  posture: 'medium' | 'high';
  /** By the severity that decides. */
  counts: Counts;
  /** Why, in one sentence. */
  reason: string;
}

type Report = Pick<NewScan, 'complete' | 'security_posture' | 'summary' | 'findings' | 'veto_decision'>;

/** Critical needs corroboration, as in a push: what is neither validated nor sure counts as high. */
const decidingSeverity = (one: Pick<KeptFinding, 'severity' | 'confidence' | 'validated'>) =>
  one.severity === 'critical' && !isCertain(one) ? 'high' : one.severity;

/** Rules of fields whose data is regulated: health, children, money, government. */
const isMarker = ({ rule_id: rule }: KeptFinding) => rule?.startsWith('marker-') ?? false;

/**
 * Decides about a deployment from what a report lists. What it counts and does not list counts as it says; what it
 * concludes, by a stricter policy of the project, can only make it stricter. Pure.
 */
export function decideDeployment(report: Report): Judged {
  const { complete, security_posture, summary, findings, veto_decision } = report;
  const posture = security_posture === 'high' || findings.some(isMarker) ? 'high' : 'medium';
  const counts: Counts = { critical: 0, high: 0, medium: 0, low: 0 };
  const listed: Counts = { ...counts };
  for (const one of findings) {
    counts[decidingSeverity(one)]++;
    listed[one.severity]++;
  }
  for (const severity of SEVERITIES) counts[severity] += Math.max(0, summary[severity] - listed[severity]);
  const judged = (decision: DeploymentDecision, reason: string): Judged => ({
    decision,
    posture,
    counts,
    reason,
  });
  if (!complete) return judged('block_deployment', 'Not everything could be scanned');
  if (counts.critical > 0) return judged('block_deployment', 'Critical security issues detected');
  if (counts.high > 0) return judged('require_approval', 'High security issues detected');
  if (counts.medium > 0 && posture === 'high')
    return judged('require_approval', 'Medium security issues detected, in high security posture');
  if (veto_decision === 'BLOCK') return judged('require_approval', "The project's own policy stops it");
  const warnings = counts.medium + counts.low;
  return judged('proceed_with_warnings', warnings > 0 ? 'Warnings only' : 'Nothing was found');
}
