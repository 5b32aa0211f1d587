import type { z } from 'zod';
import type { deployment, listedScan, storedScan } from './answers.ts';
import { mayProceed, stateAt } from './state.ts';
import type { Scan } from './stored-scan.ts';

const iso = (at: number) => new Date(at).toISOString();

/** What a gate needs to know, and no names of files. */
export function presentDeployment(scan: Scan, now: number): z.output<typeof deployment> {
  const { judged, verdict, replacedBy } = scan;
  const { decision } = judged;
  const state = stateAt(now, { decision, isReplaced: replacedBy !== undefined, verdict });
  return {
    id: scan.id,
    scan_id: scan.scanId,
    project: scan.project,
    ref: scan.ref,
    commit: scan.commit,
    environment: scan.environment,
    decision,
    state,
    may_proceed: mayProceed(state),
    reason: judged.reason,
    counts: judged.counts,
    submitted_at: iso(scan.createdAt),
    approval: verdict
      ? {
          decision: verdict.decision,
          by: verdict.by,
          at: iso(verdict.at),
          expires_at: verdict.expiresAt === null ? null : iso(verdict.expiresAt),
          revoked_at: verdict.revokedAt === null ? null : iso(verdict.revokedAt),
        }
      : null,
    replaced_by: replacedBy ?? null,
  };
}

export function presentListed(scan: Scan, now: number): z.output<typeof listedScan> {
  return {
    ...presentDeployment(scan, now),
    timestamp: scan.timestamp,
    complete: scan.complete,
    posture: scan.judged.posture,
    files: scan.files,
    suppressed: scan.suppressed,
    submitted_by: scan.submittedBy,
    approval_reason: scan.verdict?.reason ?? null,
  };
}

export function presentScan(scan: Scan, now: number): z.output<typeof storedScan> {
  return { ...presentListed(scan, now), findings: scan.findings };
}
