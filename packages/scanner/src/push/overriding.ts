import type { GitOptions } from '../files/git.ts';
import { printable } from '../reports/presentable.ts';
import type { Report } from '../reports/report.ts';
import { scan } from '../scan.ts';
import { shownAddress } from './address.ts';
import type { Decision } from './decision.ts';
import { gitAnswer } from './git-lines.ts';
import type { OverrideRequest } from './override.ts';
import type { OverrideRecord } from './override-log.ts';
import type { RefUpdate } from './ref-updates.ts';
import type { Destination } from './remotes.ts';

interface Judged {
  readonly report: Report;
  readonly decision: Decision;
  readonly updates: readonly RefUpdate[];
}

/** Why a request does not count; empty where nobody asked, undefined where it does. */
export function whyNotOverridden(
  request: OverrideRequest | undefined,
  { report, decision, updates }: Judged,
): string | undefined {
  if (request === undefined) return '';
  const no = (why: string) => `the override does not count: ${why}.`;
  if (!report.isComplete) return no('not everything could be scanned');
  if (!decision.canOverride) return no('nothing overrides this veto');
  if (updates.length === 0) return no('git named no refs, so that it would hold for any push');
  if (request.reportId !== report.scanId) {
    return no(
      `it is for ${request.reportId}, this push is ${report.scanId} (an override works once, for the push that it names)`,
    );
  }
  if (scan(request.reason).some(({ category }) => category === 'secret'))
    return no('its reason holds what looks like a secret');
  return undefined;
}

/** What is written down of an override that counts. */
export async function overrideRecord(
  { reason }: OverrideRequest,
  { report, decision, updates, destination, git }: Judged & { destination: Destination; git: GitOptions },
): Promise<OverrideRecord> {
  const user = (await gitAnswer(['var', 'GIT_COMMITTER_IDENT'], git)) ?? 'unknown';
  return {
    time: report.time.toISOString(),
    report_id: report.scanId,
    reason: printable(reason),
    remote: printable(shownAddress(destination.url)),
    updates: updates.map(({ remoteRef, remoteId, localId }) => ({
      ref: printable(remoteRef),
      from: remoteId ?? null,
      to: localId ?? null,
    })),
    findings: decision.blocking.map(({ finding }) => finding.fingerprint),
    // `Name <address> time zone`: the time stands beside it already.
    user: printable(user.replace(/ \d+ [+-]\d{4}$/, '')),
  };
}
