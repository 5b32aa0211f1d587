import type { Routes } from '@memhold/client';
import { shortTime } from './table.ts';

/** What a gate is told. Times are ISO 8601. */
export type Deployment = Routes['GET /scans/{id}/deployment']['answer'];
export type ListedScan = Routes['GET /scans']['answer']['scans'][number];
export type StoredScan = Routes['GET /scans/{id}']['answer'];

/** `1 high, 2 low`, or `nothing found`. */
export function countsOf({ counts }: Pick<Deployment, 'counts'>): string {
  const words = Object.entries(counts).flatMap(([severity, count]) =>
    count > 0 ? [`${count} ${severity}`] : [],
  );
  return words.length === 0 ? 'nothing found' : words.join(', ');
}

const STATES: Record<Deployment['state'], (one: Deployment) => string> = {
  blocked: () => 'Blocked: no approval lifts that. Mend what was found, and scan again.',
  awaiting_approval: ({ id }) =>
    `Waits for a second person: memhold scans approve ${id} --reason '<why>', or memhold scans reject`,
  approved: ({ approval }) =>
    `Approved by ${approval?.by} until ${shortTime(approval?.expires_at ?? null)}: may proceed.`,
  may_proceed: () => 'May proceed.',
  rejected: ({ approval }) => `Rejected by ${approval?.by}.`,
  expired: ({ approval }) =>
    `The approval was over at ${shortTime(approval?.expires_at ?? null)}: scan again.`,
  revoked: ({ approval }) =>
    `The approval was taken back at ${shortTime(approval?.revoked_at ?? null)}: scan again.`,
  superseded: ({ replaced_by }) => `A newer report of this commit has the say: ${replaced_by}`,
};

const LETTING_ON: readonly string[] = ['may_proceed', 'approved'] satisfies Deployment['state'][];

/** Whether an answer is one of this service, at one with itself: proxies answer 200 too, with pages of their own. */
export function isDeployment(answer: unknown): answer is Deployment {
  if (typeof answer !== 'object' || answer === null) return false;
  const { id, scan_id, state, decision, reason, counts, may_proceed } = answer as Record<string, unknown>;
  const texts = [id, scan_id, state, decision, reason];
  return (
    texts.every((one) => typeof one === 'string') &&
    Object.hasOwn(STATES, state as string) &&
    typeof counts === 'object' &&
    counts !== null &&
    may_proceed === LETTING_ON.includes(state as string)
  );
}

/** What was decided, and where it stands. */
export function wordsOf(deployment: Deployment): string[] {
  const { id, decision, reason } = deployment;
  return [
    `Report ${id}: ${decision} — ${reason} (${countsOf(deployment)}).`,
    STATES[deployment.state](deployment),
  ];
}
