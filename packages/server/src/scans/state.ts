import type { DeploymentDecision } from './decision.ts';

/** What a gate is told of a deployment. */
export const DEPLOYMENT_STATES = [
  'blocked',
  'awaiting_approval',
  'approved',
  'may_proceed',
  'rejected',
  'expired',
  'revoked',
  'superseded',
] as const;
export type DeploymentState = (typeof DEPLOYMENT_STATES)[number];

/** What a second person said; times are epoch ms. */
export interface Verdict {
  decision: 'approve' | 'reject';
  /** Public id of the account. */
  by: string;
  at: number;
  reason: string;
  /** Null for a rejection, which does not end. */
  expiresAt: number | null;
  revokedAt: number | null;
}

/** Where a report stands at a moment. A newer report of the same place takes the say from it, whatever it was. */
export function stateAt(
  now: number,
  report: { decision: DeploymentDecision; isReplaced: boolean; verdict: Verdict | undefined },
): DeploymentState {
  const { decision, isReplaced, verdict } = report;
  if (isReplaced) return 'superseded';
  if (decision === 'block_deployment') return 'blocked';
  if (decision === 'proceed_with_warnings') return 'may_proceed';
  if (!verdict) return 'awaiting_approval';
  if (verdict.decision === 'reject') return 'rejected';
  if (verdict.revokedAt !== null) return 'revoked';
  return verdict.expiresAt !== null && now < verdict.expiresAt ? 'approved' : 'expired';
}

export const mayProceed = (state: DeploymentState): boolean =>
  state === 'may_proceed' || state === 'approved';
